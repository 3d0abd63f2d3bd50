import { jit } from './src/Jit.js'
import * as T from './src/Tensor.js'
import * as Layer from './src/Layer.js'
import * as Loss from './src/Loss.js'
import * as Optimizer from './src/Optimizer.js'
import * as Random from './src/Random.js'
import * as Train from './src/Train.js'
import { traceAt } from './src/compile/jit.js'
import { hasForm } from './src/compile/signature.js'
import { madeOf, runCompiled } from './src/compile/runner.js'
const model = Layer.sequential(Layer.dense(2, 8), Layer.lift(T.tanh), Layer.dense(8, 1), Layer.lift((x: any) => T.squeeze(x, { axis: 1 }))) as any
const batch = { features: T.of([[0, 0], [0, 1], [1, 0], [1, 1]]), labels: T.of([0, 1, 1, 0]) }
const optimizer = Optimizer.adam(0.01)
const step = Train.update(Train.objective(model, Loss.binaryCrossEntropyWithLogits) as any, optimizer)
const { step: _, ...start } = Train.init(model, optimizer)(Random.key(0)) as any
const fast = jit(step as any) as any
let a = start
for (let i = 0; i < 3000; i++) a = fast(a, batch)[0]
const time = (what: string, f: () => void, n = 3000) => { for (let i = 0; i < n; i++) f(); let b = Infinity; for (let k = 0; k < 15; k++) { const t = performance.now(); for (let i = 0; i < 200; i++) f(); b = Math.min(b, (performance.now() - t) / 200) } console.log(what, (b * 1000).toFixed(2), 'us') }
time('call', () => fast(a, batch))
const tr = traceAt('jit', step as any, [a, batch] as any) as any
time('hasForm', () => { const l: any[] = []; hasForm(tr.form, [a, batch], l) })
time('runCompiled', () => runCompiled(tr.program, tr.leaves))
const outs = runCompiled(tr.program, tr.leaves)
time('result', () => tr.result(outs))
const made = madeOf(tr.program) as any
console.log(tr.leaves.length, outs.length, made.lowered.schedule.kernels.map((k: any) => k._tag === 'Loop' ? k.maps.map((m: any) => m.name).join('+') + `[${k.shape}]` : k.operation.equation.primitive.name + `[${k.operation.results[0].shape}]`).join('\n'))

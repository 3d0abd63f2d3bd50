import { jit } from './src/Jit.js'
import { grad, vjp, valueAndGrad } from './src/Grad.js'
import { vmap } from './src/Vmap.js'
import { bind } from './src/primitive/bind.js'
import * as T from './src/Tensor.js'
import * as Layer from './src/Layer.js'
import * as Loss from './src/Loss.js'
import * as Optimizer from './src/Optimizer.js'
import * as Random from './src/Random.js'
import * as Train from './src/Train.js'
import { madeOf } from './src/compile/runner.js'
import { traceAt } from './src/compile/jit.js'
const same = (a: any, b: any, path = ''): string[] => { if (a && typeof a === 'object' && 'dtype' in a) { const x = T.toArray(T.ravel(a)) as any, y = T.toArray(T.ravel(b)) as any; const d = []; for (let i = 0; i < x.length; i++) if (!Object.is(x[i], y[i])) d.push(`${path}[${i}] ${x[i]} ${y[i]}`); return d.slice(0, 2) }
 if (a && typeof a === 'object') return Object.keys(a).flatMap(k => same(a[k], b[k], path + '.' + k)); return Object.is(a, b) ? [] : [`${path} ${a} ${b}`] }
const loss = (w: T.Tensor<[2]>, x: T.Tensor<[2]>) => T.sum(T.tanh(T.mul(w, x)))
console.log(String(jit(grad(loss))(T.of([1, 2]), T.of([0.5, 0]))), String(grad(jit(loss))(T.of([1, 2]), T.of([0.5, 0]))), String(vmap(jit(loss), { inAxes: [0, null] } as any)(T.of([[1, 2], [3, 4]]) as any, T.of([0.5, 0]))))
const time = (f: () => void, n: number) => { for (let i = 0; i < n; i++) f(); const ts = []; for (let k = 0; k < 7; k++) { const t = performance.now(); for (let i = 0; i < n; i++) f(); ts.push((performance.now() - t) / n) } return Math.min(...ts) }
const bench = (name: string, model: any, loss: any, batch: any, n: number) => {
  const optimizer = Optimizer.adam(0.01)
  const step = Train.update(Train.objective(model, loss) as any, optimizer)
  const { step: _, ...start } = Train.init(model, optimizer)(Random.key(0)) as any
  const fast = jit(step as any) as any
  let a: any = start, b: any = start
  for (let i = 0; i < 3; i++) { a = (step as any)(a, batch)[0]; b = fast(b, batch)[0] }
  console.log(name, same(a, b).slice(0, 3))
  const made = madeOf(traceAt('jit', step as any, [start, batch] as any).program) as any
  console.log(made._tag, made.reason ?? made.lowered.code.segments.map((s: any) => s._tag === 'Own' ? s.kernel.operation.equation.primitive.name : `[${s.kernels.length}]`).join(' '))
  console.log('eager', time(() => (step as any)(a, batch), n).toFixed(4), 'jit', time(() => fast(a, batch), n).toFixed(4))
}
const n = 128
const images = Random.uniform([n, 784])(Random.key(1)) as any
const labels = T.cast(T.of(Array.from({ length: n }, (_, i) => i % 10)), 'int32')
bench('softmax', Layer.dense(784, 10), Loss.crossEntropy, { features: images, labels }, 20)
bench('mlp', Layer.sequential(Layer.dense(784, 256), Layer.lift(T.relu), Layer.dense(256, 128), Layer.lift(T.relu), Layer.dense(128, 10)), Loss.crossEntropy, { features: images, labels }, 3)
bench('xor', Layer.sequential(Layer.dense(2, 8), Layer.lift(T.tanh), Layer.dense(8, 1), Layer.lift((x: any) => T.squeeze(x, { axis: 1 }))), Loss.binaryCrossEntropyWithLogits, { features: T.of([[0, 0], [0, 1], [1, 0], [1, 1]]), labels: T.of([0, 1, 1, 0]) }, 200)

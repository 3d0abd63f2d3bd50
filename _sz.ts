import { build } from 'esbuild'
import { gzipSync } from 'node:zlib'
const program = `
import { pipe } from 'fp-ts/lib/function.js'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
const model = Layer.sequential(
  Layer.dense(2, 8), Layer.lift(T.tanh), Layer.dense(8, 1), Layer.lift((x) => T.squeeze(x, { axis: 1 }))
)
const batch = { features: T.of([[0, 0], [0, 1], [1, 0], [1, 1]]), labels: T.of([0, 1, 1, 0]) }
const optimizer = Optimizer.adam(0.05)
const train = Train.scan(Train.step(Train.objective(model, Loss.binaryCrossEntropyWithLogits), optimizer))
export const trained = pipe(
  train(Train.init(model, optimizer)(Random.key(0)), Array.from({ length: 200 }, () => batch))
)`
const r = await build({ stdin: { contents: program, resolveDir: process.argv[2]! }, bundle: true, minify: true, format: 'esm', target: 'es2022', write: false, metafile: true, outdir: 'x' })
const code = r.outputFiles[0]!.contents
console.log(code.length, gzipSync(code, { level: 9 }).length)
const o = Object.values(r.metafile!.outputs)[0]!
for (const [f, { bytesInOutput }] of Object.entries(o.inputs).sort()) console.log(f.replace(/^.*dist\//, ''), bytesInOutput)

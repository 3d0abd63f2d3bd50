// Normalisation, padding, resampling and pooling beside what PyTorch gave: scripts/torch-values.py wrote the file.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as T from 'pullback/Tensor'

interface Case {
  readonly operation: string
  readonly shape: readonly number[]
  readonly options: never
  readonly rescaled?: number
  readonly widths: readonly [number, number][]
  readonly factor: number
  readonly size: readonly number[]
  readonly pooling?: T.PoolOptions
  readonly result: readonly number[]
  readonly values: readonly number[]
}

const cases = JSON.parse(readFileSync('test/tensor/torch/values.json', 'utf8')) as readonly Case[]

const vector = (n: number, f: (i: number) => number): T.Tensor =>
  T.fromTypedArray(
    Float64Array.from({ length: n }, (_, i) => f(i)),
    [n]
  )

const operand = (shape: readonly number[]): T.Tensor =>
  T.reshape(
    vector(
      shape.reduce((product, n) => product * n, 1),
      (i) => ((37 * i) % 101) / 8 - 6
    ),
    shape
  )

const scale = (n: number): T.Tensor => vector(n, (i) => 1 + i / 4)
const shift = (n: number): T.Tensor => vector(n, (i) => i / 8 - 1)

/** The samples of windows: (11 i mod 32) / 32. */
const samplesOf = ({ shape }: T.Tensor): T.Tensor => {
  const rank = shape.length - 2
  return T.reshape(
    vector(shape[0]! * shape[1]! * rank, (i) => ((11 * i) % 32) / 32),
    [shape[0]!, shape[1]!, rank]
  )
}

const fractional =
  (f: typeof T.fractionalMaxPool2d): Run =>
  (x, options) => {
    const result: T.Tensor | readonly [T.Tensor, T.Tensor] = f(x, samplesOf(x), options as T.FractionalMaxPoolOptions)
    return result instanceof Array ? result[1] : result
  }

const unpooled =
  (pool: typeof T.maxPool2d, f: typeof T.maxUnpool2d): Run =>
  (x, options, { pooling = { window: 2 } }) =>
    f(...pool(x, { ...pooling, returnIndices: true }), options)

type Run = (x: T.Tensor, options: never, each: Case) => T.Tensor

const runs: Readonly<Record<string, Run>> = {
  batchNorm: T.batchNorm,
  batchNormGiven: (x, options: object) =>
    T.batchNorm(x, { ...options, mean: shift(x.shape[1]!), variance: scale(x.shape[1]!) }),
  layerNorm: T.layerNorm,
  rmsNorm: T.rmsNorm,
  l2Normalize: T.l2Normalize,
  instanceNorm: T.instanceNorm,
  groupNorm: T.groupNorm,
  localResponseNorm: T.localResponseNorm,
  pad: (x, options, { widths }) => T.pad(x, widths, options),
  pixelShuffle: (x, _options, { factor }) => T.pixelShuffle(x, factor),
  pixelUnshuffle: (x, _options, { factor }) => T.pixelUnshuffle(x, factor),
  resize: (x, options, { size }) => T.resize(x, size, options),
  upsample: T.upsample,
  lpPool1d: (x, options) => T.lpPool1d(T.abs(x), options),
  lpPool2d: (x, options) => T.lpPool2d(T.abs(x), options),
  lpPool3d: (x, options) => T.lpPool3d(T.abs(x), options),
  fractionalMaxPool2d: fractional(T.fractionalMaxPool2d),
  fractionalMaxPool3d: fractional(T.fractionalMaxPool3d),
  maxUnpool1d: unpooled(T.maxPool1d, T.maxUnpool1d),
  maxUnpool2d: unpooled(T.maxPool2d, T.maxUnpool2d),
  maxUnpool3d: unpooled(T.maxPool3d, T.maxUnpool3d)
}

const title = ({ operation, shape, options, size }: Case): string =>
  `${operation} of [${shape.join(', ')}] ${JSON.stringify([options, size])}`

describe('PyTorch gives the same', () => {
  test.each(cases.map((each) => [title(each), each] as const))('%s', (_title, each) => {
    const n = each.rescaled
    const rescaling = n === undefined ? {} : { scale: scale(n), shift: shift(n) }
    const options = { ...(each.options as object), ...rescaling } as never
    const result = runs[each.operation]!(operand(each.shape), options, each)
    expect(result.shape).toEqual(each.result)
    T.toArray(result).forEach((value, i) => {
      expect(Math.abs(value - each.values[i]!)).toBeLessThanOrEqual(1e-11 * (1 + Math.abs(each.values[i]!)))
    })
  })
})

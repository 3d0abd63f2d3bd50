import { describe, expect, it, test } from 'vitest'
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import {
  byMax,
  byMean,
  byStride,
  colourHistogram,
  filtered,
  hog,
  kernels,
  orientations
} from '../../examples/imageKernels/features.js'

const noise = (...shape: readonly number[]): T.Tensor => Random.uniform(Random.key(0), shape)
const flat = (x: T.Tensor): readonly number[] => Array.from(T.toArray(x), Number)
/** Pixels of up to 16 in float32, in sums of 16. */
const close = (a: T.Tensor, b: T.Tensor): boolean => T.isClose(a, b, { rtol: 0, atol: 1e-3 })

/** A grey slope of 12 x 12 pixels, 1 a pixel in a direction. */
const slope = (degrees: number): T.Tensor => {
  const angle = (degrees * Math.PI) / 180
  const place = T.arange(12)
  return T.reshape(T.add(T.mul(T.reshape(place, [12, 1]), Math.sin(angle)), T.mul(place, Math.cos(angle))), [1, 12, 12])
}

describe('the kernels of the example', () => {
  const images = noise(2, 5, 6)

  it('leave an image as it is, or keep what is constant, or make it vanish', () => {
    expect(T.Eq.equals(T.squeeze(filtered(images, [kernels.identity]), { axis: 1 }), images)).toBe(true)
    const of = (kernel: T.Tensor): T.Tensor => filtered(T.full([1, 4, 4], 2), [kernel])
    for (const kernel of [kernels.blur, kernels.sharpen]) expect(close(of(kernel), T.full([1, 1, 4, 4], 2))).toBe(true)
    for (const kernel of [kernels.edge, kernels.sobelX, kernels.sobelY]) {
      expect(T.Eq.equals(of(kernel), T.zeros([1, 1, 4, 4]))).toBe(true)
    }
  })

  it('find the corner of the lecture', () => {
    const corner = T.pad(T.ones([2, 2]), [
      [1, 2],
      [1, 2]
    ])
    const found = T.at(filtered(T.expandDims(corner, 0), [kernels.corner]), 0)
    expect(T.toNested(T.at(found, 0))).toEqual([
      [0, 1, 1, 0, 0],
      [1, 3, 2, 0, 0],
      [1, 2, 1, 0, 0],
      [0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0]
    ])
  })

  it('have slopes of 8 on a slope of 1', () => {
    const [x, y] = [kernels.sobelX, kernels.sobelY].map((each) => filtered(slope(90), [each]))
    const inner = [null, null, [1, -1], [1, -1]] as const
    expect(close(T.slice(x!, inner), T.zeros([1, 1, 10, 10]))).toBe(true)
    expect(close(T.slice(y!, inner), T.full([1, 1, 10, 10], 8))).toBe(true)
  })
})

test('a fine chessboard at half its size is white by stride, grey by means', () => {
  const place = T.arange(6)
  const board = T.cast(T.equal(T.mod(T.add(T.reshape(place, [6, 1]), place), 2), 0), 'float32')
  const fine = T.reshape(board, [1, 1, 6, 6])
  expect([byStride, byMean, byMax].map((f) => T.toNested(f(fine)))).toEqual(
    [1, 0.5, 1].map((value) => T.toNested(T.full([1, 1, 3, 3], value)))
  )
})

test('a colour histogram counts pixels by box', () => {
  const image = T.of([[[1, 1, 0, 0.49]], [[0, 0.5, 0, 0]], [[0, 0, 0, 1]]])
  // black and dark cyan, then blue, then red and yellow
  expect(T.toNested(colourHistogram(image, 2))).toEqual([
    [
      [0.25, 0.25],
      [0, 0]
    ],
    [
      [0.25, 0],
      [0.25, 0]
    ]
  ])
})

describe('oriented gradients', () => {
  const options = { bins: 9, cell: 4, block: 2 }
  const middle = (degrees: number): T.Tensor =>
    T.slice(orientations(slope(degrees), options), [[0, 1], null, [1, 2], [1, 2]])

  test.each([10, 30, 70, 170])('of a slope of %d degrees are in one bin, 2 for each of 16 pixels', (degrees) => {
    const expected = Array.from({ length: 9 }, (_, bin) => (bin === (degrees - 10) / 20 ? 32 : 0))
    expect(close(T.reshape(middle(degrees), [9]), T.of(expected))).toBe(true)
  })

  test.each([
    [0, [8, 0]],
    [100, [4, 5]],
    [180, [8, 0]]
  ] as const)('of a slope of %d degrees are halved between two', (degrees, bins) => {
    const expected = Array.from({ length: 9 }, (_, bin) => (bins.some((each) => each === bin) ? 16 : 0))
    expect(close(T.reshape(middle(degrees), [9]), T.of(expected))).toBe(true)
  })

  it('do not depend on brightness, contrast, or which side is dark', () => {
    const images = noise(2, 12, 12)
    const features = hog(images, options)
    expect(features.shape).toEqual([2, 36, 4])
    for (const other of [T.add(images, 3), T.mul(images, 5), T.neg(images)]) {
      expect(T.isClose(hog(other, options), features, { rtol: 0, atol: 1e-4 })).toBe(true)
    }
  })

  it('are unit vectors, and 0 with finite gradients where nothing changes', () => {
    const lengths = T.sum(T.square(hog(noise(2, 12, 12), options)), { axis: 1 })
    expect(T.isClose(lengths, T.ones([2, 4]), { rtol: 0, atol: 1e-4 })).toBe(true)
    const even = T.ones([1, 12, 12])
    expect(flat(hog(even, options)).every((x) => x === 0)).toBe(true)
    const slopes = grad((x: T.Tensor): T.Tensor<[]> => T.sum(hog(x, options)))(even)
    expect(flat(slopes).every(Number.isFinite)).toBe(true)
  })

  it('are those of each image in a batch', () => {
    const images = noise(3, 12, 12)
    const mapped = vmap((image: T.Tensor) => T.squeeze(hog(T.expandDims(image, 0), options), { axis: 0 }))(images)
    expect(T.Eq.equals(mapped, hog(images, options))).toBe(true)
  })
})

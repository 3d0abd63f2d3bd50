import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import * as A from 'pullback/Arbitrary'
import * as Law from 'pullback/Law'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { type Refusal, adjoint, flat, indicesOf, reader, tabulate, thrownBy, total, whole } from './naive.js'

// -----------------------------------------------------------------------------
// by loops
// -----------------------------------------------------------------------------

/** The cubic convolution kernel with parameter -3/4, by its definition. */
const cubic = (distance: number): number => {
  const t = Math.abs(distance)
  if (t <= 1) return 1.25 * t ** 3 - 2.25 * t ** 2 + 1
  return t < 2 ? -0.75 * (t ** 3 - 5 * t ** 2 + 8 * t - 4) : 0
}

const triangle = (distance: number): number => Math.max(0, 1 - Math.abs(distance))

/** How much of the old place `j` of `n` is in the new place `i`: the kernel at every place, those outside counted at the edge. */
const weight = (mode: T.ResizeMode, at: number, j: number, n: number): number => {
  const kernel = mode === 'bicubic' ? cubic : triangle
  const near = Array.from({ length: n + 8 }, (_, k) => k - 4)
  return total(near.filter((k) => Math.min(Math.max(k, 0), n - 1) === j).map((k) => kernel(at - k)))
}

/** The place of new pixel `i` in old ones; `ratio` is the old size of a new pixel. */
const placed = (i: number, n: number, size: number, ratio: number, corners: boolean): number =>
  corners ? (size === 1 ? 0 : (i * (n - 1)) / (size - 1)) : (i + 0.5) * ratio - 0.5

const looped = (
  x: T.Tensor,
  sizes: readonly number[],
  ratios: readonly number[],
  mode: T.ResizeMode,
  corners: boolean
): readonly number[] => {
  const read = reader(x)
  const space = x.shape.slice(2)
  return tabulate([...x.shape.slice(0, 2), ...sizes], ([n, c, ...index]) =>
    total(
      indicesOf(space).map((old) => {
        const weights = old.map((j, axis) =>
          weight(mode, placed(index[axis]!, space[axis]!, sizes[axis]!, ratios[axis]!, corners), j, space[axis]!)
        )
        return weights.reduce((product, each) => product * each, 1) * read([n!, c!, ...old])
      })
    )
  )
}

const smoothModes = { linear: 1, bilinear: 2, trilinear: 3, bicubic: 2 } as const
type SmoothMode = keyof typeof smoothModes

const modesAndImages = fc.constantFrom<SmoothMode>('linear', 'bilinear', 'trilinear', 'bicubic').chain((mode) => {
  const axes = smoothModes[mode]
  const list = (max: number) => fc.array(fc.integer({ min: 1, max }), { minLength: axes, maxLength: axes })
  return fc.record({
    mode: fc.constant(mode),
    x: list(4).chain((space) => whole([2, 1, ...space])),
    sizes: list(6),
    scales: fc.array(fc.constantFrom(1, 1.25, 1.5, 2, 3), { minLength: axes, maxLength: axes }),
    alignCorners: fc.boolean()
  })
})

const expectClose = (actual: T.Tensor, expected: readonly number[]): void => {
  const values = flat(actual)
  expect(values).toHaveLength(expected.length)
  values.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1e-12 * 64))
}

describe('values, by loops over all pixels', () => {
  test('resize', () => {
    const property = fc.property(modesAndImages, ({ mode, x, sizes, alignCorners }) => {
      const ratios = sizes.map((size, axis) => x.shape[axis + 2]! / size)
      const expected = looped(x, sizes, ratios, mode, alignCorners)
      expectClose(T.resize(x, sizes, { mode, alignCorners }), expected)
      expectClose(pipe(x, T.resize(sizes, { mode, alignCorners })), expected)
    })
    fc.assert(property)
  })

  test('upsample, whose factors decide the places', () => {
    const property = fc.property(modesAndImages, ({ mode, x, scales, alignCorners }) => {
      const sizes = scales.map((scale, axis) => Math.floor(x.shape[axis + 2]! * scale))
      // As in PyTorch, lines keep the pixels where their number stays.
      const ratios = scales.map((scale, axis) =>
        mode !== 'bicubic' && sizes[axis] === x.shape[axis + 2] ? 1 : 1 / scale
      )
      const expected = looped(x, sizes, ratios, mode, alignCorners)
      expectClose(T.upsample(x, { scale: scales, mode, alignCorners }), expected)
      expectClose(pipe(x, T.upsample({ scale: scales, mode, alignCorners })), expected)
    })
    fc.assert(property)
  })

  test('the nearest, exactly', () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }))
    const property = fc.property(sizes, ([n, size]) => {
      const x = T.reshape(T.arange(n), [1, 1, n])
      // Largest place p with p / n <= i / size, in integers.
      const places = (at: (i: number) => number, of: number): readonly number[] =>
        Array.from({ length: size }, (_, i) =>
          Array.from({ length: n }, (__, p) => p)
            .filter((p) => p * of <= at(i) * n)
            .at(-1)!
        )
      expect(flat(T.resize(x, size))).toEqual(places((i) => i, size))
      expect(flat(T.resize(x, size, { mode: 'nearestExact' }))).toEqual(places((i) => 2 * i + 1, 2 * size))
    })
    fc.assert(property)
  })

  test('a whole factor repeats', () => {
    const x = T.of([
      [
        [
          [1, 2],
          [3, 4]
        ]
      ]
    ])
    const twice = T.repeat(T.repeat(x, 2, { axis: 2 }), 2, { axis: 3 })
    expect(T.upsample(x, { scale: 2 })).toEqual(twice)
    expect(T.upsample(x, { scale: 2, mode: 'nearestExact' })).toEqual(twice)
  })

  test('the same size is the same image', () => {
    const x = T.of([
      [
        [
          [1, Infinity],
          [NaN, 4]
        ]
      ]
    ])
    for (const mode of ['nearest', 'nearestExact', 'bilinear', 'bicubic'] as const) {
      expect(T.resize(x, 2, { mode })).toBe(x)
      expect(T.upsample(x, { scale: 1, mode })).toBe(x)
    }
    expect(T.resize(x, 2, { mode: 'bilinear', alignCorners: true })).toBe(x)
  })

  test('integers stay with the nearest, and become float32 with the others', () => {
    const x = T.of(
      [
        [
          [
            [1, 2],
            [3, 4]
          ]
        ]
      ],
      'int32'
    )
    expect(T.resize(x, 3).dtype).toBe('int32')
    expect(T.resize(x, 3, { mode: 'bilinear' }).dtype).toBe('float32')
    expect(T.resize(x, 2, { mode: 'bilinear' }).dtype).toBe('float32')
    expect(T.resize(T.cast(x, 'float64'), 3, { mode: 'bicubic' }).dtype).toBe('float64')
  })
})

describe('derivatives', () => {
  const resizes: readonly (readonly [string, readonly number[], (x: T.Tensor) => T.Tensor])[] = [
    ['nearest', [1, 2, 3, 2], (x) => T.resize(x, [2, 5])],
    ['linear', [2, 1, 4], (x) => T.upsample(x, { scale: 1.5, mode: 'linear' })],
    ['bilinear', [1, 2, 2, 3], (x) => T.resize(x, [3, 2], { mode: 'bilinear' })],
    ['bilinear, corners', [1, 1, 2, 3], (x) => T.resize(x, [3, 5], { mode: 'bilinear', alignCorners: true })],
    ['trilinear', [1, 1, 2, 2, 2], (x) => T.upsample(x, { scale: [1, 2, 1.5], mode: 'trilinear' })],
    ['bicubic', [1, 1, 3, 3], (x) => T.resize(x, [4, 2], { mode: 'bicubic' })],
    ['pixelShuffle', [1, 8, 1, 2], T.pixelShuffle(2)],
    ['pixelUnshuffle', [2, 4, 6], T.pixelUnshuffle(2)]
  ]

  test.each(resizes)('of %s satisfy the laws', (name, shape, f) => {
    fc.assert(
      Law.gradientWith({ name })((x: T.Tensor) => T.square(f(x)), A.tensor({ shape })),
      { numRuns: 10 }
    )
  })

  test.each(resizes)('%s is linear, its pullback is the adjoint, vmap is the stack', (_name, shape, f) => {
    const property = fc.property(whole(shape), whole(shape), (x, y) => {
      const [forward, reverse] = adjoint(f, [x], [y], f(x))
      expect(Math.abs(forward - reverse)).toBeLessThanOrEqual(1e-10)
      expectClose(f(T.add(x, y)), flat(T.add(f(x), f(y))))
      expect(flat(vmap(f)(T.stack([x, y])))).toEqual(flat(T.stack([f(x), f(y)])))
    })
    fc.assert(property, { numRuns: 30 })
  })
})

describe('pixelShuffle', () => {
  const shuffled = fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 }), fc.nat(2), fc.nat(2), fc.boolean())
    .chain(([r, c, h, w, batched]) => fc.tuple(fc.constant(r), whole([...(batched ? [2] : []), c * r * r, h, w])))

  test('moves channels into blocks, and back', () => {
    const property = fc.property(shuffled, ([r, x]) => {
      const read = reader(x)
      const [w, h, c, ...lead] = [...x.shape].reverse() as [number, number, number]
      const shape = [...lead, c / (r * r), h * r, w * r]
      const expected = tabulate(shape, (index) => {
        const [j, i, channel, ...before] = [...index].reverse() as [number, number, number]
        const from = channel * r * r + (i % r) * r + (j % r)
        return read([...before, from, Math.floor(i / r), Math.floor(j / r)])
      })
      for (const result of [T.pixelShuffle(x, r), pipe(x, T.pixelShuffle(r))]) {
        expect(result.shape).toEqual(shape)
        expect(flat(result)).toEqual(expected)
      }
      const back = pipe(T.pixelShuffle(x, r), T.pixelUnshuffle(r))
      expect(back.shape).toEqual(x.shape)
      expect(flat(back)).toEqual(flat(x))
    })
    fc.assert(property)
  })

  test('keeps the type of the elements', () => {
    for (const dtype of ['float64', 'int32', 'bool'] as const) {
      expect(T.pixelShuffle(T.zeros([4, 1, 1], dtype), 2).dtype).toBe(dtype)
    }
  })
})

describe('refusals', () => {
  const image = T.zeros([1, 2, 3, 4])
  const plain = (options: unknown): never => options as never
  const refused: readonly Refusal[] = [
    [
      "resize: the shape is [2, 3]; in mode 'nearest', expected [N, C, L], [N, C, H, W] or more axes",
      ShapeError,
      () => T.resize(T.zeros([2, 3]), 2)
    ],
    [
      "resize: the shape is [1, 2, 3, 4]; in mode 'linear', expected [N, C, L]",
      ShapeError,
      () => T.resize(image, 2, { mode: 'linear' })
    ],
    [
      "upsample: the shape is [1, 1, 1]; in mode 'bicubic', expected [N, C, H, W]",
      ShapeError,
      () => T.upsample(T.zeros([1, 1, 1]), { scale: 2, mode: 'bicubic' })
    ],
    [
      "upsample: the shape is [1, 1, 1]; in mode 'trilinear', expected [N, C, D, H, W]",
      ShapeError,
      () => T.upsample(T.zeros([1, 1, 1]), { scale: 2, mode: 'trilinear' })
    ],
    [
      "resize: mode is 'cubic'; expected 'nearest', 'nearestExact', 'linear', 'bilinear', 'trilinear' or 'bicubic'",
      TypeError,
      () => T.resize(image, 2, { mode: plain('cubic') })
    ],
    [
      "resize: alignCorners is true; in mode 'nearest', expected false",
      TypeError,
      () => T.resize(image, 2, { alignCorners: true })
    ],
    ['resize: size is [2, 0]; expected integers of 1 or more', ShapeError, () => T.resize(image, [2, 0])],
    ['resize: size is 1.5; expected integers of 1 or more', ShapeError, () => T.resize(image, 1.5)],
    [
      'resize: size has length 1; for shape [1, 2, 3, 4], expected 2, or one number',
      ShapeError,
      () => T.resize(image, [2])
    ],
    [
      'resize: the shape is [1, 2, 0]; expected images of 1 pixel or more',
      ShapeError,
      () => T.resize(T.zeros([1, 2, 0]), 2)
    ],
    [
      'upsample: scale is 0.25; for size 3 along axis 2, expected a number of 0.3333333333333333 or more',
      ShapeError,
      () => T.upsample(image, { scale: 0.25 })
    ],
    ['upsample: scale is missing; expected one such as { scale: 2 }', TypeError, () => T.upsample(image, plain({}))],
    [
      'pixelShuffle: factor is 2; for the 2 channels of shape [1, 2, 3, 4], expected one whose square divides 2',
      ShapeError,
      () => T.pixelShuffle(image, 2)
    ],
    ['pixelShuffle: factor is 0; expected an integer of 1 or more', RangeError, () => T.pixelShuffle(image, 0)],
    [
      'pixelShuffle: the shape is [2, 2]; expected [N, C, H, W] or [C, H, W]',
      ShapeError,
      () => T.pixelShuffle(T.zeros([2, 2]), 1)
    ],
    [
      'pixelUnshuffle: factor is 2; for the 3 by 4 pixels of shape [1, 2, 3, 4], expected a divisor of both',
      ShapeError,
      () => T.pixelUnshuffle(image, 2)
    ]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})

test('a scale that leaves the size of an axis', () => {
  const x = T.of([[[0, 1, 2]]])
  // torch.nn.functional.interpolate(x, scale_factor=1.3, mode=...)
  expect(T.upsample(x, { scale: 1.3, mode: 'linear' })).toEqual(x)
  expect(T.upsample(x, { scale: 1.3, mode: 'nearest' })).toEqual(T.of([[[0, 0, 1]]]))
  expect(T.upsample(x, { scale: 1.3, mode: 'nearestExact' })).toEqual(T.of([[[0, 1, 1]]]))
})

test('sizes and scales that are not numbers', () => {
  const x = T.of([[[0, 4]]])
  const words = ['2'] as unknown as readonly number[]
  expect(() => T.upsample(x, { scale: words })).toThrow("upsample: scale is ['2']; expected numbers")
  expect(() => T.resize(x, words)).toThrow("resize: size is ['2']; expected numbers")
})

import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import * as A from 'pullback/Arbitrary'
import { grad } from 'pullback/Grad'
import * as Law from 'pullback/Law'
import { ShapeError, type Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { type Refusal, flat, indicesOf, reader, tabulate, thrownBy, total } from './naive.js'

const images = fc
  .tuple(
    fc.integer({ min: 2, max: 3 }),
    fc.constantFrom(2, 4),
    fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 })
  )
  .chain(([n, c, rest]) => A.tensor({ shape: fc.constant<Shape>([n, c, ...rest]) }))

const withSpace = images.filter((x) => x.shape.length > 2 && x.shape.slice(2).some((n) => n > 1))

/** The values of a function of a scalar tensor's name, all within rounding. */
const expectClose = (actual: T.Tensor, expected: readonly number[]): void => {
  const values = flat(actual)
  expect(values).toHaveLength(expected.length)
  values.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1e-11 * (1 + Math.abs(expected[i]!)))
  })
}

/** Every element standardised by loops, over those whose index `sameLane` joins with its own. */
const looped = (
  x: T.Tensor,
  epsilon: number,
  sameLane: (a: readonly number[], b: readonly number[]) => boolean
): readonly number[] => {
  const read = reader(x)
  return tabulate(x.shape, (index) => {
    const lane = indicesOf(x.shape).flatMap((other) => (sameLane(index, other) ? [read(other)] : []))
    const mean = total(lane) / lane.length
    const variance = total(lane.map((value) => (value - mean) ** 2)) / lane.length
    return (read(index) - mean) / Math.sqrt(variance + epsilon)
  })
}

describe('values, by loops', () => {
  test('batchNorm, computing statistics', () => {
    const property = fc.property(images, fc.constantFrom(0, 1, -1), (x, axis) => {
      const channel = axis === -1 ? x.shape.length - 1 : axis
      expectClose(
        T.batchNorm(x, { epsilon: 0.1, axis }),
        looped(x, 0.1, (a, b) => a[channel] === b[channel])
      )
    })
    fc.assert(property)
  })

  test('batchNorm, given statistics: those of the batch give the same', () => {
    const property = fc.property(images, (x) => {
      const axis = x.shape.flatMap((_, each) => (each === 1 ? [] : [each]))
      const given = { mean: T.mean(x, { axis }), variance: T.variance(x, { axis }) }
      expect(flat(T.batchNorm(x, given))).toEqual(flat(T.batchNorm(x)))
    })
    fc.assert(property)
  })

  test('layerNorm, over any axes', () => {
    const property = fc.property(images, fc.constantFrom<readonly number[]>([-1], [1], [0, -1]), (x, axis) => {
      const axes = axis.map((each) => (each < 0 ? each + x.shape.length : each))
      const others = [...x.shape.keys()].filter((each) => !axes.includes(each))
      const expected = looped(x, 1e-5, (a, b) => others.every((each) => a[each] === b[each]))
      expectClose(T.layerNorm(x, { axis: axes }), expected)
      expectClose(pipe(x, T.layerNorm({ axis })), expected)
    })
    fc.assert(property)
  })

  test('instanceNorm', () => {
    const property = fc.property(withSpace, (x) => {
      expectClose(
        T.instanceNorm(x, { epsilon: 0.1 }),
        looped(x, 0.1, (a, b) => a[0] === b[0] && a[1] === b[1])
      )
    })
    fc.assert(property)
  })

  test('groupNorm', () => {
    const property = fc.property(images, fc.constantFrom(1, 2), (x, groups) => {
      const group = (index: readonly number[]): number => Math.floor(index[1]! / (x.shape[1]! / groups))
      const expected = looped(x, 0.1, (a, b) => a[0] === b[0] && group(a) === group(b))
      expectClose(T.groupNorm(x, { groups, epsilon: 0.1 }), expected)
      expectClose(pipe(x, T.groupNorm({ groups, epsilon: 0.1 })), expected)
    })
    fc.assert(property)
  })

  test('rmsNorm and l2Normalize', () => {
    const property = fc.property(images, (x) => {
      const read = reader(x)
      const squares = (index: readonly number[]): readonly number[] =>
        Array.from({ length: x.shape.at(-1)! }, (_, i) => read([...index.slice(0, -1), i]) ** 2)
      const rms = tabulate(x.shape, (at) => read(at) / Math.sqrt(total(squares(at)) / x.shape.at(-1)! + 0.1))
      expectClose(T.rmsNorm(x, { epsilon: 0.1 }), rms)
      const unit = tabulate(x.shape, (at) => read(at) / Math.max(Math.sqrt(total(squares(at))), 0.1))
      expectClose(T.l2Normalize(x, { epsilon: 0.1 }), unit)
    })
    fc.assert(property)
  })

  test('localResponseNorm', () => {
    const property = fc.property(images, fc.integer({ min: 1, max: 10 }), (x, size) => {
      const read = reader(x)
      const expected = tabulate(x.shape, (index) => {
        const first = index[1]! - Math.floor(size / 2)
        const near = Array.from({ length: size }, (_, i) => first + i).filter((c) => c >= 0 && c < x.shape[1]!)
        const squares = near.map((c) => read(index.map((i, axis) => (axis === 1 ? c : i))) ** 2)
        return read(index) / (2 + (0.5 / size) * total(squares)) ** 0.75
      })
      const options = { size, alpha: 0.5, beta: 0.75, k: 2 }
      expectClose(T.localResponseNorm(x, options), expected)
      expectClose(pipe(x, T.localResponseNorm(options)), expected)
    })
    fc.assert(property)
  })
})

describe('special values', () => {
  test('a large mean costs no digits of the variance', () => {
    const x = T.of([1e6, 1e6 + 1])
    expect(flat(T.layerNorm(x, { epsilon: 0 }))).toEqual([-1, 1])
  })

  test('constant lanes and zero vectors give zeros, with finite derivatives', () => {
    const x = T.fromTypedArray(new Float64Array(6).fill(0.1), [3, 2])
    expect(flat(T.layerNorm(x))).toEqual([0, 0, 0, 0, 0, 0])
    expect(flat(T.batchNorm(x)).every((value) => Math.abs(value) < 1e-13)).toBe(true)
    const zero = T.zeros([2, 2])
    for (const f of [T.rmsNorm, T.l2Normalize, T.layerNorm, T.batchNorm]) {
      expect(flat(f(zero))).toEqual([0, 0, 0, 0])
      expect(flat(grad((y: T.Tensor) => T.sum(T.square(f(y))))(zero))).toEqual([0, 0, 0, 0])
    }
  })

  test('integers become float32; float64 stays', () => {
    const whole = T.of(
      [
        [1, 2],
        [3, 5]
      ],
      'int32'
    )
    const double = T.of(
      [
        [1, 2],
        [3, 5]
      ],
      'float64'
    )
    const all: readonly ((x: T.Tensor) => T.Tensor)[] = [
      T.batchNorm,
      T.layerNorm,
      T.rmsNorm,
      T.l2Normalize,
      T.groupNorm({ groups: 1 }),
      T.localResponseNorm({ size: 2 })
    ]
    for (const f of all) {
      expect(f(whole).dtype).toBe('float32')
      expect(f(double).dtype).toBe('float64')
    }
    expect(T.batchNorm(whole, { mean: T.of([1, 1], 'int32'), variance: T.of([4, 4], 'int32') }).dtype).toBe('float32')
  })

  test('no examples give no values', () => {
    expect(T.layerNorm(T.zeros([0, 3])).shape).toEqual([0, 3])
    expect(T.groupNorm(T.zeros([0, 4, 2]), { groups: 2 }).shape).toEqual([0, 4, 2])
    expect(T.localResponseNorm(T.zeros([0, 3]), { size: 2 }).shape).toEqual([0, 3])
    expect(T.localResponseNorm(T.zeros([2, 0]), { size: 2 }).shape).toEqual([2, 0])
  })
})

const x = A.tensor({ shape: [2, 4, 3] })
const perChannel = A.tensor({ shape: [4] })

/** Functions of an image, a scale and a shift per channel, smooth everywhere. */
const smooth: Readonly<Record<string, (y: T.Tensor, scale: T.Tensor, shift: T.Tensor) => T.Tensor>> = {
  batchNorm: (y, scale, shift) => T.batchNorm(y, { epsilon: 0.5, scale, shift }),
  'batchNorm, given statistics': (y, scale, shift) =>
    T.batchNorm(y, { mean: shift, variance: T.square(scale), epsilon: 0.5, scale, shift }),
  layerNorm: (y, scale, shift) => T.layerNorm(y, { axis: 1, epsilon: 0.5, scale, shift }),
  instanceNorm: (y, scale, shift) => T.instanceNorm(y, { epsilon: 0.5, scale, shift }),
  groupNorm: (y, scale, shift) => T.groupNorm(y, { groups: 2, epsilon: 0.5, scale, shift }),
  rmsNorm: (y, scale, shift) => T.add(T.rmsNorm(y, { axis: 1, epsilon: 0.5, scale }), T.sum(shift)),
  localResponseNorm: (y, scale, shift) =>
    T.mul(T.localResponseNorm(y, { size: 3, alpha: 0.5, beta: 0.75, k: 2 }), T.sum(T.mul(scale, shift))),
  l2Normalize: (y, scale, shift) =>
    T.l2Normalize(T.add(T.mul(y, T.sum(scale)), T.sum(shift)), { axis: [1, 2], epsilon: 0 })
}

describe('laws of the gradient', () => {
  test.each(Object.entries(smooth).filter(([name]) => name !== 'l2Normalize'))('%s', (name, f) => {
    fc.assert(Law.gradientWith({ name })(f, x, perChannel, perChannel), { numRuns: 10 })
  })

  test('l2Normalize, away from zero vectors', () => {
    const nonZero = A.positive({ shape: [2, 3] })
    fc.assert(
      Law.gradientWith({ name: 'l2Normalize' })((y: T.Tensor) => T.l2Normalize(y), nonZero),
      { numRuns: 20 }
    )
  })
})

describe('vmap is the stack', () => {
  test.each(Object.entries(smooth))('%s', (_name, f) => {
    const property = fc.property(
      A.tensor({ shape: [2, 2, 4, 3] }),
      A.tensor({ shape: [2, 4] }),
      perChannel,
      (xs, scales, shift) => {
        const rows = (all: T.Tensor): readonly T.Tensor[] => [T.at(all, 0), T.at(all, 1)]
        const [first, second] = rows(xs)
        const [scale, other] = rows(scales)
        const mapped = vmap(f, { inAxes: [0, 0, null] })(xs, scales, shift)
        expect(flat(mapped)).toEqual(flat(T.stack([f(first!, scale!, shift), f(second!, other!, shift)])))
      }
    )
    fc.assert(property, { numRuns: 20 })
  })
})

describe('refusals', () => {
  const image = T.zeros([2, 4, 3])
  const plain = (options: unknown): never => options as never
  const refused: readonly Refusal[] = [
    [
      'batchNorm: a channel has 1 value in shape [1, 3]; expected 2 or more, or mean and variance',
      ShapeError,
      () => T.batchNorm(T.zeros([1, 3]))
    ],
    [
      'batchNorm: a channel has 0 values in shape [0, 3]; expected 2 or more, or mean and variance',
      ShapeError,
      () => T.batchNorm(T.zeros([0, 3]))
    ],
    [
      'batchNorm: variance is missing; expected it with mean, or neither',
      TypeError,
      () => T.batchNorm(image, { mean: T.zeros([4]) })
    ],
    [
      'batchNorm: mean is missing; expected it with variance, or neither',
      TypeError,
      () => T.batchNorm(image, { variance: T.zeros([4]) })
    ],
    [
      'batchNorm: mean has shape [3]; along axis 1 of shape [2, 4, 3], expected [4]',
      ShapeError,
      () => T.batchNorm(image, { mean: T.zeros([3]), variance: T.ones([4]) })
    ],
    [
      'batchNorm: axis is 1; for shape [3], expected an integer from -1 to 0',
      ShapeError,
      () => T.batchNorm(T.zeros([3]))
    ],
    [
      'layerNorm: scale has shape [4]; along axis 2 of shape [2, 4, 3], expected [3]',
      ShapeError,
      () => T.layerNorm(image, { scale: T.ones([4]) })
    ],
    [
      'layerNorm: shift has shape [3]; along axes [1, 2] of shape [2, 4, 3], expected [4, 3]',
      ShapeError,
      () => T.layerNorm(image, { axis: [1, 2], shift: T.ones([3]) })
    ],
    [
      'layerNorm: epsilon is -1; expected a finite number of 0 or more',
      RangeError,
      () => T.layerNorm(image, { epsilon: -1 })
    ],
    ['layerNorm: scale is 2; expected a tensor', RangeError, () => T.layerNorm(image, plain({ scale: 2 }))],
    [
      'instanceNorm: the shape is [2, 4]; expected [N, C, L], [N, C, H, W] or more axes',
      ShapeError,
      () => T.instanceNorm(T.zeros([2, 4]))
    ],
    [
      'instanceNorm: a channel has 1 value in shape [2, 4, 1]; expected 2 or more',
      ShapeError,
      () => T.instanceNorm(T.zeros([2, 4, 1]))
    ],
    [
      'groupNorm: groups is 3; for the 4 channels of shape [2, 4, 3], expected a divisor',
      ShapeError,
      () => T.groupNorm(image, { groups: 3 })
    ],
    ['groupNorm: groups is 0; expected an integer of 1 or more', RangeError, () => T.groupNorm(image, { groups: 0 })],
    [
      'groupNorm: groups is missing; expected an integer of 1 or more such as { groups: 2 }',
      TypeError,
      () => T.groupNorm(image, plain({}))
    ],
    ['groupNorm: the shape is [4]; expected [N, C, ...]', ShapeError, () => T.groupNorm(T.zeros([4]), { groups: 2 })],
    [
      'localResponseNorm: size is missing; expected an integer of 1 or more such as { size: 2 }',
      TypeError,
      () => T.localResponseNorm(image, plain(undefined))
    ],
    [
      'localResponseNorm: size is 1.5; expected an integer of 1 or more',
      RangeError,
      () => T.localResponseNorm(image, { size: 1.5 })
    ]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})

test('l2Normalize divides by 1e-12 at least', () => {
  const lengths = T.of([[1e-10], [1e-12], [2.5e-13], [0]], 'float64')
  expect(T.l2Normalize(lengths)).toEqual(T.of([[1], [1], [0.25], [0]], 'float64'))
})

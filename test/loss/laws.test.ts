// What all losses have in common: gradients by the laws, weights and masks. everyLoss.test.ts has extreme scores and bad input.
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import * as A from 'pullback/Arbitrary'
import { grad, jvp } from 'pullback/Grad'
import * as Law from 'pullback/Law'
import * as Loss from 'pullback/Loss'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { describe, expect, test } from 'vitest'
import { each, f64, labels, losses, other } from './table.js'

const all = Object.entries(losses)
const draws = A.tensor({ shape: [2, 3] })
/** The values, where -0 is 0. */
const numbersOf = (x: T.Tensor): readonly number[] => [...T.toArray(x)].map((value) => value + 0)
const finiteIn = (x: T.Tensor): boolean => T.toArray(x).every(Number.isFinite)

describe.each(all)('%s', (name, loss) => {
  const summed = (o: Loss.Options) => (x: T.Tensor) => T.ensure(loss(x, { ...o, reduction: 'sum' }), [])

  test('passes the laws of gradients', () => {
    fc.assert(
      Law.gradientWith({ name })((x: T.Tensor) => loss(x, each), draws),
      { numRuns: 10 }
    )
  })

  test('a mask is a weight of 0 or 1; the mean is the weighted sum by the sum of weights', () => {
    fc.assert(
      fc.property(draws, fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 6, maxLength: 6 }), (x, numbers) => {
        const apart = loss(x, each)
        const weights = T.reshape(f64(numbers.slice(0, T.size(apart))), apart.shape)
        // class weights 3 and 1 of the labels count as well
        const counted = name.includes('weighted') ? T.mul(weights, f64([3, 1])) : weights
        const total = T.item(T.sum(counted))
        const sum = T.item(T.sum(T.mul(weights, apart)))
        expect(T.item(T.sum(loss(x, { weights, reduction: 'sum' })))).toBeCloseTo(sum, 12)
        expect(T.item(T.ensure(loss(x, { weights }), []))).toBeCloseTo(total === 0 ? 0 : sum / total, 12)
        const mask = T.greater(weights, 0)
        for (const reduction of ['none', 'sum', 'mean'] as const) {
          const wanted = numbersOf(loss(x, { weights: T.cast(mask, 'float64'), reduction }))
          expect(numbersOf(loss(x, { mask, reduction }))).toEqual(wanted)
        }
      }),
      { numRuns: 20 }
    )
  })

  test('what is masked or weighs 0 adds exactly 0, to values, gradients and tangents, beside NaN too', () => {
    const x = T.of(
      [
        [NaN, NaN, NaN],
        [0.5, -0.25, 0.125]
      ],
      'float64'
    )
    const rank = loss(other, each).shape.length
    const column = rank === 2 ? [2, 1] : [2]
    const mask = T.reshape(T.of([false, true]), column)
    const weights = T.reshape(f64([0, 1]), column)
    const alone = T.at(grad(summed({ mask }))(T.where(T.isNaN(x), 0, x)), 1)
    for (const option of [{ mask }, { weights }]) {
      expect(finiteIn(loss(x, option))).toBe(true)
      expect(T.toArray(loss(x, option))).toEqual(T.toArray(loss(T.where(T.isNaN(x), 0, x), option)))
      const gradient = grad(summed(option))(x)
      expect([...T.toArray(T.at(gradient, 0))].map(Math.abs)).toEqual([0, 0, 0])
      expect(T.toArray(T.at(gradient, 1))).toEqual(T.toArray(alone))
      expect(finiteIn(jvp(summed(option))([x], [T.ones([2, 3], 'float64')])[1])).toBe(true)
    }
  })

  test('is mapped by vmap', () => {
    const many = T.stack([other, T.neg(other)])
    const mapped = vmap((x: T.Tensor) => loss(x))(many)
    expect([...T.toArray(mapped)]).toEqual([other, T.neg(other)].map((x) => T.toArray(loss(x))[0]))
  })
})

describe('values by other formulas', () => {
  const at = (x: number, t: number, loss: (x: T.Tensor, t: T.Tensor) => T.Tensor): number =>
    T.item(T.ensure(loss(f64([x]), f64([t])), []))

  test('logCosh, quantile, squaredHinge and focal', () => {
    fc.assert(
      fc.property(fc.integer({ min: -4000, max: 4000 }), fc.constantFrom(0, 1), (n, bit) => {
        const x = n / 1000
        expect(at(x, 0.3, Loss.logCosh)).toBeCloseTo(Math.log(Math.cosh(x - 0.3)), 13)
        const u = 0.3 - x
        expect(at(x, 0.3, (p, t) => Loss.quantile(p, t, { q: 0.8 }))).toBeCloseTo(Math.max(0.8 * u, -0.2 * u), 13)
        expect(at(x, bit === 1 ? 1 : -1, Loss.squaredHinge)).toBeCloseTo(Math.max(0, 1 - (2 * bit - 1) * x) ** 2, 12)
        const p = 1 / (1 + Math.exp(-x))
        const [right, alpha] = bit === 1 ? [p, 0.25] : [1 - p, 0.75]
        expect(at(x, bit, Loss.focal)).toBeCloseTo(-alpha * (1 - right) ** 2 * Math.log(right), 12)
      })
    )
  })

  test('logCosh keeps the digits of small errors', () => {
    expect(at(1e-9, 0, Loss.logCosh) / 5e-19).toBeCloseTo(1, 12)
  })

  test('the kinds of multiclassHinge', () => {
    const scores = f64([
      [3.2, 5.1, -1.7],
      [1.3, 4.9, 2],
      [2.2, 2.5, -3.1]
    ])
    const right = T.of([0, 1, 2], 'int32')
    const found = (options: Loss.MulticlassHingeOptions) =>
      [...T.toArray(Loss.multiclassHinge(scores, right, { ...options, ...each }))].map((v) => Number(v.toFixed(10)))
    expect(found({ kind: 'crammerSinger' })).toEqual([2.9, 0, 6.6])
    expect(found({ power: 2 })).toEqual([8.41, 0, Number((6.3 ** 2 + 6.6 ** 2).toFixed(10))])
    expect(found({ kind: 'oneVsAll' })).toEqual([6.1, 5.3, 10.8])
  })

  test('dice and contrastive', () => {
    expect(
      T.toNested(
        Loss.dice(
          f64([
            [1, 1, 0],
            [0, 0, 0]
          ]),
          f64([
            [1, 0, 0],
            [0, 0, 0]
          ]),
          { smooth: 0, ...each }
        )
      )
    ).toEqual([1 - 2 / 3, 1])
    expect(
      T.toNested(Loss.contrastive(f64([[0], [0], [0]]), f64([[2], [0.5], [3]]), f64([1, 0, 0]), { ...each }))
    ).toEqual([2, 0.125, 0])
  })
})

describe('at kinks', () => {
  const slope = (f: (x: T.Tensor<[]>) => T.Tensor, x: number): number =>
    Math.abs(T.item(grad((v: T.Tensor<[]>) => T.ensure(f(v), []))(T.scalar(x, 'float64'))))

  test('the derivative is 0', () => {
    const one = T.scalar(1, 'float64')
    expect(slope((x) => Loss.quantile(x, one, { q: 0.9 }), 1)).toBe(0)
    expect(slope((x) => Loss.mae(x, one), 1)).toBe(0)
    expect(slope((x) => Loss.smoothL1(x, one, { beta: 0 }), 1)).toBe(0)
    expect(slope((x) => Loss.squaredHinge(x, one), 1)).toBe(0)
    expect(slope((x) => Loss.marginRanking(x, one, one), 1)).toBe(0)
    expect(slope((x) => Loss.multiclassHinge(T.stack([x, one]), T.scalar(1, 'int32')), 0)).toBe(0)
    const line = (x: T.Tensor<[]>): T.Tensor => T.stack([x, one])
    expect(slope((x) => Loss.triplet(line(x), line(one), line(T.scalar(9, 'float64'))), 1)).toBe(0)
  })
})

describe('binaryCrossEntropy refuses what is not a probability, where it can be read', () => {
  const p = f64([0.5, 1.5])
  const sentence = 'is not a probability; expected a number from 0 to 1, or binaryCrossEntropyWithLogits for scores'
  test('in predictions and targets', () => {
    expect(() => Loss.binaryCrossEntropy(p, f64([0, 1]))).toThrow(
      `binaryCrossEntropy: prediction 1.5 at [1] ${sentence}`
    )
    expect(() => Loss.binaryCrossEntropy(f64([0, 1]), T.neg(p))).toThrow(
      `binaryCrossEntropy: target -0.5 at [0] ${sentence}`
    )
  })

  test('inside grad and vmap too', () => {
    expect(() => grad((x: T.Tensor) => Loss.binaryCrossEntropy(x, f64([0, 1])))(p)).toThrow(sentence)
    expect(() => vmap((x: T.Tensor) => Loss.binaryCrossEntropy(x, T.scalar(1)))(p)).toThrow(sentence)
  })

  test('but not where it is masked', () => {
    const mask = T.of([true, false])
    expect(T.item(Loss.binaryCrossEntropy(p, f64([1, 1]), { mask }))).toBeCloseTo(Math.LN2, 15)
    expect(
      T.toNested(
        grad((x: T.Tensor<[2]>) => Loss.binaryCrossEntropy(x, T.of([1, 1], 'float64'), { mask }))(
          T.of([0.5, NaN], 'float64')
        )
      )
    ).toEqual([-2, 0])
  })

  test('0 times log 0 is 0', () => {
    expect(numbersOf(Loss.binaryCrossEntropy(f64([0, 1]), f64([0, 1]), each))).toEqual([0, 0])
  })
})

describe('labels and class weights', () => {
  const scores = f64([
    [1, 2, 3],
    [4, 5, 6]
  ])
  test('masked and ignored labels may be anything', () => {
    const mask = T.of([true, false])
    const some = T.of([0, 99], 'int32')
    const first = T.item(Loss.crossEntropy(f64([[1, 2, 3]]), T.of([0], 'int32')))
    expect(T.item(Loss.crossEntropy(scores, some, { mask }))).toBe(first)
    expect(T.item(Loss.crossEntropy(scores, some, { ignoreIndex: 99 }))).toBe(first)
    expect(T.item(pipe(scores, Loss.multiMargin(some, { mask })))).toBeCloseTo((2 + 3) / 3, 14)
    expect(T.item(Loss.crossEntropy(scores, T.of([99, 99], 'int32'), { ignoreIndex: 99 }))).toBe(0)
  })

  test.each([
    [
      'crossEntropy: classWeights have shape [2]; expected [3], one weight for each class',
      () => Loss.crossEntropy(scores, labels, { classWeights: f64([1, 2]) })
    ],
    [
      'crossEntropy: ignoreIndex is given with probabilities; expected class indices, or use mask',
      () => Loss.crossEntropy(scores, T.softmax(scores), { ignoreIndex: 1 })
    ],
    [
      'crossEntropy: label 3 at [0, 1] is not a class; expected an integer from 0 to 2',
      () => Loss.crossEntropy(T.zeros([1, 3, 2]), T.of([[0, 3]], 'int32'), { axis: 1 })
    ],
    [
      'crossEntropy: the shapes of scores and labels are [2, 3] and [2]; expected labels of shape [3] for class indices or [2, 3] for probabilities',
      () => Loss.crossEntropy(scores, labels, { axis: 0 })
    ],
    [
      'contrastive: label 2 at [1] is neither 1 nor 0; expected 1 for pairs that are alike, else 0',
      () => Loss.contrastive(scores, scores, f64([1, 2]))
    ],
    [
      'cosineEmbedding: the shapes of embeddings and labels are [2, 3] and [3]; expected one label for each row',
      () => Loss.cosineEmbedding(scores, scores, f64([1, 1, 1]))
    ],
    [
      'gaussianNll: variance -1 is negative; expected 0 or more',
      () => Loss.gaussianNll(T.scalar(0), T.scalar(0), T.scalar(-1))
    ],
    [
      'multiLabelMargin: the shapes of scores and labels are [2, 3] and [2]; expected equal shapes',
      () => Loss.multiLabelMargin(scores, labels)
    ],
    [
      'triplet: the shapes of anchors and negatives are [2, 3] and [2]; expected equal shapes',
      () => Loss.triplet(scores, scores, labels)
    ]
  ])('%s', (sentence, run) => {
    expect(run).toThrow(expect.objectContaining({ message: sentence }))
  })
})

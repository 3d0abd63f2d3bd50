import { pipe } from 'fp-ts/lib/function.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad } from 'pullback/Grad'
import * as Loss from 'pullback/Loss'
import * as T from 'pullback/Tensor'

const f64 = (values: readonly number[] | readonly (readonly number[])[]): T.Tensor => T.of(values, 'float64')
const int = (values: readonly number[]): T.Tensor<[number]> => T.of(values, 'int32')
const each = { reduction: 'none' } as const

const expectClose = (x: T.Tensor, wanted: readonly number[], decimals: number): void => {
  const found = [...T.toArray(x)]
  expect(found).toHaveLength(wanted.length)
  wanted.forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, decimals)
  })
}

describe('lecture values', () => {
  const cats = [
    [3.2, 5.1, -1.7],
    [1.3, 4.9, 2.0],
    [2.2, 2.5, -3.1]
  ] as const
  const birds = [
    [2.1, 3.4, -2.0],
    [0.2, 5.1, 1.7],
    [2.3, 3.1, -1.2]
  ] as const

  it('cat, car, frog: cross-entropy and multiclass hinge', () => {
    const scores = f64(cats)
    expectClose(Loss.crossEntropy(scores, int([0, 1, 2]), each), [2.0404, 0.0791, 6.1565], 4)
    expectClose(Loss.multiclassHinge(scores, int([0, 1, 2]), each), [2.9, 0, 12.9], 12)
    expect(T.item(Loss.multiclassHinge(scores, int([0, 1, 2])))).toBeCloseTo(5.2667, 4)
    expectClose(Loss.multiclassHinge(T.mul(scores, 2), int([0, 1, 2]), each), [4.8, 0, 23.8], 12)
  })

  it('cat, car, bird: cross-entropy and multiclass hinge', () => {
    expectClose(Loss.crossEntropy(f64(birds), int([0, 1, 2]), each), [1.5446, 0.04, 4.6804], 4)
    expectClose(Loss.multiclassHinge(f64(birds), int([0, 1, 2]), each), [2.3, 0, 9.8], 12)
  })

  it('one row with label 2', () => {
    const scores = f64([-2.85, 0.86, 0.28])
    const label = T.scalar(2, 'int32')
    expect(T.item(Loss.multiclassHinge(scores, label))).toBeCloseTo(1.58, 12)
    expect(T.item(Loss.crossEntropy(scores, label))).toBeCloseTo(1.0402, 4)
  })

  it('cross-entropy does not stall where the squared error does', () => {
    const squared = (s: T.Tensor<[]>) => Loss.meanSquaredError(T.sigmoid(s), T.scalar(1, 'float64'))
    const cross = (s: T.Tensor<[]>) => Loss.binaryCrossEntropyWithLogits(s, T.scalar(1, 'float64'))
    const at = T.scalar(-50, 'float64')
    expect(T.item(grad(squared)(at)) / -3.857e-22).toBeCloseTo(1, 3)
    expect(T.item(grad(cross)(at))).toBe(-1)
  })
})

describe('crossEntropy', () => {
  it('takes class indices, one-hot rows and probabilities alike', () => {
    const scores = f64([
      [1, 2, 3],
      [0, -1, 0.5]
    ])
    const byIndex = Loss.crossEntropy(scores, int([2, 0]), each)
    const byOneHot = Loss.crossEntropy(
      scores,
      f64([
        [0, 0, 1],
        [1, 0, 0]
      ]),
      each
    )
    expectClose(byOneHot, [...T.toArray(byIndex)], 14)
    const mixed = Loss.crossEntropy(
      scores,
      f64([
        [0.5, 0, 0.5],
        [1, 0, 0]
      ]),
      each
    )
    const half =
      0.5 * (T.item(Loss.crossEntropy(T.at(scores, 0), T.scalar(0, 'int32'))) + (T.toArray(byIndex)[0] ?? NaN))
    expect(T.toArray(mixed)[0]).toBeCloseTo(half, 14)
  })

  it('any leading axes', () => {
    const scores = T.reshape(T.linspace(-1, 1, 24, 'float64'), [2, 4, 3])
    const labels = T.of(
      [
        [0, 1, 2, 0],
        [2, 1, 0, 0]
      ],
      'int32'
    )
    const together = Loss.crossEntropy(scores, labels, each)
    expect(together.shape).toEqual([2, 4])
    const apart = Loss.crossEntropy(T.reshape(scores, [8, 3]), T.reshape(labels, [8]), each)
    expect([...T.toArray(together)]).toEqual([...T.toArray(apart)])
  })

  it('has the gradient softmax minus one-hot', () => {
    const scores = f64([
      [1, 2, 3],
      [0, -1, 0.5]
    ])
    const gradient = grad((s: T.Tensor) => Loss.crossEntropy(s, int([2, 0]), { reduction: 'sum' }))(scores)
    expectClose(gradient, [...T.toArray(T.sub(T.softmax(scores), T.oneHot(int([2, 0]), 3, 'float64')))], 14)
  })

  it('is finite at scores of 1000, with a finite gradient', () => {
    const loss = (s: T.Tensor) => Loss.crossEntropy(s, int([0]))
    expect(T.item(loss(f64([[-1000, 1000]])))).toBe(2000)
    expect([...T.toArray(grad(loss)(f64([[-1000, 1000]])))]).toEqual([-1, 1])
    expect(T.item(loss(f64([[1000, -1000]])))).toBe(0)
  })

  it('a weight of 0 on an impossible class adds nothing', () => {
    const loss = (s: T.Tensor) => Loss.crossEntropy(s, f64([[1, 0]]))
    expect(T.item(loss(f64([[0, -Infinity]])))).toBe(0)
    expect([...T.toArray(grad(loss)(f64([[0, -Infinity]])))]).toEqual([0, 0])
  })

  it('rejects labels of another shape, dtype or range', () => {
    const scores: T.Tensor = T.zeros([4, 3])
    expect(() => Loss.crossEntropy(scores, int([0, 1, 2]))).toThrow(
      'crossEntropy: the shapes of scores and labels are [4, 3] and [3]; ' +
        'expected labels of shape [4] for class indices or [4, 3] for probabilities'
    )
    expect(() => Loss.crossEntropy(scores, T.zeros([4]))).toThrow(
      'crossEntropy: the labels are float32; expected int32 class indices, cast them with T.cast'
    )
    expect(() => Loss.crossEntropy(scores, int([0, 1, 3, 0]))).toThrow(
      'crossEntropy: label 3 at [2] is not a class; expected an integer from 0 to 2'
    )
    expect(() => Loss.multiclassHinge(scores, int([0, -1, 0, 0]))).toThrow(
      'multiclassHinge: label -1 at [1] is not a class; expected an integer from 0 to 2'
    )
    expect(() => Loss.multiclassHinge(scores, T.zeros([4, 3]))).toThrow(
      'multiclassHinge: the shapes of scores and labels are [4, 3] and [4, 3]; ' +
        'expected labels of shape [4] for class indices'
    )
    expect(() => Loss.crossEntropy(T.scalar(0), T.scalar(0, 'int32'))).toThrow(
      'crossEntropy: the shapes of scores and labels are [] and []; expected scores with an axis of classes'
    )
  })
})

describe('elementwise losses', () => {
  it('binaryCrossEntropyWithLogits is exact on both sides', () => {
    const losses = Loss.binaryCrossEntropyWithLogits(f64([50, -50, 1000, -1000, 0]), f64([1, 1, 0, 0, 0.5]), each)
    expectClose(losses, [Math.exp(-50), 50, 1000, 0, Math.LN2], 14)
    expect(T.toArray(losses)[0]).toBeCloseTo(1.928749847963918e-22, 36)
  })

  it('binaryCrossEntropyWithLogits has the derivative sigmoid minus target', () => {
    const gradient = grad((s: T.Tensor) =>
      Loss.binaryCrossEntropyWithLogits(s, f64([0, 1, 0.25]), { reduction: 'sum' })
    )
    const scores = f64([0.3, -2, 40])
    expectClose(gradient(scores), [...T.toArray(T.sub(T.sigmoid(scores), f64([0, 1, 0.25])))], 14)
  })

  it('hinge has the derivative 0 at its kink', () => {
    const loss = (s: T.Tensor<[]>) => Loss.hinge(s, T.scalar(1))
    expect(Math.abs(T.item(grad(loss)(T.scalar(1))))).toBe(0)
    expect(T.item(grad(loss)(T.scalar(0.5)))).toBe(-1)
    expect(T.item(loss(T.scalar(2)))).toBe(0)
  })

  it('huber meets square and line smoothly', () => {
    const loss = (x: T.Tensor<[]>) => Loss.huber(x, T.scalar(0, 'float64'), { delta: 2 })
    const at = (x: number) => T.scalar(x, 'float64')
    expect([0, 1, 2, 3, -5].map((x) => T.item(loss(at(x))))).toEqual([0, 0.5, 2, 4, 8])
    expect([0, 1, 2, 3, -5].map((x) => T.item(grad(loss)(at(x))))).toEqual([0, 1, 2, 2, -2])
  })

  it('l2 is half of the squared error, absolute error has the derivative 0 at 0', () => {
    expect(T.item(Loss.l2(T.of([1, 3]), T.of([0, 0]), { reduction: 'sum' }))).toBe(5)
    expect(T.item(grad((x: T.Tensor<[]>) => Loss.meanAbsoluteError(x, T.scalar(2)))(T.scalar(2)))).toBe(0)
  })

  it('do not broadcast', () => {
    const elementwise: Readonly<Record<string, Loss.Loss>> = {
      meanSquaredError: Loss.meanSquaredError,
      meanAbsoluteError: Loss.meanAbsoluteError,
      l2: Loss.l2,
      huber: Loss.huber,
      hinge: Loss.hinge,
      binaryCrossEntropyWithLogits: Loss.binaryCrossEntropyWithLogits
    }
    for (const [name, loss] of Object.entries(elementwise)) {
      expect(() => loss(T.zeros([4, 1]), T.zeros([4]))).toThrow(
        `${name}: the shapes of predictions and targets are [4, 1] and [4]; expected equal shapes`
      )
    }
  })
})

describe('reduction', () => {
  const losses: readonly Loss.Loss[] = [Loss.meanSquaredError, Loss.meanAbsoluteError, Loss.l2, Loss.huber, Loss.hinge]
  const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 6 })

  it('mean and sum reduce the losses of none', () => {
    fc.assert(
      fc.property(fc.constantFrom(...losses), values, (loss, list) => {
        const predicted = T.of(list, 'float64')
        const right = T.onesLike(predicted)
        const apart = [...T.toArray(loss(predicted, right, each))].reduce((total, one) => total + one, 0)
        expect(T.item(loss(predicted, right, { reduction: 'sum' }))).toBeCloseTo(apart, 12)
        expect(T.item(loss(predicted, right))).toBeCloseTo(apart / list.length, 12)
        expect(T.item(pipe(predicted, loss(right)))).toBe(T.item(loss(predicted, right)))
      })
    )
  })

  it('is in the types', () => {
    const one: T.Tensor<[]> = Loss.meanSquaredError(T.of([1]), T.of([2]))
    const sum: T.Tensor<[]> = Loss.huber(T.of([1]), T.of([2]), { reduction: 'sum', delta: 2 })
    const all: T.Tensor = Loss.crossEntropy(T.zeros([1, 2]), int([0]), each)
    expect([one, sum, all].map((x) => x.shape)).toEqual([[], [], [1]])
  })
})

describe('values that are not tensors or options', () => {
  const plain = Loss as unknown as Record<string, (...args: readonly unknown[]) => unknown>
  const remedy = 'expected a tensor, make one with T.of or T.scalar'

  it.each([
    [['crossEntropy', T.zeros([2, 2]), [0, 1]], `crossEntropy: the argument labels is [0, 1]; ${remedy}`],
    [['multiclassHinge', T.zeros([2, 2]), [0, 1]], `multiclassHinge: the argument labels is [0, 1]; ${remedy}`],
    [['crossEntropy', [[0, 1]], T.zeros([1], 'int32')], `crossEntropy: the argument scores is [[0, 1]]; ${remedy}`],
    [['meanSquaredError', T.zeros([2]), 0], `meanSquaredError: the argument targets is 0; ${remedy}`],
    [['huber', T.zeros([2]), [0, 1]], `huber: the argument targets is [0, 1]; ${remedy}`],
    [
      ['l2', T.zeros([2]), structuredClone(T.zeros([2]))],
      'l2: the argument targets is a copy of a tensor of shape [2]; expected a tensor; ' +
        'restore it with T.fromTypedArray or T.fromJSON, as structuredClone and postMessage lose its class'
    ]
  ] as const)('%#', ([name, ...args], sentence) => {
    expect(() => plain[name]?.(...args)).toThrow(expect.objectContaining({ message: sentence }))
  })

  const further: Readonly<Record<string, string>> = {
    huber: ', mask or delta',
    multiclassHinge: ', mask, margin, power or kind',
    crossEntropy: ', mask, axis, classWeights, ignoreIndex or labelSmoothing'
  }
  const losses = [
    'meanSquaredError',
    'meanAbsoluteError',
    'l2',
    'huber',
    'hinge',
    'binaryCrossEntropyWithLogits',
    'crossEntropy'
  ]
  it.each([...losses, 'multiclassHinge'])('%s rejects an unknown reduction and unknown options', (name) => {
    const [scores, labels] = [T.zeros([2, 2]), T.zeros([2, 2])]
    const expected = `reduction, weights${further[name] ?? ' or mask'}`
    for (const data of [[scores, labels], [labels]]) {
      expect(() => plain[name]?.(...data, { reduction: 'avg' })).toThrow(
        `${name}: reduction is 'avg'; expected 'mean', 'sum' or 'none'`
      )
      expect(() => plain[name]?.(...data, { reduce: 'sum' })).toThrow(
        `${name}: unknown option reduce; expected ${expected}`
      )
    }
  })
})

describe('types and ends', () => {
  it('weights of whole errors keep their fractions', () => {
    const [p, t] = [int([1, 4]), int([0, 2])]
    expect(Loss.mse(p, t, { weights: T.of([0.25, 0.75]) })).toEqual(T.scalar(3.25))
    expect(Loss.mse(p, t, { weights: T.of([0.25, 0.75]), reduction: 'sum' })).toEqual(T.scalar(3.25))
  })

  it('log-cosh is the absolute error less log 2, on both sides alike', () => {
    const far = f64([Infinity, -Infinity, 1000, -1000])
    expect(Loss.logCosh(far, T.zerosLike(far), each)).toEqual(
      f64([Infinity, Infinity, 1000 - Math.LN2, 1000 - Math.LN2])
    )
    const large = T.of([3e38, -3e38])
    expect(Loss.logCosh(large, T.zerosLike(large), each)).toEqual(T.of([3e38, 3e38]))
    const slopes = grad((p: T.Tensor<[number]>) => T.sum(Loss.logCosh(p, T.zerosLike(p))))
    expect(slopes(f64([1e300, -1e300]) as T.Tensor<[number]>)).toEqual(f64([0.5, -0.5]))
  })

  it('one-hot labels of any type can be smoothed', () => {
    const scores = f64([
      [1, 3],
      [2, 2]
    ])
    const indices = int([1, 0])
    const smooth = { labelSmoothing: 0.1 }
    const wanted = T.item(Loss.crossEntropy(scores, indices, smooth))
    for (const dtype of ['bool', 'int32', 'float32', 'float64'] as const) {
      expect(T.item(Loss.crossEntropy(scores, T.oneHot(indices, 2, dtype), smooth))).toBeCloseTo(wanted, 12)
    }
  })

  it('scores without classes', () => {
    expect(() => Loss.crossEntropy(T.zeros([1, 0]), int([0]))).toThrow(
      'crossEntropy: label 0 at [0] is not a class; expected scores of 1 class or more'
    )
    for (const [name, loss] of Object.entries({
      multiLabelMargin: Loss.multiLabelMargin,
      multiLabelSoftMargin: Loss.multiLabelSoftMargin
    })) {
      expect(() => loss(T.scalar(1), T.scalar(0, 'int32'))).toThrow(
        `${name}: the scores are a scalar; expected an axis of classes`
      )
    }
  })

  it('labels of masked rows may be any number', () => {
    const scores = f64([
      [1, 3],
      [NaN, 2]
    ])
    const [labels, mask] = [int([0, 7]), T.of([true, false])]
    const losses: readonly Loss.Loss[] = [Loss.crossEntropy, Loss.nll, Loss.multiclassHinge, Loss.multiMargin]
    for (const loss of losses) expect(loss(scores, labels, { mask })).toEqual(loss(T.slice(scores, [[0, 1]]), int([0])))
    expect(Loss.crossEntropy(scores, labels, { ignoreIndex: 7, mask, labelSmoothing: 0.1 })).toEqual(
      Loss.crossEntropy(T.slice(scores, [[0, 1]]), int([0]), { labelSmoothing: 0.1 })
    )
  })

  it('weights of rows and of classes are multiplied', () => {
    const scores = f64([
      [1, 3],
      [2, 1],
      [0, 4]
    ])
    const labels = int([0, 1, 1])
    const losses = Loss.crossEntropy(scores, labels, each)
    const factors = T.div(f64([1 * 5, 2 * 7, 3 * 7]), 5 + 14 + 21)
    const mean = Loss.crossEntropy(scores, labels, { weights: f64([1, 2, 3]), classWeights: f64([5, 7]) })
    expect(T.item(mean)).toBeCloseTo(T.item(T.sum(T.mul(losses, factors))), 12)
  })

  it('defaults are those of the documentation', () => {
    const [scores, bits] = [f64([0.3, -1.2]), f64([1, 0])]
    expect(Loss.focal(scores, bits)).toEqual(Loss.focal(scores, bits, { alpha: 0.25, gamma: 2 }))
    const p = f64([
      [0.5, 0.25],
      [1, 0]
    ])
    const t = f64([
      [1, 0],
      [0, 1]
    ])
    expectClose(Loss.dice(p, t, each), [1 - (2 * 0.5 + 1) / (0.75 + 1 + 1), 1 - 1 / 3], 12)
    expectClose(Loss.dice(p, t, { smooth: 0.5, reduction: 'none' }), [1 - 1.5 / 2.25, 1 - 0.5 / 2.5], 12)
    const zero = f64([0])
    expect(Loss.gaussianNll(f64([1]), zero, zero)).toEqual(Loss.gaussianNll(f64([1]), zero, f64([1e-6])))
  })
})

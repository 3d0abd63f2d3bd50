// What every loss does with extreme numbers and bad input, by one table over all that `pullback/Loss` exports: a new loss without a
// row is an error.
import { grad } from 'pullback/Grad'
import * as Loss from 'pullback/Loss'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'
import { each, f64, losses, other } from './table.js'

type Loose = (...args: readonly unknown[]) => T.Tensor

/** The exported losses, each under its first name: `mse` is `meanSquaredError`. */
const exported = Loss as unknown as Readonly<Record<string, Loose>>
const names = Object.keys(exported).filter((name) => name !== 'regularized' && name !== 'mse' && name !== 'mae')

const x = T.of([[0.5, 0.25, 0.75]])
const index = T.of([0], 'int32')
const signs = T.of([[1, -1, 1]])

/** Operands of shape [1, 3], and how the loss calls the first two where their shapes differ. */
interface Row {
  readonly operands: readonly T.Tensor[]
  /** The sentence for a second operand of shape [3, 1]. */
  readonly shapes: string
  /** Labels that are refused by position, and the sentence; a loss without takes any number. */
  readonly refused?: readonly [wrong: readonly T.Tensor[], sentence: string]
}

const equal = (first: string, second: string): string =>
  `the shapes of ${first} and ${second} are [1, 3] and [3, 1]; expected equal shapes`
const numbers = equal('predictions', 'targets')
const ofClasses =
  'the shapes of scores and labels are [1, 3] and [3, 1]; expected labels of shape [1] for class indices'
const notClass = 'label 3 at [0] is not a class; expected an integer from 0 to 2'
const classes: Row = { operands: [x, index], shapes: ofClasses, refused: [[x, T.of([3], 'int32')], notClass] }
const pairs = (no: number): Row => ({
  operands: [x, x, T.of([1])],
  shapes: equal('embeddings', 'others'),
  refused: [[x, x, T.of([2])], `label 2 at [0] is neither 1 nor ${no}; expected 1 for pairs that are alike, else ${no}`]
})

const rows: Readonly<Record<string, Row>> = {
  meanSquaredError: { operands: [x, x], shapes: numbers },
  meanAbsoluteError: { operands: [x, x], shapes: numbers },
  l2: { operands: [x, x], shapes: numbers },
  huber: { operands: [x, x], shapes: numbers },
  smoothL1: { operands: [x, x], shapes: numbers },
  logCosh: { operands: [x, x], shapes: numbers },
  quantile: { operands: [x, x], shapes: numbers },
  poisson: { operands: [x, x], shapes: numbers },
  gaussianNll: {
    operands: [x, x, x],
    shapes: numbers,
    refused: [[x, x, T.neg(x)], 'variance -0.5 at [0, 0] is negative; expected 0 or more']
  },
  kl: {
    operands: [x, x],
    shapes: numbers,
    refused: [[x, T.of([[0, 1, -1]])], 'target -1 at [0, 2] is negative; expected 0 or more']
  },
  binaryCrossEntropy: {
    operands: [x, x],
    shapes: numbers,
    refused: [
      [x, T.of([[0, 1, 2]])],
      'target 2 at [0, 2] is not a probability; expected a number from 0 to 1, or binaryCrossEntropyWithLogits for scores'
    ]
  },
  binaryCrossEntropyWithLogits: { operands: [x, x], shapes: numbers },
  focal: { operands: [x, x], shapes: numbers },
  hinge: { operands: [x, signs], shapes: numbers },
  squaredHinge: { operands: [x, signs], shapes: numbers },
  softMargin: { operands: [x, signs], shapes: numbers },
  dice: { operands: [x, x], shapes: numbers },
  crossEntropy: { ...classes, shapes: `${ofClasses} or [1, 3] for probabilities` },
  nll: classes,
  multiclassHinge: classes,
  multiMargin: classes,
  multiLabelMargin: {
    operands: [x, T.of([[0, -1, 0]], 'int32')],
    shapes: equal('scores', 'labels'),
    refused: [[x, T.of([[0, 3, -1]], 'int32')], 'label 3 at [0, 1] is not a class; expected an integer from 0 to 2']
  },
  multiLabelSoftMargin: { operands: [x, x], shapes: equal('scores', 'labels') },
  cosineEmbedding: pairs(-1),
  contrastive: pairs(0),
  triplet: { operands: [x, x, x], shapes: equal('anchors', 'positives') },
  marginRanking: { operands: [x, x, signs], shapes: equal('scores', 'others') }
}

const messageOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return error instanceof Error ? error.message : 'no error'
  }
  return 'nothing was thrown'
}

const finiteIn = (...found: readonly T.Tensor[]): boolean =>
  found.every((values) => T.toArray(values).every(Number.isFinite))

test('every loss that is exported has a row here, and one in the table of laws', () => {
  expect(Object.keys(rows).sort()).toEqual(names.sort())
  const aliases: Readonly<Record<string, string>> = { mse: 'meanSquaredError', mae: 'meanAbsoluteError' }
  const lawful = Object.keys(losses).map((title) => title.split(',')[0] ?? '')
  expect([...new Set(lawful.map((name) => aliases[name] ?? name))].sort()).toEqual(names.sort())
  expect(Loss.mse).toBe(Loss.meanSquaredError)
  expect(Loss.mae).toBe(Loss.meanAbsoluteError)
})

describe.each(Object.entries(rows))('%s refuses', (name, { operands, shapes, refused }) => {
  const loss = (options: object, given = operands): T.Tensor => exported[name]!(...given, options)
  const shape = loss(each).shape
  const fits = `expected that of the losses, [${shape.join(', ')}], or size 1 on some of its axes`

  test('operands of different shapes', () => {
    const wrong = [x, T.zeros([3, 1], operands[1]?.dtype ?? 'float32'), ...operands.slice(2)]
    expect(messageOf(() => loss({}, wrong))).toBe(`${name}: ${shapes}`)
  })

  test('what is not a tensor, by its name', () => {
    for (const at of operands.keys()) {
      const wrong: readonly unknown[] = operands.map((operand, i) => (i === at ? [[1]] : operand))
      expect(messageOf(() => exported[name]!(...wrong, {}))).toMatch(
        new RegExp(`^${name}: the argument \\w+ is \\[\\[1\\]\\]; expected a tensor, make one with T.of or T.scalar$`)
      )
    }
  })

  test('masks and weights of another shape or type', () => {
    for (const wrong of [[1, 3, 1], [7], [2, 3], []]) {
      const given = `has shape [${wrong.join(', ')}]`
      expect(messageOf(() => loss({ weights: T.ones(wrong) }))).toBe(`${name}: weights ${given}; ${fits}`)
      expect(messageOf(() => loss({ mask: T.ones(wrong, 'bool') }))).toBe(`${name}: mask ${given}; ${fits}`)
    }
    expect(messageOf(() => loss({ mask: T.ones(shape, 'int32') }))).toBe(
      `${name}: mask is int32; expected bool, compare with T.greater(x, 0) or the like`
    )
    expect(messageOf(() => loss({ weights: 2 }))).toBe(`${name}: weights is 2; expected a tensor`)
  })

  test('an unknown reduction', () => {
    const sentence = `${name}: reduction is 'avg'; expected 'mean', 'sum' or 'none'`
    expect(messageOf(() => loss({ reduction: 'avg' }))).toBe(sentence)
    expect(messageOf(() => exported[name]!(...operands.slice(1), { reduction: 'avg' }))).toBe(sentence)
  })

  test('labels out of range by position, unless they are masked; others are any number', () => {
    const [wrong, sentence] = refused ?? [operands, undefined]
    const wanted = sentence === undefined ? 'nothing was thrown' : `${name}: ${sentence}`
    expect(messageOf(() => loss({}, wrong))).toBe(wanted)
    expect(messageOf(() => grad((v: T.Tensor) => T.ensure(loss({}, [v, ...wrong.slice(1)]), []))(x))).toBe(wanted)
    expect(T.item(loss({ mask: T.zeros(shape, 'bool') }, wrong))).toBe(0)
  })
})

describe.each(Object.entries(losses))('%s is finite, with a finite gradient,', (_name, loss) => {
  const both = (options: Loss.Options, v: T.Tensor): readonly T.Tensor[] =>
    (['mean', 'sum'] as const).flatMap((reduction) => {
      const f = (v: T.Tensor): T.Tensor<[]> => T.ensure(loss(v, { ...options, reduction }), [])
      return [f(v), grad(f)(v)]
    })

  test.each(['float32', 'float64'] as const)('at 1000 and -1000 in %s, in every place', (dtype) => {
    for (let bits = 0; bits < 64; bits++) {
      const far = T.of(
        [0, 1, 2, 3, 4, 5].map((place) => ((bits >> place) % 2 === 1 ? 1000 : -1000)),
        dtype
      )
      expect(finiteIn(...both({}, T.reshape(far, [2, 3])))).toBe(true)
    }
  })

  test('with weights of 0, and masked NaN and infinities', () => {
    const shape = loss(other, each).shape
    const weights = T.zeros(shape, 'float64')
    for (const bad of [NaN, Infinity, -Infinity]) {
      for (const options of [{ weights }, { mask: T.zeros(shape, 'bool') }]) {
        for (const found of both(options, T.full([2, 3], bad, 'float64'))) {
          expect([...new Set(T.toArray(T.abs(found)))]).toEqual([0])
        }
      }
    }
  })
})

describe('at the ends of what may be', () => {
  const ofOne = (loss: (p: T.Tensor<[1]>) => T.Tensor<[]>, p: number, dtype: 'float32' | 'float64') => {
    const at = T.of([p], dtype)
    return [T.item(loss(at)), T.item(T.abs(grad(loss)(at)))]
  }

  test.each(['float32', 'float64'] as const)(
    'binaryCrossEntropy of 0 and 1 costs 100, with derivative 0, in %s',
    (dtype) => {
      const to = (target: number) => (p: T.Tensor<[1]>) => Loss.binaryCrossEntropy(p, T.of([target], dtype))
      expect(ofOne(to(1), 0, dtype)).toEqual([100, 0])
      expect(ofOne(to(0), 1, dtype)).toEqual([100, 0])
      expect(ofOne(to(0), 0, dtype)).toEqual([0, 1])
      expect(ofOne(to(1), 1, dtype)).toEqual([0, 1])
      // 1 / p of the least number of float32 is no number of float32
      const [loss, slope] = ofOne(to(1), 2 ** -149, dtype)
      expect(loss).toBe(100)
      expect(slope).toBe(0)
      expect(ofOne(to(1), 2 ** -126, dtype)[1]).toBe(2 ** 126)
    }
  )

  test('binaryCrossEntropy of NaN is NaN', () => {
    expect(T.item(Loss.binaryCrossEntropy(T.of([NaN]), T.of([1])))).toBeNaN()
  })

  test('poisson is exp(p) - t p up to p = 64, and its tangent beyond', () => {
    const loss = (p: T.Tensor<[1]>) => Loss.poisson(p, T.of([2], 'float64'))
    for (const p of [-1000, 0, 3, 63.5, 64]) {
      const [value, slope] = ofOne(loss, p, 'float64')
      expect(value).toBe(Math.exp(p) - 2 * p)
      expect(slope).toBe(Math.abs(Math.exp(p) - 2))
    }
    for (const p of [64.5, 100, 1000]) {
      const [value, slope] = ofOne(loss, p, 'float64')
      expect(value).toBe(Math.exp(64) * (p - 63) - 2 * p)
      expect(slope).toBe(Math.exp(64) - 2)
    }
  })

  test('poisson of rates is finite at 0, and refuses negative rates by position', () => {
    const loss = (p: T.Tensor<[1]>) => Loss.poisson(p, T.of([2], 'float64'), { logInput: false })
    const [value, slope] = ofOne(loss, 0, 'float64')
    expect(value).toBeCloseTo(-2 * Math.log(1e-8), 12)
    expect(slope).toBeCloseTo(2e8 - 1, 6)
    expect(messageOf(() => loss(f64([-1]) as never))).toBe('poisson: rate -1 at [0] is negative; expected 0 or more')
  })
})

// Initialisers by fan: their variances over many draws, and the cases of variance scaling.
import { describe, expect, test } from 'vitest'
import * as Init from 'pullback/Init'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

const drawn = (init: Init.Initializer, shape: readonly number[], seed: number = 0): T.Tensor =>
  init(shape, 'float64')(Random.key(seed))[0]

const moment = (x: T.Tensor, power: number): number => T.item(T.mean(T.pow(x, power)))

/** The fourth moment of each distribution by the square of its variance. */
const fourth = { normal: 3, uniform: 9 / 5, truncatedNormal: 2.3658 }
type Distribution = keyof typeof fourth

/** Each initialiser, its distribution, and its variance on [outputs, inputs, window of 15]. */
type Row = readonly [Init.Initializer, Distribution, (o: number, i: number) => number]
const rows: Readonly<Record<string, Row>> = {
  glorotUniform: [Init.glorotUniform, 'uniform', (o, i) => 2 / (o + i)],
  glorotNormal: [Init.glorotNormal, 'normal', (o, i) => 2 / (o + i)],
  heUniform: [Init.heUniform, 'uniform', (_, i) => 2 / i],
  heNormal: [Init.heNormal, 'normal', (_, i) => 2 / i],
  lecunUniform: [Init.lecunUniform, 'uniform', (_, i) => 1 / i],
  lecunNormal: [Init.lecunNormal, 'normal', (_, i) => 1 / i],
  'truncatedNormal(0.5)': [Init.truncatedNormal(0.5), 'truncatedNormal', () => 0.25 * 0.7737413],
  ...Object.fromEntries(
    (['normal', 'uniform', 'truncatedNormal'] as const).flatMap((distribution): readonly [string, Row][] => [
      [`fanIn ${distribution}`, [Init.varianceScaling({ distribution }), distribution, (_, i) => 1 / i]],
      [
        `fanOut ${distribution}`,
        [Init.varianceScaling({ scale: 3, mode: 'fanOut', distribution }), distribution, (o) => 3 / o]
      ],
      [
        `fanAverage ${distribution}`,
        [Init.varianceScaling({ mode: 'fanAverage', distribution }), distribution, (o, i) => 2 / (o + i)]
      ]
    ])
  )
}

describe.each(Object.entries(rows))('%s', (_name, [init, distribution, variance]) => {
  test.each([[[40, 500]], [[500, 40]], [[20, 60, 3, 5]]])('has mean 0 and its variance on %j', (shape) => {
    const x = drawn(init, shape)
    const n = T.size(x)
    const area = shape.slice(2).reduce((a, b) => a * b, 1)
    const wanted = variance(shape[0]! * area, shape[1]! * area)
    // five standard deviations of a mean of n, and of a mean of n squares
    expect(Math.abs(moment(x, 1))).toBeLessThan(5 * Math.sqrt(wanted / n))
    expect(Math.abs(moment(x, 2) / wanted - 1)).toBeLessThan(5 * Math.sqrt((fourth[distribution] - 1) / n))
    expect(moment(x, 4) / moment(x, 2) ** 2).toBeCloseTo(fourth[distribution], 0)
  })
})

describe('cases of variance scaling', () => {
  test.each([
    [Init.heNormal, { scale: 2 }],
    [Init.lecunNormal, {}],
    [Init.glorotNormal, { mode: 'fanAverage' }],
    [Init.lecunUniform, { distribution: 'uniform' }],
    [Init.heUniform, { scale: 2, distribution: 'uniform' }]
  ] as const)('%#', (named, options) => {
    const init = Init.varianceScaling(options)
    expect(T.isClose(drawn(init, [6, 5]), drawn(named, [6, 5]), { rtol: 1e-15 })).toBe(true)
  })
})

describe('truncated normal numbers', () => {
  test('keep their bounds, which are in deviations', () => {
    const x = T.toArray(drawn(Init.truncatedNormal(0.1, { lower: -1, upper: 3 }), [5000]))
    expect(Math.min(...x)).toBeGreaterThanOrEqual(-0.1)
    expect(Math.min(...x)).toBeLessThan(-0.095)
    expect(Math.max(...x)).toBeLessThanOrEqual(0.3)
    expect(Math.max(...x)).toBeGreaterThan(0.2)
  })
})

describe('gain', () => {
  // torch.nn.init.calculate_gain
  test.each([
    ['linear', 1],
    ['sigmoid', 1],
    ['tanh', 5 / 3],
    ['relu', Math.sqrt(2)],
    ['leakyRelu', 1.4141428569978354],
    ['selu', 0.75]
  ] as const)('%s', (name, value) => expect(Init.gain(name)).toBeCloseTo(value, 14))

  test('of a leaky rectifier depends on its slope', () => {
    expect(Init.gain('leakyRelu', 0.2)).toBeCloseTo(1.3867504905630728, 14)
    expect(Init.gain('leakyRelu', 0)).toBe(Math.SQRT2)
  })
})

describe('bad input', () => {
  const plain = Init as unknown as Record<string, (...args: readonly unknown[]) => unknown>
  const twist = "expected 'linear', 'sigmoid', 'tanh', 'relu', 'leakyRelu' or 'selu'"
  test.each([
    [['gain', 'gelu'], `gain: the activation is 'gelu'; ${twist}`],
    [['gain', 'leakyRelu', NaN], 'gain: the slope is NaN; expected a finite number'],
    [['normal', -1], 'normal: the deviation is -1; expected a finite number of 0 or more'],
    [['truncatedNormal', NaN], 'truncatedNormal: the deviation is NaN; expected a finite number of 0 or more'],
    [['truncatedNormal', 1, { low: -1 }], 'truncatedNormal: unknown option low; expected lower or upper'],
    [['varianceScaling', { scale: -1 }], 'varianceScaling: scale is -1; expected a finite number of 0 or more'],
    [
      ['varianceScaling', { mode: 'fan_in' }],
      "varianceScaling: mode is 'fan_in'; expected 'fanIn', 'fanOut' or 'fanAverage'"
    ]
  ] as const)('%#', ([name, ...args], sentence) => {
    expect(() => plain[name]?.(...args)).toThrow(expect.objectContaining({ message: sentence }))
  })
})

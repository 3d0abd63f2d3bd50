// Every decomposition gives the values of its primitive, up to rounding, and leaves only primitives of the core set.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { draw } from '../../src/arbitrary/draw.js'
import { coinByCoin } from '../../src/compile/export/decompose/coins.js'
import { decompositions } from '../../src/compile/export/decompose/table.js'
import { reasons } from '../../src/compile/export/decompose/reasons.js'
import { bind } from '../../src/primitive/bind.js'
import { onnx } from '../../src/compile/export/onnx/language.js'
import { stableHloLanguage } from '../../src/compile/export/stableHlo/language.js'
import type { Primitive } from '../../src/primitive/model.js'
import { primitives } from '../../src/program/primitives.js'
import * as Random from '../../src/Random.js'
import type { Tensor } from '../../src/tensor/model.js'
import * as T from '../../src/Tensor.js'
import { fault, isCore } from './decomposed.js'

/** Float operands in float32. */
const single = (x: Tensor): Tensor => (x.dtype === 'float64' ? T.cast(x, 'float32') : x)

describe('at samples', () => {
  for (const [primitive] of decompositions) {
    const { sample } = primitive
    if (sample === undefined) continue
    it(`${primitive.name}`, () => {
      const faults = fc
        .sample(draw({ maxElements: 32 }), { numRuns: 25, seed: 16 })
        .map((from) => sample(from))
        .flatMap(({ operands, params }) => {
          const isSingle = Reflect.get(params, 'dtype') === 'float32'
          return [
            fault(primitive, operands, params, isSingle ? 1e-5 : 1e-12),
            fault(primitive, operands.map(single), params, 1e-5)
          ]
        })
        .filter((each) => each !== undefined)
      expect(faults).toEqual([])
    })
  }
})

it('every primitive is of the core set, has a decomposition, or a reason why not', () => {
  const left = primitives.filter((each) => !isCore(each) && !decompositions.has(each) && !reasons.has(each))
  expect(left.map(({ name }) => name)).toEqual([])
})

it('no decomposition stands for what both formats write whatever its parameters are', () => {
  const always = ({ rules }: Pick<typeof onnx, 'rules'> | Pick<typeof stableHloLanguage, 'rules'>, each: Primitive) =>
    rules.get(each) !== undefined && rules.get(each)?.refuses === undefined
  const dead = [...decompositions.keys()].filter((each) => always(onnx, each) && always(stableHloLanguage, each))
  expect(dead.map(({ name }) => name)).toEqual([])
})

it('nothing with a decomposition has a reason why not', () => {
  expect([...reasons.keys()].filter((each) => decompositions.has(each))).toEqual([])
})

/** The decomposition of the primitive of a name, held to it at operands in both types of floats. */
const faultsOf = (name: string, params: object, ...operands: readonly Tensor[]): readonly string[] => {
  const primitive = [...decompositions.keys()].find((each) => each.name === name)!
  return [fault(primitive, operands, params, 1e-12), fault(primitive, operands.map(single), params, 1e-5)].filter(
    (each) => each !== undefined
  )
}

const edges: readonly (readonly number[])[] = [
  [1, 2, 3],
  [Infinity, 0, Infinity],
  [-Infinity, 5, -Infinity],
  [-Infinity, -Infinity, -Infinity],
  [NaN, 1, 2],
  [1, Infinity, NaN],
  [0, -0, 0],
  [2, 2, -1],
  [1e300, -1e300, 1e-300],
  [-1e-200, 1e-200, 0]
]

describe('at infinities, NaN, zeros and ties', () => {
  const x = T.of(edges, 'float64')
  for (const name of ['softmax', 'logSoftmax', 'logSumExp', 'maxShares', 'minShares']) {
    it(`${name}`, () => {
      expect(faultsOf(name, { axes: [1] }, x)).toEqual([])
      expect(faultsOf(name, { axes: [0] }, x)).toEqual([])
      expect(faultsOf(name, { axes: [0, 1] }, T.of(edges.slice(0, 3), 'float64'))).toEqual([])
      expect(faultsOf(name, { axes: [] }, x)).toEqual([])
    })
  }
  it('norm, of lengths beyond the range of squares too', () => {
    expect(faultsOf('norm', { axes: [1] }, x)).toEqual([])
    const far = T.of([1e25, 3e25], 'float32')
    expect(faultsOf('norm', { axes: [0] }, far)).toEqual([])
  })
  it('std, of deviations beyond the range of squares too', () => {
    for (const size of [1e25, 1e-30]) {
      const far = T.of([size, 3 * size], 'float32')
      expect(faultsOf('std', { axes: [0], correction: 0 }, far)).toEqual([])
    }
  })
  it('variance and std', () => {
    const finite = T.of(
      [
        [1, 2, 4],
        [1e8 + 1, 1e8 + 2, 1e8],
        [3, 3, 3]
      ],
      'float64'
    )
    for (const correction of [0, 1]) {
      expect(faultsOf('variance', { axes: [1], correction }, finite)).toEqual([])
      expect(faultsOf('std', { axes: [1], correction }, finite)).toEqual([])
    }
    expect(faultsOf('variance', { axes: [1], correction: 3 }, finite)).toEqual([])
  })
  for (const name of ['cumargmax', 'cumargmin']) {
    it(`${name}`, () => {
      expect(faultsOf(name, { axis: 1, reverse: false }, x)).toEqual([])
      expect(faultsOf(name, { axis: 0, reverse: true }, x)).toEqual([])
    })
  }
  it('segmentMax', () => {
    const ids = T.of([0, 2, 2, 0, 4, -1, 0, 4, 2, 0], 'int32')
    const wide = T.broadcastTo(T.reshape(ids, [10, 1]), [10, 3])
    expect(faultsOf('segmentMax', { axis: 0, count: 6 }, x, wide)).toEqual([])
  })
  it('softmaxDerivative', () => {
    expect(
      faultsOf(
        'softmaxDerivative',
        { axes: [1] },
        x,
        T.softmax(
          T.of(
            edges.map(() => [0, 1, 2]),
            'float64'
          )
        )
      )
    ).toEqual([])
  })
  it('searchSorted, with ties and NaN', () => {
    const sorted = T.of([-Infinity, 0, 1, 1, 1, 2, Infinity, NaN], 'float64')
    const values = T.of([-Infinity, -1, 0, 1, 1.5, 2, 3, Infinity, NaN], 'float64')
    for (const side of ['left', 'right']) expect(faultsOf('searchSorted', { side }, sorted, values)).toEqual([])
  })
  it('recurrence with strong zeros', () => {
    const a = T.of([Infinity, Infinity, 2, 3], 'float64')
    expect(faultsOf('recurrence', { axis: 0, reverse: false }, a, T.of([0, 0, 1, 1], 'float64'))).toEqual([])
  })
})

describe('random draws of many sizes', () => {
  const keys = [T.of([0, 0], 'int32'), T.of([-5, 123456789], 'int32'), T.stack([Random.key(1), Random.key(-(2 ** 40))])]
  for (const key of keys) {
    for (const dtype of ['float32', 'float64']) {
      for (const name of ['uniform', 'normal', 'gumbel', 'truncatedNormal']) {
        it(`${name} in ${dtype} of ${String(key)}`, () => {
          for (const shape of [[], [1], [7], [200, 5]]) {
            const primitive = [...decompositions.keys()].find((each) => each.name === name)!
            expect(fault(primitive, [key], { shape, dtype }, dtype === 'float32' ? 1e-5 : 1e-12)).toBeUndefined()
          }
        })
      }
    }
    it(`bits, choices, coins and keys of ${String(key)}`, () => {
      const stack = key.shape.slice(0, -1)
      expect(faultsOf('bits', { shape: [1001] }, key)).toEqual([])
      expect(faultsOf('choice', { n: 50, count: 50, replace: false }, key)).toEqual([])
      expect(faultsOf('choice', { n: 50, count: 300, replace: true }, key)).toEqual([])
      const weights = T.broadcastTo(T.of([0, 1e-30, 5, 0, 2, 1, 0], 'float64'), [...stack, 7])
      expect(faultsOf('weightedChoice', { n: 7, count: 4, replace: false }, key, weights)).toEqual([])
      expect(faultsOf('weightedChoice', { n: 7, count: 90, replace: true }, key, weights)).toEqual([])
      const p = T.broadcastTo(T.of([0, 1, 0.5, 0.9, 1e-9, 1 - 2 ** -53], 'float64'), [...stack, 200, 6])
      expect(faultsOf('bernoulli', {}, key, p)).toEqual([])
      expect(faultsOf('deriveKey', { high: -(2 ** 31), low: 2 ** 31 - 1 }, key)).toEqual([])
      expect(faultsOf('foldIn', {}, key, T.full(stack, -7, 'int32'))).toEqual([])
    })
  }
  /** Probabilities whose first 32 bits are the first words of a key. */
  const met = (key: Random.Key, n: number): Tensor => {
    const words = T.cast(Random.bits(key, [n]), 'float64')
    return T.div(T.where(T.less(words, 0), T.add(words, 2 ** 32), words), 2 ** 32)
  }
  it('a second stream decides where the first has just the bits of the probability', () => {
    const key = Random.key(3)
    const p = met(key, 64)
    for (const more of [0.1, 0.5, 0.9]) expect(faultsOf('bernoulli', {}, key, T.add(p, more * 2 ** -32))).toEqual([])
  })
  /** Coins one by one, and those of the kernel. */
  const draws = (key: Tensor, p: Tensor): readonly (readonly unknown[])[] => {
    const [bernoulli, decomposition] = coinByCoin
    const [wanted] = bind(bernoulli, [key, p], {})
    const [found] = decomposition([key, p], {})
    return [found, wanted].map((coins) => [coins!.shape, T.toArray(coins!)])
  }
  it('coins of probability 1 and 0 are decided where words are the greatest and the least', () => {
    const [greatest, least] = [Random.key(1882519467), Random.key(2521438154)]
    expect([greatest, least].map((key) => T.toArray(Random.bits(key, [2]))[0])).toEqual([-1, 0])
    for (const key of [greatest, least, Random.key(751411996)]) {
      for (const p of [1, 0, 1 - 2 ** -53, 2 ** -64]) {
        expect(faultsOf('bernoulli', {}, key, T.full([2], p, 'float64'))).toEqual([])
        expect(new Set(draws(key, T.full([2], p, 'float64')).map((each) => JSON.stringify(each))).size).toBe(1)
      }
    }
  })
  it('the last bits of a probability decide', () => {
    const key = Random.key(5150)
    const word = T.toArray(Random.bits(key, [1]))[0]!
    const coin = (p: number): boolean => T.toArray(Random.bernoulli(key, p, [1]))[0] === 1
    // Probabilities less than 2^-64 apart between which the coin turns.
    const turn = Array.from({ length: 60 }).reduce<readonly [number, number]>(
      ([tails, heads]) => {
        const middle = (tails + heads) / 2
        return coin(middle) ? [tails, middle] : [middle, heads]
      },
      [word / 2 ** 32, (word + 1) / 2 ** 32]
    )
    expect(turn.map(coin)).toEqual([false, true])
    expect(turn[1] - turn[0]).toBeLessThan(2 ** -64)
    for (const p of turn) {
      expect(faultsOf('bernoulli', {}, key, T.full([1], p, 'float64'))).toEqual([])
      expect(new Set(draws(key, T.full([1], p, 'float64')).map((each) => JSON.stringify(each))).size).toBe(1)
    }
  })
  it('coins one by one are the same coins', () => {
    const some = T.of([0, 1, 0.5, 0.9, 1e-9, 1 - 2 ** -53, 0.1], 'float64')
    for (const key of keys) {
      const stack = key.shape.slice(0, -1)
      for (const p of [some, T.cast(some, 'float32'), T.full([3], 0.7, 'float64'), T.of([])]) {
        expect(
          new Set(draws(key, T.broadcastTo(p, [...stack, 3, ...p.shape])).map((each) => JSON.stringify(each))).size
        ).toBe(1)
        expect(
          new Set(draws(key, T.broadcastTo(p, [...stack, 4, ...p.shape])).map((each) => JSON.stringify(each))).size
        ).toBe(1)
      }
    }
    for (const n of [1, 7, 64]) {
      const key = Random.key(n)
      for (const more of [0.1, 0.5, 0.9])
        expect(new Set(draws(key, T.add(met(key, n), more * 2 ** -32)).map((each) => JSON.stringify(each))).size).toBe(
          1
        )
    }
  })
})

describe('windows', () => {
  const sliding = (
    n: number,
    count: number,
    stride: number,
    dilation: number,
    before: number,
    elements: number
  ): number[][] =>
    Array.from({ length: count }, (_, i) =>
      Array.from({ length: elements }, (__, j) => {
        const at = i * stride + j * dilation - before
        return at < 0 || at >= n ? -1 : at
      })
    )
  const uneven = [
    [0, 1, -1],
    [2, 3, 4],
    [4, 5, -2]
  ]
  const image = T.reshape(T.sin(T.arange(2 * 7 * 6, 'float64')), [2, 7, 6])
  for (const windows of [
    [sliding(7, 3, 2, 1, 0, 3), sliding(6, 3, 2, 1, 0, 2)],
    [sliding(7, 4, 2, 1, 1, 3), sliding(6, 6, 1, 2, 2, 3)],
    [sliding(7, 1, 1, 1, 0, 7), uneven],
    [sliding(7, 2, 3, 1, -1, 2), sliding(6, 1, 1, 1, 0, 1)]
  ]) {
    it(`of ${JSON.stringify(windows.map((each) => each[0]))}`, () => {
      const sums = T.reshape(T.cos(T.arange(2 * windows[0]!.length * windows[1]!.length, 'float64')), [
        2,
        windows[0]!.length,
        windows[1]!.length
      ])
      expect(faultsOf('windowSums', { windows }, image)).toEqual([])
      expect(faultsOf('windowMax', { windows }, image)).toEqual([])
      expect(faultsOf('windowSpread', { windows, image: [7, 6] }, sums)).toEqual([])
    })
  }
})

describe('matrices of more rows than samples have', () => {
  const n = 12
  const wave = Random.uniform(Random.key(5), [2, n, n], { low: -1, high: 1, dtype: 'float64' })
  const regular = T.add(wave, T.mul(T.eye(n, 'float64'), 0.5))
  const right = T.reshape(T.cos(T.arange(2 * n * 3, 'float64')), [2, n, 3])
  const definite = T.add(T.matmul(wave, T.transpose(wave, [0, 2, 1])), T.eye(n, 'float64'))

  it('elimination with exchanges, of tall and wide matrices too', () => {
    expect(faultsOf('pivots', {}, regular)).toEqual([])
    expect(faultsOf('pivots', {}, T.reshape(wave, [2, 9, 16]))).toEqual([])
    expect(faultsOf('pivots', {}, T.reshape(wave, [2, 16, 9]))).toEqual([])
    expect(
      faultsOf(
        'lu',
        {},
        T.add(
          T.reshape(wave, [2, 9, 16]),
          T.pad(T.mul(T.eye(9, 'float64'), 9), [
            [0, 0],
            [0, 7]
          ])
        )
      )
    ).toEqual([])
  })

  it('determinants and their logarithms', () => {
    for (const name of ['det', 'detSign', 'logAbsDet']) expect(faultsOf(name, {}, regular)).toEqual([])
    const singular = T.of(
      [
        [1, 2],
        [2, 4]
      ],
      'float64'
    )
    for (const name of ['det', 'detSign', 'logAbsDet']) expect(faultsOf(name, {}, singular)).toEqual([])
  })

  const near = (name: string, params: object, ...operands: readonly Tensor[]): string | undefined =>
    fault(
      [...decompositions.keys()].find((each) => each.name === name)!,
      operands,
      params,
      1e-11
    )

  it('solutions and inverses, to 1e-11 in float64', () => {
    for (const transpose of [false, true]) {
      expect(near('solve', { transpose, strongZero: false }, regular, right)).toBeUndefined()
      for (const lower of [false, true]) {
        const params = { operation: 'triangularSolve', lower, transpose, unit: false, strongZero: false }
        const triangle = T.add(T.mul(wave, 0.1), T.eye(n, 'float64'))
        expect(near('triangularSolve', params, triangle, right)).toBeUndefined()
      }
    }
    expect(near('inverse', {}, regular)).toBeUndefined()
    expect(near('cholesky', {}, definite)).toBeUndefined()
  })

  it('eigenvalues, singular values, reflections and what follows from them', () => {
    expect(near('eigh', {}, T.add(wave, T.transpose(wave, [0, 2, 1])))).toBeUndefined()
    expect(near('eigh', {}, T.mul(T.eye(n, 'float64'), 3))).toBeUndefined()
    expect(near('qr', {}, T.reshape(wave, [2, 16, 9]))).toBeUndefined()
    for (const shape of [
      [2, 12, 12],
      [2, 16, 9],
      [2, 9, 16]
    ]) {
      expect(near('svd', {}, T.reshape(wave, shape))).toBeUndefined()
    }
    expect(near('polar', {}, T.reshape(wave, [2, 16, 9]))).toBeUndefined()
    expect(near('matrixSqrt', {}, definite)).toBeUndefined()
    expect(near('lyapunov', {}, definite, wave)).toBeUndefined()
    const low = T.matmul(T.reshape(wave, [2, 12, 12]), T.concat([T.eye(10, 'float64'), T.zeros([2, 10], 'float64')]))
    for (const transpose of [false, true]) {
      const sides = T.slice(wave, [null, [0, transpose ? 10 : 12], [0, 3]])
      expect(near('lstsq', { cutoff: 1e-12, transpose, strongZero: false }, low, sides)).toBeUndefined()
    }
    const ofRankOne = T.matmul(
      T.slice(right, [null, null, [0, 1]]),
      T.transpose(T.slice(right, [null, null, [1, 2]]), [0, 2, 1])
    )
    expect(near('lstsq', { cutoff: 1e-12, transpose: false, strongZero: false }, ofRankOne, right)).toBeUndefined()
  })

  it('exponentials of small and large matrices', () => {
    for (const scale of [0, 1e-8, 0.1, 1, 5]) expect(near('matrixExp', {}, T.mul(wave, scale))).toBeUndefined()
  })
})

it('polygamma at poles, zeros and far from them', () => {
  const at = [0, -0, 1, -1, -2, 0.5, -0.5, -1.5, 0.01, 7.3, -7.3, 100, 1e4, 1e-3, Infinity, -Infinity, NaN]
  const primitive = [...decompositions.keys()].find((each) => each.name === 'polygamma')!
  const faults = at.flatMap((x) => [
    ...[0, 1, 2, 3, 4, 9, 20].map((order) => fault(primitive, [T.scalar(x, 'float64')], { order }, 1e-11)),
    ...[0, 1, 2, 3, 4].map((order) => fault(primitive, [T.scalar(x, 'float32')], { order }, 1e-5))
  ])
  expect(faults.filter((each) => each !== undefined)).toEqual([])
})

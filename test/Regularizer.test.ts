import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import * as A from 'pullback/Arbitrary'
import { grad } from 'pullback/Grad'
import * as Law from 'pullback/Law'
import * as Layer from 'pullback/Layer'
import * as Linalg from 'pullback/Linalg'
import * as Loss from 'pullback/Loss'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as Regularizer from 'pullback/Regularizer'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import { describe, expect, test } from 'vitest'

const penalties: Readonly<Record<string, Regularizer.Regularizer>> = {
  l1: Regularizer.l1(0.3),
  l2: Regularizer.l2(0.3),
  elasticNet: Regularizer.elasticNet(0.2, 0.7),
  groupLasso: Regularizer.groupLasso(0.3),
  'groupLasso over both axes': Regularizer.groupLasso(0.3, { axis: [0, 1] }),
  orthogonality: Regularizer.orthogonality(0.3),
  spectral: Regularizer.spectral(0.3)
}

describe.each(Object.entries(penalties))('%s', (name, penalty) => {
  test('passes the laws of gradients, for wide and tall matrices', () => {
    for (const shape of [
      [2, 3],
      [3, 2]
    ]) {
      fc.assert(
        Law.gradientWith({ name })((w: T.Tensor) => penalty({ w }), A.tensor({ shape })),
        { numRuns: 10 }
      )
    }
  })

  test('is finite, with a finite gradient, at 0, and 0 for no leaves', () => {
    const zeros = T.zeros([2, 3])
    expect(Number.isFinite(T.item(penalty(zeros)))).toBe(true)
    expect(T.toArray(grad((w: T.Tensor) => penalty(w))(zeros)).every(Number.isFinite)).toBe(true)
    expect(T.item(penalty([]))).toBe(0)
  })

  test('is the sum over leaves', () => {
    const [a, b] = [
      T.of(
        [
          [1, -2],
          [0.5, 3]
        ],
        'float64'
      ),
      T.of([[4, 0.25]], 'float64')
    ]
    expect(T.item(penalty({ a, inside: [b] }))).toBeCloseTo(T.item(penalty(a)) + T.item(penalty(b)), 12)
  })
})

describe('penalties and projections', () => {
  const w = T.of(
    [
      [1, -2, 0.5],
      [3, 0.25, -1]
    ],
    'float64'
  )

  test('orthogonality and spectral by singular values', () => {
    const values = T.toNested(Linalg.svd(w)[1])
    expect(T.item(Regularizer.spectral(2)(w))).toBeCloseTo(2 * Math.max(...values) ** 2, 12)
    const wanted = values.map((value) => (value ** 2 - 1) ** 2).reduce((a, b) => a + b, 0)
    expect(T.item(Regularizer.orthogonality(1)(w))).toBeCloseTo(wanted, 11)
    expect(T.item(Regularizer.orthogonality(1)(T.transpose(w)))).toBeCloseTo(wanted, 11)
    expect(T.item(Regularizer.spectral(1)(T.reshape(w, [2, 3, 1, 1])))).toBeCloseTo(Math.max(...values) ** 2, 12)
    expect(T.item(Regularizer.spectral(1)({ b: T.ones([3]), c: T.scalar(4) }))).toBe(0)
  })

  test('leaves are chosen by path', () => {
    const params = { hidden: { w, b: T.of([5, 5]) }, out: [{ w: T.of([7]) }] }
    const paths: string[] = []
    Regularizer.l1(1, { where: (path) => paths.push(path) > 0 })(params)
    expect(paths).toEqual(['hidden.b', 'hidden.w', 'out[0].w'].sort((a, b) => paths.indexOf(a) - paths.indexOf(b)))
    expect(T.item(Regularizer.l1(1, { where: (path) => path.endsWith('w') })(params))).toBe(7.75 + 7)
    const bounded = Regularizer.maxNorm(1, { where: (path) => path === 'hidden.b' })(params)
    expect(bounded.hidden.w).toBe(w)
    expect(T.item(T.norm(bounded.hidden.b))).toBeCloseTo(1, 6)
  })

  test('maxNorm leaves short groups as they are, and 0 too', () => {
    fc.assert(
      fc.property(A.tensor({ shape: [3, 4] }), fc.constantFrom(0, 1), (x, axis) => {
        const found = Regularizer.maxNorm(1, { axis })(x)
        const [before, after] = [T.toArray(T.norm(x, { axis })), T.toArray(T.norm(found, { axis }))]
        before.forEach((length, i) => expect(after[i]).toBeCloseTo(Math.min(length, 1), 12))
      })
    )
    expect(T.toNested(Regularizer.maxNorm(0)(T.of([0, 0])))).toEqual([0, 0])
  })

  test('Loss.regularized adds to losses and to objectives, in both readings', () => {
    const model = Layer.dense(2, 2)
    const plain = Train.objective(model, Loss.crossEntropy)
    const whole = Loss.regularized(plain, Regularizer.l2(0.5))
    const params = {
      w: T.of([
        [1, 0],
        [0, 1]
      ]),
      b: T.of([0, 0])
    }
    const batch = { features: T.of([[0, 0]]), labels: T.of([1], 'int32') }
    const context = { mode: 'train', key: Random.key(0) } as const
    expect(T.item(whole(params, {}, batch, context)[0])).toBeCloseTo(Math.LN2 + 1, 6)
    expect(T.item(pipe(plain, Loss.regularized(Regularizer.l2(0.5)))(params, {}, batch, context)[0])).toBeCloseTo(
      Math.LN2 + 1,
      6
    )
    const optimizer = Optimizer.sgd(0.1)
    const step = Train.step(whole, optimizer)
    expect(step.length).toBeGreaterThan(0)
  })

  test('refuse negative strengths', () => {
    expect(() => Regularizer.l2(-1)).toThrow('l2: strength is -1; expected a finite number, 0 or more')
    expect(() => Regularizer.elasticNet(1, NaN)).toThrow(
      'elasticNet: the strength of l2 is NaN; expected a finite number, 0 or more'
    )
    expect(() => Regularizer.l1(1)([1])).toThrow(/^l1: /)
  })
})

test('penalties of whole numbers are floats', () => {
  const params = { steps: T.of([1, 2], 'int32') }
  expect(Regularizer.l2(0.5)(params)).toEqual(T.scalar(2.5))
  expect(Regularizer.elasticNet(0.5, 0.5)(params)).toEqual(T.scalar(4))
})

test('groupLasso weighs a group by the root of its size', () => {
  const w = T.of([
    [3, 0, 6],
    [4, 1, 8]
  ])
  expect(T.item(Regularizer.groupLasso(2)({ w }))).toBeCloseTo(2 * Math.SQRT2 * (5 + 1 + 10), 5)
  expect(T.item(Regularizer.groupLasso(2, { axis: 1 })({ w }))).toBeCloseTo(
    2 * Math.sqrt(3) * (Math.sqrt(45) + Math.sqrt(81)),
    5
  )
  expect(T.item(Regularizer.groupLasso(2, { axis: [0, 1] })({ w }))).toBeCloseTo(2 * Math.sqrt(6 * 126), 4)
  expect(T.item(Regularizer.groupLasso(2)({ b: T.of([3, 4]), s: T.scalar(-7) }))).toBeCloseTo(
    2 * (Math.SQRT2 * 5 + 7),
    5
  )
})

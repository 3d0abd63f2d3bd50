// Orthogonal, identical and sparse initial weights.
import { describe, expect, test } from 'vitest'
import * as Init from 'pullback/Init'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

const drawn = (init: Init.Initializer, shape: readonly number[], seed: number = 0): T.Tensor =>
  init(shape, 'float64')(Random.key(seed))[0]

describe('orthogonal', () => {
  test.each([[[5, 5]], [[3, 8]], [[8, 3]], [[4, 2, 3, 3]], [[20, 2, 3]], [[1, 1]]])(
    'rows or columns of %j',
    (shape) => {
      const x = drawn(Init.orthogonal({ gain: 3 }), shape)
      expect(x.shape).toEqual(shape)
      const matrix = T.reshape(x, [shape[0]!, -1])
      const [rows, columns] = matrix.shape
      const gram = rows <= columns ? T.matmul(matrix, T.transpose(matrix)) : T.matmul(T.transpose(matrix), matrix)
      expect(T.isClose(gram, T.mul(T.eye(Math.min(rows, columns), 'float64'), 9), { rtol: 0, atol: 1e-12 })).toBe(true)
    }
  )

  test('is uniform: each element has mean 0 and mean square 1 / n', () => {
    const n = 3
    const count = 4000
    const [stacked] = Layer.repeat(
      count,
      Layer.stateless(Init.orthogonal()([n, n], 'float64'), () => T.neg)
    ).init(Random.key(1))
    const all = stacked.params as T.Tensor
    expect(all.shape).toEqual([count, n, n])
    // The fourth moment of an element is 3 / (n (n + 2)); six deviations of a mean of `count`.
    for (const mean of T.toArray(T.mean(all, { axis: 0 }))) {
      expect(Math.abs(mean)).toBeLessThan(6 * Math.sqrt(1 / n / count))
    }
    for (const square of T.toArray(T.mean(T.square(all), { axis: 0 }))) {
      expect(Math.abs(square - 1 / n)).toBeLessThan(6 * Math.sqrt((3 / (n * (n + 2)) - 1 / n ** 2) / count))
    }
  })

  test('is float32 unless asked, and has its shapes in the types', () => {
    const [x]: readonly [T.Tensor<[2, 3]>, Random.Key] = Init.orthogonal()([2, 3])(Random.key(0))
    expect(x.dtype).toBe('float32')
    expect(Layer.dense(3, 2, { init: Init.orthogonal() }).init(Random.key(0))[0].params.w.shape).toEqual([2, 3])
  })
})

describe('identity and dirac', () => {
  test('a dense layer begins as the identity', () => {
    const layer = Layer.dense(3, 3, { init: Init.identity })
    const [{ params }] = layer.init(Random.key(0))
    const x = T.of([[1, 2, 3]])
    expect(T.toNested(Layer.predict(layer)(params, {})(x))).toEqual([[1, 2, 3]])
  })

  test.each([
    [[4, 4, 3, 3], 1],
    [[4, 2, 3, 3], 2],
    [[4, 1, 5, 3], 4]
  ])('a convolution with kernel %j in %i groups begins as the identity', (shape, groups) => {
    const w = drawn(Init.dirac({ groups }), shape) as T.Tensor<[number, number, number, number]>
    const x: T.Tensor<[number, number, number, number]> = Random.normal(Random.key(0), [2, 4, 6, 6], 'float64')
    const padding = 'same'
    expect(T.toArray(T.conv2d(x, w, { padding, groups }))).toEqual(T.toArray(x))
  })

  test('outputs beyond the inputs are 0', () => {
    // torch.nn.init.dirac_ of [3, 2, 2]
    expect(T.toNested(drawn(Init.dirac(), [3, 2, 2]))).toEqual([
      [
        [0, 1],
        [0, 0]
      ],
      [
        [0, 0],
        [0, 1]
      ],
      [
        [0, 0],
        [0, 0]
      ]
    ])
  })
})

describe('sparse', () => {
  test.each([
    [0.1, [10, 7]],
    [0.5, [9, 4]],
    [1, [3, 3]],
    [0, [3, 3]]
  ])('a share of %f of each column of %j is 0', (sparsity, shape) => {
    const x = drawn(Init.sparse(sparsity), shape)
    const zeros = T.toArray(T.sum(T.cast(T.equal(x, 0), 'int32'), { axis: 0 }))
    expect([...zeros]).toEqual(Array(shape[1]).fill(Math.ceil(sparsity * shape[0]!)))
  })

  test('the zeros are anywhere, the rest is normal', () => {
    const x = drawn(Init.sparse(0.25, { std: 2 }), [8, 6000])
    const zero = T.cast(T.equal(x, 0), 'float64')
    // six deviations of a mean of 6000 coins
    for (const share of T.toArray(T.mean(zero, { axis: 1 }))) {
      expect(Math.abs(share - 0.25)).toBeLessThan(6 * Math.sqrt((0.25 * 0.75) / 6000))
    }
    // five deviations of a mean of 36,000 squares of normal numbers
    const square = T.item(T.sum(T.square(x))) / 36_000
    expect(Math.abs(square / 4 - 1)).toBeLessThan(5 * Math.sqrt(2 / 36_000))
  })
})

describe('bad input', () => {
  const at = (init: Init.Initializer, shape: readonly number[]) => () => init(shape)(Random.key(0))
  test.each([
    ['orthogonal: the shape is [3]; expected two axes or more', at(Init.orthogonal(), [3])],
    ['identity: the shape is [3, 3, 3]; expected [outputs, inputs]', at(Init.identity, [3, 3, 3])],
    ['dirac: the shape is [3, 3]; expected [outputs, inputs, ...window]', at(Init.dirac(), [3, 3])],
    ['dirac: the shape is [3, 3, 3]; expected outputs that 2 groups divide', at(Init.dirac({ groups: 2 }), [3, 3, 3])],
    ['dirac: groups is 0; expected an integer of 1 or more', () => Init.dirac({ groups: 0 })],
    ['sparse: the sparsity is 2; expected a number from 0 to 1', () => Init.sparse(2)],
    ['sparse: the shape is [3]; expected [outputs, inputs]', at(Init.sparse(0.5), [3])],
    ['orthogonal: gain is NaN; expected a finite number', () => Init.orthogonal({ gain: NaN })]
  ])('%s', (sentence, run) => {
    expect(run).toThrow(expect.objectContaining({ message: sentence }))
  })
})

// Bilinear, prelu, maxout and the layers of shapes, against formulas written by other means.
import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as A from 'pullback/Arbitrary'
import { grad } from 'pullback/Grad'
import * as Init from 'pullback/Init'
import * as Law from 'pullback/Law'
import * as Layer from 'pullback/Layer'
import { awayFrom, real } from 'pullback/Primitive'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

describe('bilinear', () => {
  const layer = Layer.bilinear(2, 3, 4, { dtype: 'float64' })
  const [{ params }] = layer.init(Random.key(0))
  const x: T.Tensor<[5, 2]> = Random.normal(Random.key(1), [5, 2], 'float64')
  const z: T.Tensor<[5, 3]> = Random.normal(Random.key(2), [5, 3], 'float64')
  /** All products of the elements of two rows, by one matrix. */
  const direct = (p: typeof params, a: T.Tensor, b: T.Tensor): T.Tensor => {
    const products = T.reshape(T.mul(T.expandDims(a, { axis: 2 }), T.expandDims(b, { axis: 1 })), [-1, 6])
    return T.add(T.matmul(products, T.transpose(T.reshape(p.w, [4, 6]))), p.b)
  }

  test('is x^T W z + b: outputs and gradients', () => {
    const own = { ...params, b: T.of([1, 2, 3, 4], 'float64') }
    const output = Layer.predict(layer)(own, {})(x, z)
    expect(output.shape).toEqual([5, 4])
    expect(T.isClose(output, direct(own, x, z), { rtol: 1e-12 })).toBe(true)
    const one = grad((p: typeof own) => T.sum(T.square(Layer.predict(layer)(p, {})(x, z))))(own)
    const two = grad((p: typeof own) => T.sum(T.square(direct(p, x, z))))(own)
    expect(T.isClose(one.w, two.w, { rtol: 1e-12 })).toBe(true)
    expect(T.isClose(one.b, two.b, { rtol: 1e-12 })).toBe(true)
  })

  test('takes any axes in front, and none', () => {
    const at = Layer.predict(layer)(params, {})
    expect(T.isClose(at(T.at(x, 1), T.at(z, 1)), T.at(at(x, z), 1), { rtol: 1e-12 })).toBe(true)
    expect(at(T.zeros([2, 5, 2], 'float64'), T.zeros([2, 5, 3], 'float64')).shape).toEqual([2, 5, 4])
  })

  test('may have no bias, and draws by fans of all products', () => {
    expect(Layer.parameterCount(layer)).toBe(28)
    expect(Layer.parameterCount(Layer.bilinear(2, 3, 4, { bias: false }))).toBe(24)
    const [drawn] = Layer.bilinear(20, 30, 5, { init: Init.lecunNormal }).init(Random.key(0))
    // five deviations of a mean of 3000 squares
    expect(Math.abs(T.item(T.mean(T.square(drawn.params.w))) * 600 - 1)).toBeLessThan(5 * Math.sqrt(2 / 3000))
  })

  test('its gradient', () => {
    const weights = fc.record({ w: A.tensor({ shape: [4, 2, 3] }), b: A.tensor({ shape: [4] }) })
    const f = (p: typeof params, a: T.Tensor<[number, 2]>, b: T.Tensor<[number, 3]>) =>
      Layer.predict(layer)(p, {})(a, b)
    fc.assert(
      Law.gradientWith({ name: 'bilinear' })(f, weights, A.tensor({ shape: [2, 2] }), A.tensor({ shape: [2, 3] })),
      { numRuns: 6 }
    )
  })
})

describe('prelu', () => {
  const x = T.reshape(T.linspace(-3, 2, 24), [2, 3, 2, 2])
  const slopes = T.of([0.5, 0.25, 2])

  test('has a slope for each channel along its axis, or one for all', () => {
    const byChannel = T.where(T.greater(x, 0), x, T.mul(x, T.reshape(slopes, [3, 1, 1])))
    expect(T.toArray(Layer.predict(Layer.prelu(3))({ slope: slopes }, {})(x))).toEqual(T.toArray(byChannel))
    const last = T.permute(x, [0, 2, 3, 1])
    for (const axis of [3, -1]) {
      expect(T.toArray(Layer.predict(Layer.prelu(3, { axis }))({ slope: slopes }, {})(last))).toEqual(
        T.toArray(T.permute(byChannel, [0, 2, 3, 1]))
      )
    }
    const shared = Layer.predict(Layer.prelu())({ slope: T.of([0.5]) }, {})
    expect(T.toArray(shared(x))).toEqual(T.toArray(T.where(T.greater(x, 0), x, T.mul(x, 0.5))))
    expect(shared(T.scalar(-2))).toEqual(T.scalar(-1))
  })

  test('begins at 0.25, or as it is drawn', () => {
    expect(T.toNested(Layer.prelu(2).init(Random.key(0))[0].params.slope)).toEqual([0.25, 0.25])
    const drawn = Layer.prelu(2, { init: Init.ones, dtype: 'float64' }).init(Random.key(0))[0].params.slope
    expect(drawn).toEqual(T.ones([2], 'float64'))
  })

  test('its gradient', () => {
    const smooth = A.tensor({ shape: [2, 3, 2], domain: awayFrom([0])(real) })
    const f = (p: Layer.PreluParams<3>, v: T.Tensor) => Layer.predict(Layer.prelu(3))(p, {})(v)
    fc.assert(Law.gradientWith({ name: 'prelu' })(f, fc.record({ slope: A.tensor({ shape: [3] }) }), smooth), {
      numRuns: 8
    })
  })

  test('a model with another number of channels is found by check', () => {
    const found = Layer.check(Layer.sequential(Layer.prelu(4), Layer.dense(3, 2)), [5, 3])
    expect(E.isLeft(found) && found.left).toEqual([
      { path: '[0]', message: 'prelu: the input has shape [5, 3]; expected 4 on axis 1' },
      { path: '[1]', message: 'dense: the input has shape [5, 4]; expected 3 on the last axis' }
    ])
  })
})

describe('maxout', () => {
  const layer = Layer.maxout(3, 2, 4)
  const [{ params }] = layer.init(Random.key(0))
  const x: T.Tensor<[5, 3]> = Random.normal(Random.key(1), [5, 3])

  test('is the largest of the pieces of each output', () => {
    const own = { ...params, b: T.arange(8) } as typeof params
    const all = Layer.predict(Layer.dense(3, 8))(own as Layer.DenseParams<3, 8>, {})(x)
    const units = [0, 1].map((i) => T.max(T.slice(all, [null, [4 * i, 4 * i + 4]]), { axis: 1 }))
    const output = Layer.predict(layer)(own, {})(x)
    expect(T.toArray(output)).toEqual(T.toArray(T.stack(units, { axis: 1 })))
    expect(Layer.parameterCount(layer)).toBe(8 * 4)
    expect(Layer.predict(layer)(own, {})(T.ones([2, 1, 3])).shape).toEqual([2, 1, 2])
  })

  test('its gradient', () => {
    const weights = fc.record({ w: A.tensor({ shape: [4, 2] }), b: fc.constant(T.of([0, 100, 300, 200], 'float64')) })
    const small = Layer.maxout(2, 2, 2)
    const f = (p: Layer.DenseParams<2, number>, v: T.Tensor<[number, 2]>) => Layer.predict(small)(p, {})(v)
    fc.assert(Law.gradientWith({ name: 'maxout' })(f, weights, A.tensor({ shape: [3, 2] })), { numRuns: 6 })
  })
})

describe('shapes', () => {
  const x = T.reshape(T.arange(48), [2, 3, 2, 4])
  const at = <F>(layer: Layer.Layer<F>): F => Layer.predict(layer)({}, {})

  test('flatten joins all axes from one on', () => {
    expect(at(Layer.flatten())(x)).toEqual(T.reshape(x, [2, 24]))
    expect(at(Layer.flatten({ from: 2 }))(x)).toEqual(T.reshape(x, [2, 3, 8]))
    expect(at(Layer.flatten({ from: 0 }))(x)).toEqual(T.reshape(x, [48]))
    expect(at(Layer.flatten())(T.zeros([0, 3, 2])).shape).toEqual([0, 6])
  })

  test('reshape keeps the examples, permute names all axes', () => {
    expect(at(Layer.reshape([4, 6]))(x)).toEqual(T.reshape(x, [2, 4, 6]))
    expect(at(Layer.reshape([4, -1, 2]))(x)).toEqual(T.reshape(x, [2, 4, 3, 2]))
    expect(at(Layer.reshape([]))(T.ones([5, 1])).shape).toEqual([5])
    expect(at(Layer.reshape([2, -1]))(T.zeros([0, 6])).shape).toEqual([0, 2, 3])
    expect(at(Layer.permute([0, 2, 3, 1]))(x)).toEqual(T.permute(x, [0, 2, 3, 1]))
  })

  test('their gradients', () => {
    const model = Layer.sequential(Layer.reshape([2, 3]), Layer.permute([0, 2, 1]), Layer.flatten())
    const f = (v: T.Tensor<[number, 6]>) => T.square(Layer.predict(model)([{}, {}, {}], [{}, {}, {}])(v))
    fc.assert(Law.gradientWith({ name: 'shapes' })(f, A.tensor({ shape: [2, 6] })), { numRuns: 6 })
  })
})

describe('bad input', () => {
  const plain = Layer as unknown as Record<string, (...args: readonly unknown[]) => unknown>
  const bilinear = Layer.predict(Layer.bilinear(2, 3, 1))({ w: T.ones([1, 2, 3]), b: T.of([0]) }, {}) as (
    ...args: readonly unknown[]
  ) => unknown
  const at = (layer: unknown, input: unknown) => () =>
    Layer.predict(layer as Layer.Layer<(x: unknown) => unknown>)({}, {})(input)
  test.each([
    ['bilinear: the number of second inputs is 0; expected an integer above 0', () => plain['bilinear']?.(1, 0, 1)],
    [
      'bilinear: unknown option biases; expected bias, init or dtype',
      () => plain['bilinear']?.(1, 1, 1, { biases: true })
    ],
    [
      'bilinear: the second input has shape [4, 2]; expected 3 on the last axis',
      () => bilinear(T.ones([4, 2]), T.ones([4, 2]))
    ],
    [
      'bilinear: the inputs have shapes [4, 2] and [5, 3]; expected the same axes in front of the last',
      () => bilinear(T.ones([4, 2]), T.ones([5, 3]))
    ],
    ['bilinear: 1 input; expected 2', () => bilinear(T.ones([4, 2]))],
    ['prelu: the number of channels is 0.5; expected an integer above 0', () => plain['prelu']?.(0.5)],
    ['prelu: axis is 0.5; expected an integer', () => plain['prelu']?.(2, { axis: 0.5 })],
    ['prelu: unknown option slope; expected axis, init or dtype', () => plain['prelu']?.(2, { slope: 0.5 })],
    ['maxout: the number of pieces is undefined; expected an integer above 0', () => plain['maxout']?.(2, 2)],
    ['maxout: unknown option bias; expected init or dtype', () => plain['maxout']?.(2, 2, 2, { bias: false })],
    ['flatten: from is -1; expected an integer of 0 or more', () => plain['flatten']?.({ from: -1 })],
    [
      'flatten: axis is 2; for shape [2, 3], expected an integer from -2 to 1',
      at(Layer.flatten({ from: 2 }), T.ones([2, 3]))
    ],
    ['reshape: shape is 3; expected an array of sizes such as [3]', () => plain['reshape']?.(3)],
    ['reshape: the input has shape []; expected an axis of examples in front', at(Layer.reshape([1]), T.scalar(1))],
    ['reshape: [2, 3] does not reshape to [2, 4]; expected 6 elements, not 8', at(Layer.reshape([4]), T.ones([2, 3]))],
    ['permute: order is 1; expected an array of axes such as [1, 0]', () => plain['permute']?.(1)]
  ])('%s', (sentence, attempt) => {
    expect(attempt).toThrow(expect.objectContaining({ message: sentence }))
  })

  test('maxout names itself', () => {
    const layer = Layer.maxout(3, 2, 2)
    const [{ params }] = layer.init(Random.key(0))
    expect(() => Layer.predict(layer)(params, {})(T.ones([1, 4]) as never)).toThrow(
      'maxout: the input has shape [1, 4]; expected 3 on the last axis'
    )
  })
})

// Convolutions as layers beside products of unfolded windows: parameters, values and gradients; how they begin; bad input.
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import * as A from 'pullback/Arbitrary'
import { grad, vjp } from 'pullback/Grad'
import * as Init from 'pullback/Init'
import * as Law from 'pullback/Law'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { expectAlike, numbers } from './alike.js'

interface Params {
  readonly w: T.Tensor
  readonly b: T.Tensor
}
type Map = (p: Params, x: T.Tensor) => T.Tensor

/** `predict` as plain JavaScript sees it. */
const plainly = Layer.predict as unknown as (
  layer: Layer.AnyLayer
) => (p: object, s: object) => (x: T.Tensor) => T.Tensor

const predict =
  (layer: Layer.AnyLayer): Map =>
  (p, x) =>
    plainly(layer)(p, {})(x)

const withBias = (y: T.Tensor, b: T.Tensor): T.Tensor =>
  T.add(y, T.reshape(b, [b.shape[0]!, ...y.shape.slice(2).map(() => 1)]))

/** A convolution of images as a product with their windows, laid out as columns; `size` is that of the output. */
const byColumns = (x: T.Tensor, w: T.Tensor, options: Partial<T.Im2colOptions>, size: readonly number[]): T.Tensor => {
  const columns: T.Tensor = T.im2col(x, { ...options, window: w.shape.slice(2) })
  const product: T.Tensor = T.matmul(T.reshape(w, [w.shape[0]!, -1]), columns)
  return T.reshape(product, [x.shape[0]!, w.shape[0]!, ...size])
}

const flat = (x: T.Tensor): T.Tensor => T.expandDims(x, 2)

/** Each group by itself. */
const grouped =
  (groups: number, one: (x: T.Tensor, w: T.Tensor) => T.Tensor) =>
  (x: T.Tensor, w: T.Tensor): T.Tensor => {
    const xs: readonly T.Tensor[] = T.split(x, groups, { axis: 1 })
    const ws: readonly T.Tensor[] = T.split(w, groups, { axis: 0 })
    return T.concat(
      xs.map((each, i) => one(each, ws[i]!)),
      { axis: 1 }
    )
  }

/** The transpose of a linear function of x, at y, by its derivative. */
const transposed = (f: (x: T.Tensor) => T.Tensor, shape: readonly number[], y: T.Tensor): T.Tensor =>
  vjp(f)(T.zeros(shape, 'float64'))[1](y)[0]

interface Case {
  readonly layer: Layer.AnyLayer
  readonly x: readonly number[]
  readonly w: readonly number[]
  readonly outputs: number
  readonly result: readonly number[]
  readonly direct: (x: T.Tensor, w: T.Tensor) => T.Tensor
}

const sliding = { stride: 2, padding: 1, dilation: [1, 2] } as const

const cases: Readonly<Record<string, Case>> = {
  conv1d: {
    layer: Layer.conv1d(2, 3, { window: 2, stride: 2, padding: 1 }),
    x: [2, 2, 5],
    w: [3, 2, 2],
    outputs: 3,
    result: [2, 3, 3],
    direct: (x, w) => T.reshape(byColumns(flat(x), flat(w), { stride: [1, 2], padding: [0, 1] }, [1, 3]), [2, 3, 3])
  },
  conv2d: {
    layer: Layer.conv2d(2, 3, { window: [3, 2], ...sliding }),
    x: [2, 2, 5, 4],
    w: [3, 2, 3, 2],
    outputs: 3,
    result: [2, 3, 3, 2],
    direct: (x, w) => byColumns(x, w, sliding, [3, 2])
  },
  'conv2d in groups': {
    layer: Layer.conv2d(4, 6, { window: 2, groups: 2 }),
    x: [2, 4, 3, 3],
    w: [6, 2, 2, 2],
    outputs: 6,
    result: [2, 6, 2, 2],
    direct: grouped(2, (x, w) => byColumns(x, w, {}, [2, 2]))
  },
  conv3d: {
    layer: Layer.conv3d(2, 2, { window: [2, 2, 2] }),
    x: [1, 2, 3, 3, 2],
    w: [2, 2, 2, 2, 2],
    outputs: 2,
    result: [1, 2, 2, 2, 1],
    direct: (x, w) => {
      const slice = (y: T.Tensor, index: number): T.Tensor => T.at(y, index, { axis: 2 })
      const at = (d: number): T.Tensor =>
        T.add(byColumns(slice(x, d), slice(w, 0), {}, [2, 1]), byColumns(slice(x, d + 1), slice(w, 1), {}, [2, 1]))
      return T.stack([at(0), at(1)], { axis: 2 })
    }
  },
  convTranspose1d: {
    layer: Layer.convTranspose1d(2, 3, { window: 2, stride: 2, outputPadding: 1 }),
    x: [2, 2, 3],
    w: [2, 3, 2],
    outputs: 3,
    result: [2, 3, 7],
    direct: (y, w) => transposed((x) => T.conv1d(x, w, { stride: 2 }), [2, 3, 7], y)
  },
  convTranspose2d: {
    layer: Layer.convTranspose2d(2, 3, { window: [3, 2], stride: 2, padding: 1 }),
    x: [2, 2, 3, 2],
    w: [2, 3, 3, 2],
    outputs: 3,
    result: [2, 3, 5, 2],
    direct: (y, w) =>
      T.col2im(T.matmul(T.transpose(T.reshape(w, [2, 18])), T.reshape(y, [2, 2, 6])), {
        size: [5, 2],
        window: [3, 2],
        stride: 2,
        padding: 1
      })
  },
  'convTranspose2d in groups': {
    layer: Layer.convTranspose2d(4, 6, { window: 2, groups: 2 }),
    x: [1, 4, 2, 2],
    w: [4, 3, 2, 2],
    outputs: 6,
    result: [1, 6, 3, 3],
    direct: grouped(2, (y, w) => transposed((x) => T.conv2d(x, w), [1, 3, 3, 3], y))
  },
  convTranspose3d: {
    layer: Layer.convTranspose3d(2, 1, { window: 2 }),
    x: [1, 2, 1, 2, 2],
    w: [2, 1, 2, 2, 2],
    outputs: 1,
    result: [1, 1, 2, 3, 3],
    direct: (y, w) => transposed((x) => T.conv3d(x, w), [1, 1, 2, 3, 3], y)
  },
  depthwiseConv2d: {
    layer: Layer.depthwiseConv2d(2, { window: 2, multiplier: 2 }),
    x: [2, 2, 3, 3],
    w: [4, 1, 2, 2],
    outputs: 4,
    result: [2, 4, 2, 2],
    direct: grouped(2, (x, w) => byColumns(x, w, {}, [2, 2]))
  }
}

describe.each(Object.entries(cases))('%s', (name, { layer, x: shape, w: kernel, outputs, result, direct }) => {
  const params: Params = { w: numbers(kernel), b: numbers([outputs]) }
  const x = numbers(shape)

  test('draws its parameters', () => {
    const [{ params: drawn, state }] = layer.init(Random.key(0))
    const { w, b } = drawn as Params
    expect([w.shape, w.dtype, state]).toEqual([kernel, 'float32', {}])
    expect(T.toNested(b)).toEqual(Array.from({ length: outputs }, () => 0))
    expect(Layer.parameterCount(layer)).toBe(kernel.reduce((n, size) => n * size, 1) + outputs)
  })

  test('values and gradients are those of the formula', () => {
    const formula: Map = (p, y) => withBias(direct(y, p.w), p.b)
    expect(predict(layer)(params, x).shape).toEqual(result)
    expectAlike(predict(layer)(params, x), formula(params, x))
    const loss =
      (f: Map) =>
      ([p, y]: readonly [Params, T.Tensor]): T.Tensor<[]> =>
        T.sum(T.square(f(p, y)))
    expectAlike(grad(loss(predict(layer)))([params, x]), grad(loss(formula))([params, x]))
  })

  test('the law of gradients', () => {
    fc.assert(
      Law.gradientWith({ name })(
        predict(layer),
        fc.record({ w: A.tensor({ shape: kernel }), b: A.tensor({ shape: [outputs] }) }),
        A.tensor({ shape })
      ),
      { numRuns: 3 }
    )
  })
})

describe('separableConv2d', () => {
  const layer = Layer.separableConv2d(2, 3, { window: 2, stride: 2, multiplier: 2 })
  const params = {
    depthwise: { w: T.ensure(numbers([4, 1, 2, 2]), [4, 1, 2, 2]) },
    pointwise: { w: T.ensure(numbers([3, 4, 1, 1]), [3, 4, 1, 1]), b: T.ensure(numbers([3]), [3]) }
  }
  const x = numbers([2, 2, 4, 4])

  it('is a depthwise convolution, then a product across channels', () => {
    const apart = grouped(2, (y, w) => byColumns(y, w, { stride: 2 }, [2, 2]))(x, params.depthwise.w)
    const mixed = T.einsum('oc,nchw->nohw', T.reshape(params.pointwise.w, [3, 4]), apart)
    const state = { depthwise: {}, pointwise: {} }
    expectAlike(Layer.predict(layer)(params, state)(T.ensure(x, [2, 2, 4, 4])), withBias(mixed, params.pointwise.b))
    const [drawn] = Layer.separableConv2d(2, 3, { window: 2, bias: false }).init(Random.key(0))
    expect(Object.keys(drawn.params.pointwise)).toEqual(['w'])
  })

  it('the law of gradients', () => {
    const f = (p: typeof params, y: T.Tensor): T.Tensor =>
      Layer.predict(layer)(p, { depthwise: {}, pointwise: {} })(T.ensure(y, [1, 2, 4, 4]))
    const drawn = fc.record({
      depthwise: fc.record({ w: A.tensor({ shape: [4, 1, 2, 2] }) }),
      pointwise: fc.record({ w: A.tensor({ shape: [3, 4, 1, 1] }), b: A.tensor({ shape: [3] }) })
    })
    fc.assert(Law.gradientWith({ name: 'separableConv2d' })(f, drawn, A.tensor({ shape: [1, 2, 4, 4] })), {
      numRuns: 3
    })
  })
})

describe('how convolutions begin', () => {
  const fans: Init.Initializer = (shape, dtype = 'float32') => {
    const [outputs = 1, inputs = 1, ...window] = shape
    const area = window.reduce((product, n) => product * n, 1)
    return Random.of(T.full(shape, 1000 * inputs * area + outputs * area, dtype))
  }
  const at = (layer: Layer.AnyLayer): number => {
    const [{ params }] = layer.init(Random.key(0))
    return T.toArray((params as Params).w)[0]!
  }

  it('fans are channels of a group times the window, of transposed kernels too', () => {
    expect(at(Layer.conv2d(4, 6, { window: 3, init: fans }))).toBe(36054)
    expect(at(Layer.conv2d(4, 6, { window: 3, groups: 2, init: fans }))).toBe(18027)
    expect(at(Layer.convTranspose2d(4, 6, { window: 3, init: fans }))).toBe(36054)
    expect(at(Layer.convTranspose2d(4, 6, { window: 3, groups: 2, init: fans }))).toBe(18027)
    expect(at(Layer.depthwiseConv2d(4, { window: 3, multiplier: 2, init: fans }))).toBe(9018)
  })

  it('he: the variance is 2 / fan-in', () => {
    const [{ params }] = Layer.conv2d(32, 64, { window: 3, init: Init.heNormal }).init(Random.key(1))
    expect(T.item(T.variance(params.w)) * 288).toBeCloseTo(2, 1)
    const [own] = Layer.convTranspose2d(64, 32, { window: 3, init: Init.heNormal, groups: 2 }).init(Random.key(1))
    expect(T.item(T.variance(own.params.w)) * 288).toBeCloseTo(2, 1)
  })

  it('groups are drawn differently', () => {
    const [{ params }] = Layer.depthwiseConv2d(2, { window: 2, dtype: 'float64' }).init(Random.key(0))
    expect(params.w.dtype).toBe('float64')
    expect(T.toNested(T.at(params.w, 0))).not.toEqual(T.toNested(T.at(params.w, 1)))
  })
})

describe('channels last', () => {
  it('is the same on images that are turned', () => {
    const params = { w: numbers([3, 2, 2, 2]), b: numbers([3]) }
    const x = numbers([2, 2, 4, 3])
    const last = Layer.conv2d(2, 3, { window: 2, dataFormat: 'NHWC' })
    const turned: T.Tensor = T.permute(x, [0, 2, 3, 1])
    const y: T.Tensor = predict(last)(params, turned)
    expectAlike(T.permute(y, [0, 3, 1, 2]), predict(Layer.conv2d(2, 3, { window: 2 }))(params, x))
    expect(Layer.check(last, [1, 5, 5, 3])).toEqual(
      E.left([{ path: '', message: 'conv2d: the input has shape [1, 5, 5, 3]; expected [examples, height, width, 2]' }])
    )
  })
})

describe('what bad input gets', () => {
  const plain = Layer as unknown as Record<string, (...args: readonly unknown[]) => unknown>

  it.each([
    [['conv2d', 0, 4, { window: 3 }], 'conv2d: the number of inputs is 0; expected an integer above 0'],
    [['conv2d', 1, 0.5, { window: 3 }], 'conv2d: the number of outputs is 0.5; expected an integer above 0'],
    [['conv2d', 1, 4], 'conv2d: window is undefined; expected an integer of 1 or more, or one per spatial axis'],
    [['conv1d', 1, 4, {}], 'conv1d: window is undefined; expected an integer of 1 or more, or one per spatial axis'],
    [
      ['conv2d', 1, 4, { window: [3] }],
      'conv2d: window is [3]; expected a number, or a list of 2, one per spatial axis'
    ],
    [
      ['convTranspose2d', 4, 6, { window: 3, groups: 4 }],
      'convTranspose2d: groups is 4 for 4 input and 6 output channels; expected a divisor of both'
    ],
    [
      ['conv2d', 1, 4, { window: 3, outputPadding: 1 }],
      'conv2d: unknown option outputPadding; expected window, stride, padding, dilation, groups, dataFormat, bias, init or dtype'
    ],
    [
      ['depthwiseConv2d', 2],
      'depthwiseConv2d: window is undefined; expected an integer of 1 or more, or one per spatial axis'
    ],
    [
      ['separableConv2d', 2, 0, { window: 3 }],
      'separableConv2d: the number of outputs is 0; expected an integer above 0'
    ],
    [
      ['depthwiseConv2d', 2, { window: 3, multiplier: 0 }],
      'depthwiseConv2d: multiplier is 0; expected an integer of 1 or more'
    ]
  ] as const)('%#', ([name, ...args], sentence) => {
    expect(() => plain[name]!(...args)).toThrow(expect.objectContaining({ message: sentence }))
  })

  it('inputs of other channels, by the path of the layer; check goes on behind them', () => {
    const three: number = 3
    const model = Layer.sequential(
      Layer.conv2d(1, 4, { window: 3 }),
      T.relu,
      Layer.maxPool2d({ window: 2 }),
      Layer.conv2d(three, 8, { window: 5 }),
      Layer.globalAvgPool(),
      Layer.dense(three, 2)
    )
    const [{ params, state }] = model.init(Random.key(0))
    expect(() => Layer.predict(model)(params, state)(T.ones([2, 1, 8, 8]))).toThrow(
      'layer [3]: conv2d: the input has shape [2, 4, 3, 3]; expected [examples, 3, height, width]'
    )
    const result = Layer.check(model, [2, 8, 8])
    expect(E.isLeft(result) && result.left).toEqual([
      { path: '[0]', message: 'conv2d: the input has shape [2, 8, 8]; expected [examples, 1, height, width]' },
      { path: '[2]', message: expect.stringContaining('maxPool2d: ') as string },
      { path: '[3]', message: expect.stringContaining('expected [examples, 3, height, width]') as string },
      { path: '[5]', message: 'dense: the input has shape [1, 8]; expected 3 on the last axis' }
    ])
    expect(() =>
      predict(Layer.conv2d(1, 4, { window: 3 }))({ w: T.ones([4, 1, 3, 3]), b: T.ones([4]) }, [] as never)
    ).toThrow('conv2d: the input is []; expected a tensor')
  })
})

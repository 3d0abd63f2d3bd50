// Convolutions against nested loops, bit for bit: values, both gradients, transposed ones, vmap, strong zeros, sentences.
import * as fc from 'fast-check'
import * as Debug from 'pullback/Debug'
import { grad, vjp } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { describe, expect, it, test } from 'vitest'
import { cases, expectLoops, expectSame, operandsOf, wide } from './convolutionCases.js'
import { toInput } from './convolutionReference.js'

const functions = [T.conv1d, T.conv2d, T.conv3d] as const
const transposed = [T.convTranspose1d, T.convTranspose2d, T.convTranspose3d] as const

describe('the bits of nested loops', () => {
  test.each(['float32', 'float64'] as const)('of small convolutions in %s', (dtype) => {
    fc.assert(fc.property(cases, (each) => expectLoops(each, dtype)))
  })

  test.each(
    wide.map((each) => [[each.inputs, each.outputs, each.window, each.input].map(String).join(' '), each] as const)
  )('of long rows: %s', (_, each) => expectLoops(each, 'float32'))

  it('of a plane that lies in the padding', () => {
    const [stride, padding] = [
      [2, 1, 1],
      [
        [1, 0],
        [0, 0],
        [0, 0]
      ]
    ] as const
    const window = [1, 2, 2]
    const given = { stride, padding, window, input: [1, 3, 3], dilation: [1, 1, 1], seed: 0 }
    expectLoops({ ...given, examples: 1, groups: 1, inputs: 2, outputs: 2 }, 'float32')
  })

  it('of transposed convolutions', () => {
    fc.assert(
      fc.property(cases, fc.nat(1), (c, more) => {
        const rank = c.window.length
        const { stride, dilation, groups } = c
        const outputPadding = c.window.map((_, i) => Math.min(more, Math.max(stride[i]!, dilation[i]!) - 1))
        const reach = c.input.map((n, i) => (n - 1) * stride[i]! + (c.window[i]! - 1) * dilation[i]! + 1)
        const padding = c.padding.map(([a, b], i) => (a + b < reach[i]! ? ([a, b] as const) : ([0, 0] as const)))
        const y = Random.normal(Random.key(c.seed), [c.examples, c.groups * c.outputs, ...c.input])
        const [, w] = operandsOf(c, 'float32')
        const x = transposed[rank - 1]!(y, w, { stride, dilation, groups, padding, outputPadding })
        const size = reach.map((n, i) => n - padding[i]![0] - padding[i]![1] + outputPadding[i]!)
        expectSame(x, toInput(y, w, size, { stride, dilation, groups, before: padding.map(([before]) => before) }))
      })
    )
  })

  it('of int32, modulo 2^32', () => {
    const large = T.full([1, 1, 3], 2 ** 30, 'int32')
    expectSame(T.conv1d(large, T.full([1, 1, 3], 3, 'int32')), T.of([[[2 ** 30]]], 'int32'))
    expectSame(T.conv1d(T.of([[true, false, true]]), T.of([[[true, true]]])), T.of([[1, 1]], 'int32'))
  })
})

describe('vmap', () => {
  const { groups, ...rest } = {
    groups: 2,
    stride: 2,
    padding: [
      [1, 2],
      [0, 1]
    ] as const,
    dilation: [1, 2]
  }
  const f = (x: T.Tensor, w: T.Tensor): T.Tensor => T.conv2d(x, w, { groups, ...rest })
  const xs = Random.normal(Random.key(1), [3, 2, 4, 5, 6])
  const ws = Random.normal(Random.key(2), [3, 6, 2, 2, 3])
  const [x, w] = [T.at(xs, 0), T.at(ws, 0)]
  const stacked = (g: (i: number) => T.Tensor): T.Tensor => T.stack([0, 1, 2].map(g))
  const gradients = (a: T.Tensor, b: T.Tensor): readonly T.Tensor[] => {
    const loss = (u: T.Tensor, v: T.Tensor): T.Tensor<[]> => T.sum(T.sin(f(u, v)))
    return [grad((u: T.Tensor) => loss(u, b))(a), grad((v: T.Tensor) => loss(a, v))(b)]
  }
  const names = (g: (a: T.Tensor, b: T.Tensor) => unknown, a: T.Tensor, b: T.Tensor): readonly string[] =>
    Debug.trace(g as (a: T.Tensor, b: T.Tensor) => T.Tensor)(a, b)
      .equations.map(({ primitive }) => primitive.name)
      .filter((name) => name.startsWith('convolution'))

  test.each([
    ['inputs', [0, null], (i: number) => [T.at(xs, i), w] as const, xs, w],
    ['kernels', [null, 0], (i: number) => [x, T.at(ws, i)] as const, x, ws],
    ['both', [0, 0], (i: number) => [T.at(xs, i), T.at(ws, i)] as const, xs, ws]
  ] as const)('over %s is one convolution of the same bits, and so are its gradients', (_, inAxes, at, a, b) => {
    const mapped = vmap(f, { inAxes: [...inAxes] })
    expectSame(
      mapped(a, b),
      stacked((i) => f(...at(i)))
    )
    expect(names(mapped, a, b)).toEqual(['convolution'])
    const both = vmap((u: T.Tensor, v: T.Tensor) => gradients(u, v), { inAxes: [...inAxes] })(a, b)
    both.forEach((each, k) =>
      expectSame(
        each,
        stacked((i) => gradients(...at(i))[k]!)
      )
    )
  })

  it('gives an example in a batch the bits that it has alone, with or without its axis', () => {
    const batch = f(x, w)
    expectSame(T.slice(batch, [[1, 2]]), f(T.slice(x, [[1, 2]]), w))
    expectSame(T.at(batch, 1), f(T.at(x, 1), w))
  })
})

describe('channels last', () => {
  it('gives the bits of channels first', () => {
    const x = Random.normal(Random.key(0), [2, 4, 5, 6])
    const w = Random.normal(Random.key(1), [4, 2, 2, 3])
    const last = T.moveAxis(x, 1, 3)
    const options = { groups: 2, stride: [1, 2] } as const
    const nhwc = { ...options, dataFormat: 'NHWC' } as const
    expectSame(T.conv2d(last, w, nhwc), T.moveAxis(T.conv2d(x, w, options), 1, 3))
    expectSame(T.conv2d(T.at(last, 0), w, nhwc), T.moveAxis(T.conv2d(T.at(x, 0), w, options), 0, 2))
    expectSame(T.convTranspose2d(last, w, nhwc), T.moveAxis(T.convTranspose2d(x, w, options), 1, 3))
  })

  it('says so of the axes', () => {
    expect(() => T.conv2d(T.zeros([5, 5]), T.zeros([1, 1, 2, 2]), { dataFormat: 'NHWC' })).toThrow(
      'conv2d: the input has shape [5, 5]; expected [examples, height, width, channels], or [height, width, channels] for one example'
    )
  })
})

describe('strong zeros', () => {
  it('a padded element does not meet infinity or NaN in the kernel', () => {
    const w = T.of([[[Infinity, 1, NaN]]])
    expectSame(T.conv1d(T.of([[2]]), w, { padding: 1 }), T.of([[2]]))
    expect(T.toArray(T.conv1d(T.of([[0, 2]]), w, { padding: 1 }))).toEqual(Float32Array.of(NaN, NaN))
  })

  it('a padded element does not meet a cotangent of infinity', () => {
    const [, pull] = vjp((w: T.Tensor) => T.conv1d(T.of([[2]]), w, { padding: 1 }))(T.ones([1, 1, 3]))
    expectSame(pull(T.of([[Infinity]]))[0], T.of([[[0, Infinity, 0]]]))
  })

  it('a cotangent of zero stays zero', () => {
    const [, pull] = vjp((x: T.Tensor, w: T.Tensor) => T.conv1d(x, w))(T.of([[NaN, 1]]), T.of([[[Infinity]]]))
    const [dx, dw] = pull(T.of([[0, 1]]))
    expectSame(dx, T.of([[0, Infinity]]))
    expectSame(dw, T.of([[[1]]]))
  })
})

describe('large images and many channels', () => {
  const rows = (x: T.Tensor, from: number, to: number): T.Tensor => T.slice(x, [null, null, [from, to]])

  it('an output, and a gradient to the input, have the bits that they have in a part of the image', () => {
    const x = Random.normal(Random.key(1), [1, 4, 92, 92])
    const w = Random.normal(Random.key(2), [2, 4, 3, 3])
    const [y, pull] = vjp((u: T.Tensor) => T.conv2d(u, w))(x)
    const ct = Random.normal(Random.key(3), y.shape)
    const [dx] = pull(ct)
    for (const from of [0, 17, 40, 86]) {
      expectSame(rows(y, from, from + 4), T.conv2d(rows(x, from, from + 6), w))
      const part = T.convTranspose2d(rows(ct, from, from + 4), w)
      expectSame(rows(dx, from + 2, from + 4), rows(part, 2, 4))
    }
  })

  it('a kernel of infinity at cotangents of zero leaves the bits of the other terms, in blocks of 256', () => {
    const w = Random.normal(Random.key(1), [600, 1, 2])
    const ct = T.set(Random.normal(Random.key(2), [1, 600, 5]), 300, 0, { axis: 1 })
    const gradient = (kernel: T.Tensor): T.Tensor =>
      vjp((x: T.Tensor) => T.conv1d(x, kernel))(T.ones([1, 1, 6]))[1](ct)[0]
    expectSame(gradient(T.set(w, 300, Infinity)), gradient(T.set(w, 300, 1)))
  })

  it("'same' of a transposed convolution is the transpose of 'same', on an input of size times stride", () => {
    fc.assert(
      fc.property(cases, (c) => {
        const rank = c.window.length
        const { stride, dilation, groups } = c
        const y = Random.normal(Random.key(c.seed), [c.examples, c.groups * c.outputs, ...c.input])
        const [, w] = operandsOf(c, 'float32')
        const options = { stride, dilation, groups, padding: 'same' } as const
        const x = T.zeros([c.examples, c.groups * c.inputs, ...c.input.map((n, i) => n * stride[i]!)])
        const [, pull] = vjp((u: T.Tensor): T.Tensor => functions[rank - 1]!(u, w, options))(x)
        expectSame(transposed[rank - 1]!(y, w, options), pull(y)[0])
      })
    )
  })
})

test("'same' of convolve is the middle of 'full', the earlier one of two", () => {
  for (const k of [1, 2, 3, 4]) {
    for (const size of [[5], [3, 4]]) {
      const x = Random.normal(Random.key(k), size)
      const kernel = Random.normal(
        Random.key(9),
        size.map((_, axis) => k + axis)
      )
      const full = T.convolve(x, kernel)
      const middle = T.slice(
        full,
        size.map((n, axis) => {
          const from = Math.floor((k + axis - 1) / 2)
          return [from, from + n] as const
        })
      )
      expectSame(T.convolve(x, kernel, { mode: 'same' }), middle)
    }
  }
})

describe('sentences', () => {
  const x = T.zeros([2, 3, 5, 5])
  const w = T.zeros([4, 3, 3, 3])
  test.each([
    [
      () => T.conv2d(x, T.zeros([4, 3, 7, 3])),
      'conv2d: the window spans [7, 3] on an input of [5, 5]; expected a window that fits'
    ],
    [
      () => T.conv2d(x, w, { stride: 0 }),
      'conv2d: stride is 0; expected an integer of 1 or more, or one per spatial axis'
    ],
    [
      () => T.conv2d(x, w, { groups: 2 }),
      'conv2d: groups is 2 for 3 input and 4 output channels; expected a divisor of both'
    ],
    [
      () => T.conv2d(x, T.zeros([4, 2, 3, 3])),
      'conv2d: the kernel [4, 2, 3, 3] takes 2 channels and the input [2, 3, 5, 5] has 3; expected as many'
    ],
    [
      () => T.conv2d(T.zeros([5, 5]), w),
      'conv2d: the input has shape [5, 5]; expected [examples, channels, height, width], or [channels, height, width] for one example'
    ],
    [
      () => T.conv1d(T.zeros([1, 5]), w),
      'conv1d: the kernel has shape [4, 3, 3, 3]; expected [outputs, inputs / groups, length]'
    ],
    [
      () => T.convTranspose2d(x, T.zeros([3, 4, 3, 3]), { stride: 2, outputPadding: 2 }),
      'convTranspose2d: outputPadding is 2 for stride [2, 2] and dilation [1, 1]; expected less than one of them'
    ],
    [
      () => T.convTranspose1d(T.zeros([1, 2]), T.zeros([1, 1, 2]), { padding: 2 }),
      'convTranspose1d: the input of [2] with padding 2 gives the size [-1]; expected at least 1'
    ],
    [
      () => T.conv2d(x, w, { padding: -1 }),
      "conv2d: padding is -1; expected 'valid', 'same', 'full', an integer of 0 or more, or one integer or pair per spatial axis"
    ]
  ] as const)('%s', (run, message) => {
    expect(run).toThrow(message)
  })
})

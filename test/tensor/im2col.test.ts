// Windows as columns, and the flipped convolution.
import * as fc from 'fast-check'
import { vjp } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { describe, expect, it, test } from 'vitest'
import { close } from '../calculus/close.js'

describe('im2col', () => {
  const { window, ...sliding } = { window: [2, 3], stride: [2, 1], padding: [[1, 0], 2], dilation: [1, 2] } as const
  const x = Random.normal(Random.key(0), [2, 3, 5, 6])
  const w = Random.normal(Random.key(1), [4, 3, 2, 3])

  it('makes a convolution a product', () => {
    const columns = T.im2col(x, { window, ...sliding })
    const product = T.matmul(T.reshape(w, [4, 18]), columns)
    const convolved = T.conv2d(x, w, sliding)
    close(T.reshape(product, convolved.shape), convolved, 2e-6)
  })

  it('has col2im as its transpose', () => {
    const [columns, pull] = vjp((a: T.Tensor) => T.im2col(a, { window, ...sliding }))(x)
    const ct = Random.normal(Random.key(2), columns.shape)
    expect(T.toNested(pull(ct)[0])).toEqual(T.toNested(T.col2im(ct, { size: [5, 6], window, ...sliding })))
  })

  it('takes any number of spatial axes, and integers', () => {
    expect(T.toNested(T.im2col(T.of([[[1, 2, 3]]], 'int32'), { window: 2 }))).toEqual([
      [
        [1, 2],
        [2, 3]
      ]
    ])
    expect(T.im2col(T.zeros([1, 2, 3, 3, 3, 3]), { window: 2 }).shape).toEqual([1, 32, 16])
  })
})

describe('convolve', () => {
  // numpy.convolve
  test.each([
    ['full', [1, 2, 3], [0, 1, 0.5], [0, 1, 2.5, 4, 1.5]],
    ['same', [1, 2, 3], [0, 1, 0.5], [1, 2.5, 4]],
    ['valid', [1, 2, 3], [0, 1, 0.5], [2.5]],
    ['same', [1, 2, 3, 4], [1, 1], [1, 3, 5, 7]],
    ['same', [1, 2, 3, 4, 5], [1, 2, 3, 4], [4, 10, 20, 30, 34]]
  ] as const)('%s of %j and %j', (mode, x, k, y) => {
    expect(Array.from(T.toArray(T.convolve(T.of([...x]), T.of([...k]), { mode })))).toEqual(y)
  })

  it('is a product of polynomials, in two variables as well', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), (m, n) => {
        const a = T.floor(Random.uniform(Random.key(m), [m, n], { low: -5, high: 5 }))
        const b = T.floor(Random.uniform(Random.key(n + 9), [n, 2], { low: -5, high: 5 }))
        expect(T.toNested(T.convolve(a, b))).toEqual(T.toNested(T.convolve(b, a)))
        expect(T.item(T.sum(T.convolve(a, b)))).toBe(T.item(T.sum(a)) * T.item(T.sum(b)) + 0)
      })
    )
  })
})

describe('sentences', () => {
  const bad = (f: unknown, ...args: readonly unknown[]): (() => unknown) => {
    const call = f as (...all: readonly unknown[]) => unknown
    return () => call(...args)
  }
  test.each([
    [
      bad(T.im2col, T.zeros([3, 4]), { window: 2 }),
      'im2col: the operand has shape [3, 4]; expected [examples, channels, ...spatial axes]'
    ],
    [
      bad(T.im2col, T.zeros([1, 1, 3]), {}),
      'im2col: window is undefined; expected an integer of 1 or more, or one per spatial axis'
    ],
    [
      bad(T.im2col, T.zeros([1, 1, 3]), { window: 4 }),
      'im2col: the window spans [4] on an input of [3]; expected a window that fits'
    ],
    [
      bad(T.col2im, T.zeros([1, 4, 3]), { size: [2, 2], window: 2 }),
      'col2im: the columns have shape [1, 4, 3]; expected [examples, a multiple of 4, 1]'
    ],
    [
      bad(T.col2im, T.zeros([1, 6, 1]), { size: [2, 2], window: 2 }),
      'col2im: the columns have shape [1, 6, 1]; expected [examples, a multiple of 4, 1]'
    ],
    [
      bad(T.col2im, T.zeros([1, 4, 3]), { window: 2 }),
      'col2im: size is undefined; expected an array of sizes such as [4, 4]'
    ],
    [
      bad(T.convolve, T.zeros([3]), T.zeros([2, 2])),
      'convolve: the shapes are [3] and [2, 2]; expected as many axes in both, from 1 to 3'
    ],
    [
      bad(T.convolve, T.zeros([3]), T.zeros([4]), { mode: 'valid' }),
      'convolve: the window spans [4] on an input of [3]; expected a window that fits'
    ]
  ])('%#', (run, message) => {
    expect(run).toThrow(message)
  })
})

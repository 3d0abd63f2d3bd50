// Convolutions that are compared with nested loops, bit for bit.
import * as fc from 'fast-check'
import { vjp } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import type { Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { expect } from 'vitest'
import { forward, toInput, toKernel } from './convolutionReference.js'

const functions = [T.conv1d, T.conv2d, T.conv3d] as const

export interface Case {
  readonly examples: number
  readonly groups: number
  readonly inputs: number
  readonly outputs: number
  readonly window: Shape
  readonly input: Shape
  readonly stride: readonly number[]
  readonly dilation: readonly number[]
  readonly padding: readonly (readonly [number, number])[]
  readonly seed: number
}

const integer = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max })

export const cases: fc.Arbitrary<Case> = integer(1, 3).chain((rank) => {
  const each = <A>(value: fc.Arbitrary<A>): fc.Arbitrary<A[]> => fc.array(value, { minLength: rank, maxLength: rank })
  return fc
    .record({
      examples: integer(1, 3),
      groups: integer(1, 3),
      inputs: integer(1, 3),
      outputs: integer(1, 3),
      window: each(integer(1, 3)),
      stride: each(integer(1, 3)),
      dilation: each(integer(1, 2)),
      padding: each(fc.tuple(integer(0, 2), integer(0, 2))),
      more: each(integer(0, 3)),
      seed: fc.nat()
    })
    .map(({ more, ...rest }) => ({
      ...rest,
      input: rest.window.map((n, i) =>
        Math.max(1, (n - 1) * rest.dilation[i]! + 1 - rest.padding[i]![0] - rest.padding[i]![1] + more[i]!)
      )
    }))
})

/** Rows of more than 256 terms, more than 256 output channels, output rows longer than 256, several rows to a block, panels of some rows or pixels. */
export const wide: readonly Case[] = (
  [
    [2, 1, 300, 3, [2, 2], [3, 4]],
    [1, 1, 3, 300, [2, 2], [3, 3]],
    [2, 1, 2, 2, [3], [600]],
    [1, 1, 20, 2, [3, 5], [6, 12]],
    [1, 1, 16, 3, [3, 3, 3], [4, 5, 9]],
    [1, 1, 300, 1, [3, 1], [12, 60]],
    [1, 1, 40, 1, [1, 3], [100, 12]]
  ] as const
).map(([examples, groups, inputs, outputs, window, input], seed) => ({
  examples,
  groups,
  inputs,
  outputs,
  window,
  input,
  seed,
  stride: window.map((_, i) => 1 + (i % 2)),
  dilation: window.map(() => 1),
  padding: window.map(() => [1, 2])
}))

/** Fails where two tensors differ in a bit. */
export const expectSame = (a: T.Tensor, b: T.Tensor): void => {
  expect(a.shape).toEqual(b.shape)
  if (!T.eqStrict.equals(a, b)) expect(T.toNested(a)).toEqual(T.toNested(b))
  expect(T.eqStrict.equals(a, b)).toBe(true)
}

export const operandsOf = (c: Case, dtype: 'float32' | 'float64'): readonly [T.Tensor, T.Tensor] => {
  const x = Random.normal(Random.key(c.seed), [c.examples, c.groups * c.inputs, ...c.input])
  const w = Random.normal(Random.key(c.seed + 1), [c.groups * c.outputs, c.inputs, ...c.window])
  return [T.cast(x, dtype), T.cast(w, dtype)]
}

export const expectLoops = (c: Case, dtype: 'float32' | 'float64'): void => {
  const [x, w] = operandsOf(c, dtype)
  const rank = c.window.length
  const { stride, dilation, groups, padding } = c
  const setting = { stride, dilation, groups, before: padding.map(([before]) => before) }
  const [y, pull] = vjp((a: T.Tensor, b: T.Tensor): T.Tensor =>
    functions[rank - 1]!(a, b, { stride, dilation, groups, padding })
  )(x, w)
  expectSame(y, forward(x, w, y.shape.slice(2), setting))
  const ct = T.cast(Random.normal(Random.key(c.seed + 2), y.shape), dtype)
  const [dx, dw] = pull(ct)
  expectSame(dx, toInput(ct, w, c.input, setting))
  expectSame(dw, toKernel(x, ct, c.window, setting))
}

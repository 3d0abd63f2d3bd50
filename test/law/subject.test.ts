import * as fc from 'fast-check'
import * as Law from 'pullback/Law'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'

const nothing = (name: string): string =>
  `Law: ${name} was given no float tensor; at least one float64 tensor among its arguments is required`

describe('subject', () => {
  test('a subject without a float tensor is refused, since every law would hold of it', () => {
    const f = (x: unknown): unknown => x
    expect(() => Law.check(f)(3)).toThrow(expect.objectContaining({ message: nothing('f') }))
    expect(() => Law.check(f)(T.of([1, 2], 'int32'))).toThrow(expect.objectContaining({ message: nothing('f') }))
    expect(() => Law.check(f, { name: 'mine' })({ a: [true] })).toThrow(nothing('mine'))
  })

  test('and so is a property without arbitraries', () => {
    const f = (): T.Tensor => T.scalar(1, 'float64')
    const { errorInstance } = fc.check(Law.gradient(f))
    expect(errorInstance).toMatchObject({ message: nothing('f') })
  })

  test('single precision is refused by its path, with the remedy', () => {
    expect(() => Law.check((x: T.Tensor) => x)(T.of([1]))).toThrow(
      expect.objectContaining({
        message:
          'Law: args[0] is float32; float64 is required, because finite differences in single precision show nothing' +
          ", cast with T.cast(x, 'float64') or Tree.map(T.cast('float64'))"
      })
    )
  })
})

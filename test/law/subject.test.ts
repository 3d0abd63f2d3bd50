import * as fc from 'fast-check'
import * as Law from 'pullback/Law'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'

const nothing = (name: string): string =>
  `Law: the arguments of ${name} have no float tensors; expected at least one float64 tensor`

describe('subject', () => {
  test('rejects a subject without float tensors, for which every law would hold', () => {
    const f = (x: unknown): unknown => x
    expect(() => Law.check(f)(3)).toThrow(expect.objectContaining({ message: nothing('f') }))
    expect(() => Law.check(f)(T.of([1, 2], 'int32'))).toThrow(expect.objectContaining({ message: nothing('f') }))
    expect(() => Law.check(f, { name: 'mine' })({ a: [true] })).toThrow(nothing('mine'))
  })

  test('rejects a property without arbitraries', () => {
    const f = (): T.Tensor => T.scalar(1, 'float64')
    const { errorInstance } = fc.check(Law.gradient(f))
    expect(errorInstance).toMatchObject({ message: nothing('f') })
  })

  test('check and gradientWith reject unknown and wrong options at once', () => {
    const wrong: readonly (readonly [options: object, sentence: string])[] = [
      [{ names: 'f' }, 'unknown option names; expected name, laws or salt'],
      [{ laws: Law.adjoint }, 'laws is { name: '],
      [{ salt: '1' }, "salt is '1'; expected a finite number"]
    ]
    for (const [options, sentence] of wrong) {
      expect(() => Law.check((x: T.Tensor) => x, options)).toThrow(`Law.check: ${sentence}`)
      expect(() => Law.gradientWith(options)).toThrow(`Law.gradientWith: ${sentence}`)
    }
  })

  test('rejects single precision, with the path and the remedy', () => {
    expect(() => Law.check((x: T.Tensor) => x)(T.of([1]))).toThrow(
      expect.objectContaining({
        message:
          'Law: args[0] is float32; expected float64, as finite differences in single precision are too coarse' +
          ", cast with T.cast(x, 'float64') or Tree.map(T.cast('float64'))"
      })
    )
  })
})

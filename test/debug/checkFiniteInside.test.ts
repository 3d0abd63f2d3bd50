// checkFinite inside of other transformations.
import * as Control from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import { checkpoint, grad, jvp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { vmap } from 'pullback/Vmap'
import { describe, expect, it } from 'vitest'

type S = T.Tensor<[]>
type V = T.Tensor<[3]>

const numbers = (tree: unknown): readonly (readonly number[])[] => Tree.leaves(tree).map((leaf) => [...T.toArray(leaf)])

const caught = (run: () => unknown): Debug.NonFiniteError => {
  try {
    run()
  } catch (error) {
    if (error instanceof Debug.NonFiniteError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

const sentence = (run: () => unknown): string => caught(run).message

const logs = (x: V): S => T.sum(T.log(x))
const roots = (x: V): S => T.sum(T.sqrt(x))
const bad: V = T.of([1, 0, 2])
const good: V = T.of([1, 3, 2])

describe('with transformations outside', () => {
  it('grad: forward operations', () => {
    expect(sentence(() => grad(Debug.checkFinite(logs))(bad))).toBe(
      'checkFinite: log of [3] made -Infinity at [1]; its operand is args[0]'
    )
  })

  it('grad: pullbacks', () => {
    expect(sentence(() => grad(Debug.checkFinite(roots))(bad))).toBe(
      'checkFinite: the pullback of sqrt of [3] made Infinity at [1]; its operand is args[0]'
    )
  })

  it('grad: a cotangent that comes from outside', () => {
    const f = (x: V): S => T.div(1, Debug.checkFinite((y: V) => T.sum(y))(x))
    expect(sentence(() => grad(f)(T.zeros([3])))).toBe(
      'checkFinite: the cotangent of the result is -Infinity; expected finite cotangents'
    )
  })

  it('jvp: derivatives, and a tangent that comes from outside', () => {
    expect(sentence(() => jvp(Debug.checkFinite(roots))([bad], [good]))).toBe(
      'checkFinite: the derivative of sqrt of [3] made Infinity at [1]; its operand is args[0]'
    )
    expect(sentence(() => jvp(Debug.checkFinite(roots))([good], [T.of([0, NaN, 0])]))).toBe(
      'checkFinite: the tangent of args[0] is NaN at [1]; expected finite tangents'
    )
  })

  it('vmap: the example', () => {
    const error = caught(() => vmap(Debug.checkFinite(logs))(T.stack([good, bad])))
    expect(error.message).toBe('checkFinite: log of [3] made -Infinity at [1], in example 1; its operand is args[0]')
    expect([error.index, error.example]).toEqual([[1], [1]])
    expect(sentence(() => vmap(vmap(Debug.checkFinite((x: S) => T.log(x))))(T.stack([good, bad])))).toBe(
      'checkFinite: log of [] made -Infinity, in example [1, 1]; its operand is args[0]'
    )
    expect(sentence(() => vmap(Debug.checkFinite((x: V) => x))(T.stack([good, T.of([1, NaN, 1])])))).toBe(
      'checkFinite: args[0] is NaN at [1], in example 1; expected finite arguments'
    )
  })

  it('vmap of grad', () => {
    expect(sentence(() => vmap(grad(Debug.checkFinite(roots)))(T.stack([good, bad])))).toBe(
      'checkFinite: the pullback of sqrt of [3] made Infinity at [1], in example 1; its operand is args[0]'
    )
  })

  it('trace: when the program runs', () => {
    const evaluate = Debug.evaluate(Debug.trace(Debug.checkFinite(logs))(bad))
    expect(numbers(evaluate(good))).toEqual(numbers(logs(good)))
    expect(sentence(() => evaluate(bad))).toBe('checkFinite: log of [3] made -Infinity at [1]; its operand is args[0]')
    expect(sentence(() => vmap(evaluate)(T.stack([good, bad])))).toBe(
      'checkFinite: log of [3] made -Infinity at [1], in example 1; its operand is args[0]'
    )
  })

  it('checkpoint and scan, forward and back', () => {
    expect(sentence(() => grad(checkpoint(Debug.checkFinite(roots)))(bad))).toBe(
      'checkFinite: the pullback of sqrt of [3] made Infinity at [1]; its operand is args[0]'
    )
    const step = (c: S, e: S) => [Debug.checkFinite((a: S, b: S) => T.add(a, T.sqrt(b)))(c, e), c] as const
    const f = (x: V): S => Control.scan(step)(T.scalar(0), x)[0]
    expect(numbers(f(bad))).toEqual([[expect.closeTo(1 + Math.SQRT2, 6)]])
    expect(sentence(() => grad(f)(bad))).toBe(
      'checkFinite: the pullback of sqrt of [] made Infinity; its operand is args[1]'
    )
    expect(sentence(() => grad(checkpoint(f))(bad))).toBe(
      'checkFinite: the pullback of sqrt of [] made Infinity; its operand is args[1]'
    )
  })

  it('checkFinite: the outer one, which knows more', () => {
    expect(sentence(() => Debug.checkFinite((x: V) => Debug.checkFinite(logs)(T.neg(x)))(good))).toBe(
      'checkFinite: log of [3] made NaN at [0]; its operand is the result of neg'
    )
  })
})

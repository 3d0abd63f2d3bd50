import { describe, expect, test } from 'vitest'
import * as Debug from 'pullback/Debug'
import { checkpoint, grad, hvp, jvp, valueAndGrad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { close } from './close.js'

type S = T.Tensor<[]>
type V = T.Tensor<[3]>
const x: V = T.of([0.3, -1.2, 2], 'float64')
const w: V = T.of([0.5, 0.25, -0.75], 'float64')

type Wrap = <Args extends readonly unknown[], R>(f: (...args: Args) => R) => (...args: Args) => R
const plain: Wrap = (f) => f

/** Three blocks that share their weights: as an argument, and closed over. */
const loss =
  (wrap: Wrap) =>
  (p: { w: V; x: V }): S => {
    const given = wrap((u: V, y: V) => T.tanh(T.mul(T.sin(T.mul(u, y)), u)))
    const closing = wrap((y: V) => T.sin(T.add(T.mul(p.w, y), T.mul(y, p.w))))
    return T.sum(T.mul(closing(given(p.w, closing(given(p.w, p.x)))), p.w))
  }

describe('checkpoint', () => {
  test('values and gradients equal the plain ones bit for bit', () => {
    const at = { w, x }
    const [value, gradient] = valueAndGrad(loss(checkpoint))(at)
    const [plainValue, plainGradient] = valueAndGrad(loss(plain))(at)
    expect(T.item(value)).toBe(T.item(plainValue))
    expect(T.toNested(gradient.w)).toEqual(T.toNested(plainGradient.w))
    expect(T.toNested(gradient.x)).toEqual(T.toNested(plainGradient.x))
  })

  test('so do tangents', () => {
    const along = (wrap: Wrap): T.Tensor => jvp(loss(wrap))([{ w, x }], [{ w: x, x: w }])[1]
    expect(T.item(along(checkpoint) as S)).toBe(T.item(along(plain) as S))
  })

  test('derivatives of the second and third order are right', () => {
    const v = { w: x, x: w }
    close(hvp(loss(checkpoint))({ w, x }, v), hvp(loss(plain))({ w, x }, v), 1e-14)
    const third = (wrap: Wrap) => grad((p: { w: V; x: V }) => T.sum(hvp(loss(wrap))(p, v).w))({ w, x })
    close(third(checkpoint), third(plain), 1e-13)
  })

  test('mapped', () => {
    const each = (wrap: Wrap): T.Tensor => vmap(grad((y: V) => loss(wrap)({ w, x: y })))(T.stack([x, w]))
    close(each(checkpoint), each(plain), 1e-15)
  })

  test('runs the function once forward and, recomputing, never again as such', () => {
    let runs = 0
    const counted = checkpoint((y: S) => {
      runs++
      return T.sin(y)
    })
    grad(counted)(T.scalar(1))
    expect(runs).toBe(1)
  })

  test('results that are integers, and trees of them', () => {
    const f = checkpoint((y: V) => ({ best: T.argmax(y), total: T.sum(T.square(y)) }))
    const [, gradient] = valueAndGrad((y: V) => f(y).total)(x)
    close(gradient, T.mul(x, 2), 0)
    expect(T.item(f(x).best)).toBe(2)
  })

  test('a value inside cannot be read', () => {
    const f = checkpoint((y: S) => (T.item(y) > 0 ? y : T.neg(y)))
    expect(() => f(T.scalar(1))).toThrow(
      'item: a value inside checkpoint was read as numbers; a staged function knows shapes only, choose by T.where, Control.cond or Control.whileLoop'
    )
  })

  test('rejects a value that is not a tree of tensors, by path', () => {
    expect(() => checkpoint((p: { rate: unknown }) => p)({ rate: 2 })).toThrow(
      'checkpoint: args[0].rate is 2; expected a tensor, make one with T.scalar'
    )
    expect(() => checkpoint(() => ({ no: 'tensor' }))()).toThrow(
      "checkpoint: the function returned a tree whose no is 'tensor'; expected a tensor or a tree of tensors"
    )
  })
})

describe('effects', () => {
  test('a checkpointed function that reports stays in a program, also where nobody reads its result', () => {
    const seen: number[] = []
    const noisy = checkpoint((y: S) => Debug.tap((value) => seen.push(Number(T.item(value))))(y))
    const program = Debug.trace((y: S) => {
      noisy(y)
      return T.square(y)
    })(T.scalar(0))
    expect(seen).toEqual([])
    expect(T.item(Debug.evaluate(program)(T.scalar(3)))).toBe(9)
    expect(seen).toEqual([3])
  })
})

// Branches and loops that compute with values from outside of them: gradients have the bits of eager ones.
import { cond, scan, whileLoop } from 'pullback/Control'
import { grad } from 'pullback/Grad'
import { jit } from 'pullback/Jit'
import * as T from 'pullback/Tensor'
import { expect, test } from 'vitest'
import { differences } from './same.js'
import { random } from './tensors.js'

type Vector = T.Tensor<[9]>

const always = (v: T.Tensor): T.Tensor<[]> => T.greater(T.sum(v), -1e6)

const nested = (v: Vector): Vector => {
  const a = T.tanh(v)
  const inner = (w: Vector): Vector =>
    cond(
      always(a),
      (z: Vector) => T.add(T.mul(T.sin(a), T.cos(w)), T.mul(z, T.exp(a))),
      (z: Vector) => z
    )(T.mul(w, a))
  return cond(always(v), inner, (w: Vector) => w)(v)
}

const looped = (v: Vector): Vector => {
  const a = T.tanh(v)
  type Carry = readonly [T.Tensor<[]>, Vector]
  const start: Carry = [T.scalar(0), v]
  const [, end] = whileLoop(
    ([i]: Carry) => T.less(i, 3),
    ([i, c]: Carry): Carry => [T.add(i, 1), T.add(T.mul(c, T.sin(a)), T.cos(a))]
  )(start)
  return T.add(a, end)
}

const inLoop = (v: Vector): Vector => {
  const a = T.tanh(v)
  const step = (c: Vector, r: T.Tensor<[]>): readonly [Vector, T.Tensor<[]>] => [
    cond(
      T.greater(r, 0),
      (w: Vector) => T.add(T.mul(w, T.sin(a)), T.mul(T.cos(a), r)),
      (w: Vector) => T.mul(w, a)
    )(c),
    r
  ]
  return scan(step)(v, T.of([1, -1, 2]))[0]
}

test.each([
  ['a branch in a branch', nested],
  ['a loop', looped],
  ['a branch in a loop', inLoop]
])('%s', (_, f) => {
  const sum = (v: Vector): T.Tensor<[]> => T.sum(f(v))
  const [compiled, slope, outer] = [jit(f), jit(grad(sum)), grad(jit(sum))]
  for (let seed = 0; seed < 8; seed++) {
    const v: Vector = T.reshape(T.mul(random([9], 'float32', seed), 0.3), [9])
    const wanted = grad(sum)(v)
    expect(differences([compiled(v), slope(v), outer(v)], [f(v), wanted, wanted])).toEqual([])
  }
})

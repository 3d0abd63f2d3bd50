// Implicit functions are functions: all laws hold of them, and they go through every other transformation.
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { scan } from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import { checkpoint, grad, hessian, jacobian } from 'pullback/Grad'
import { argmin, fixedPoint, linearSolve, orThrow, root } from 'pullback/Implicit'
import * as Law from 'pullback/Law'
import type * as Program from 'pullback/Program'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { close } from '../calculus/close.js'

type S = T.Tensor<[]>
type V = T.Tensor<[2]>

const start = T.zeros([2], 'float64')
const m = T.of([[0.2, -0.4], [0.3, 0.1]], 'float64') // prettier-ignore

/** One function per solver, each of a vector c. */
const functions: { readonly [name: string]: (c: V) => V } = {
  root: (c) =>
    orThrow(
      root((x: V, c: V): V => T.sub(T.add(x, T.mul(T.sin(T.matmul(m, x)), 0.5)), c), { tolerance: 1e-14 })(start, c)
    ),
  fixedPoint: (c) =>
    orThrow(fixedPoint((x: V): V => T.sub(c, T.mul(T.sin(T.matmul(m, x)), 0.5)), { tolerance: 1e-15 })(start)),
  anderson: (c) =>
    orThrow(
      fixedPoint((x: V): V => T.sub(c, T.mul(T.sin(T.matmul(m, x)), 0.5)), { tolerance: 1e-15, method: 'anderson' })(
        start
      )
    ),
  argmin: (c) =>
    orThrow(argmin((x: V, c: V): S => T.sum(T.add(T.square(T.sub(x, c)), T.cos(T.matmul(m, x)))))(start, c)),
  cg: (c) =>
    orThrow(
      linearSolve((x: V): V => T.add(T.mul(x, T.exp(T.mul(c, 0.3))), T.mul(0.1, T.mul(c, T.dot(c, x)))), {
        method: 'cg',
        tolerance: 4e-15
      })(T.of([1, 2], 'float64'))
    ),
  gmres: (c) =>
    orThrow(linearSolve((x: V): V => T.add(x, T.mul(c, T.matmul(m, x))), { method: 'gmres', tolerance: 4e-15 })(c)),
  direct: (c) => orThrow(linearSolve((x: V): V => T.add(x, T.mul(c, T.matmul(m, x))), { method: 'direct' })(c))
}

const c: V = T.of([0.6, -0.9], 'float64')

describe.each(Object.entries(functions))('%s', (name, f) => {
  test('all laws of functions hold', () => {
    const verdict = Law.check(f, { name })(c)
    expect(E.isLeft(verdict) ? Law.show(verdict.left) : '').toBe('')
  })

  test('vmap of everything is the stack of the parts, also mapped twice', () => {
    const cs = T.of([[0.6, -0.9], [0.1, 0.4], [-0.7, 0.2]], 'float64') // prettier-ignore
    const each = (g: (c: V) => T.Tensor): T.Tensor => T.stack([0, 1, 2].map((i) => g(T.ensure([2])(T.at(cs, i)))))
    close(vmap(f)(cs), each(f), 1e-15)
    close(vmap(jacobian(f))(cs), each(jacobian(f)), 1e-14)
    const twice = T.stack([cs, T.mul(cs, 0.5)])
    close(vmap(vmap(f))(twice), T.stack([vmap(f)(cs), vmap(f)(T.mul(cs, 0.5))]), 1e-15)
    const loss = (cs: T.Tensor): S => T.ensure([])(T.sum(T.square(vmap(vmap(f))(T.ensure([2, 3, 2])(cs)))))
    const slope = (c: V): V => grad((c: V): S => T.sum(T.square(f(c))))(c)
    close(grad(loss)(twice), vmap(vmap(slope))(twice), 1e-14)
    expect(vmap(f)(T.zeros([0, 2], 'float64')).shape).toEqual([0, 2])
  })

  test('second derivatives, mapped and recomputed', () => {
    const g = (c: V): S => T.sum(T.mul(f(c), T.of([1, -2], 'float64')))
    const h = hessian(g)(c)
    close(h, T.transpose(h), 1e-14)
    close(hessian(checkpoint(g))(c), h, 1e-14)
    close(T.at(vmap(hessian(g))(T.stack([c, T.mul(c, 0.5)])), 0), h, 1e-14)
  })

  test('in the body of a loop', () => {
    const step = (x: V): V => T.mul(f(x), 0.9)
    const looped = (c: V): S => T.sum(scan((x: V) => [step(x), T.sum(x)] as const, { length: 3 })(c)[0])
    const written = (c: V): S => T.sum(step(step(step(c))))
    close(looped(c), written(c), 1e-15)
    close(grad(looped)(c), grad(written)(c), 1e-14)
  })

  test('is one operation of a program, also mapped', () => {
    const count = (program: Program.Program): number =>
      program.equations.filter(({ primitive: { name } }) => name === 'implicit' || name === 'linearSolve').length
    expect(count(Debug.trace(f)(c))).toBe(1)
    const mapped = Debug.trace(vmap(vmap(f)))(T.zeros([4, 50, 2], 'float64'))
    expect(count(mapped)).toBe(1)
    expect(mapped.equations.map(({ params }) => params)).toContainEqual(expect.objectContaining({ examples: [4, 50] }))
    close(Debug.evaluate(Debug.trace(f)(c))(c), f(c), 1e-15)
    const slope = grad((c: V): S => T.sum(f(c)))
    close(Debug.evaluate(Debug.trace(slope)(c))(c), slope(c), 1e-15)
  })
})

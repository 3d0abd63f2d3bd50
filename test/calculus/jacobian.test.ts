import { describe, expect, test } from 'vitest'
import { divergence, grad, hessian, hessianDiagonal, jacobian, jvp, laplacian, vjp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { vmap } from 'pullback/Vmap'
import { close } from './close.js'

type S = T.Tensor<[]>
type V = T.Tensor<[3]>
const scalar = (value: number): S => T.scalar(value, 'float64')
const x: V = T.of([0.3, -1.2, 2], 'float64')

/** A function whose derivatives mix all inputs. */
const f = (y: V): S => T.mul(T.sum(T.sin(y)), T.exp(T.mul(0.3, T.sum(T.square(y)))))
const field = (y: V): { a: T.Tensor<[3, 3]>; b: S } => ({ a: T.outer(y, T.sin(y)), b: f(y) })

describe('jacobian', () => {
  test('forward and reverse agree, for trees of results of any rank', () => {
    const forward = jacobian(field, { mode: 'forward' })(x)
    const reverse = jacobian(field, { mode: 'reverse' })(x)
    expect(forward.a.shape).toEqual([3, 3, 3])
    expect(forward.b.shape).toEqual([3])
    close(forward, reverse, 1e-14)
    close(jacobian(field)(x), forward, 1e-14)
  })

  test('its columns are tangents, its rows are cotangents', () => {
    const matrix = jacobian((y: V) => T.mul(y, T.sum(T.square(y))))(x)
    const v: V = T.of([1, 2, 3], 'float64')
    close(T.matmul(matrix, v), jvp((y: V) => T.mul(y, T.sum(T.square(y))))([x], [v])[1], 1e-14)
    close(T.matmul(v, matrix), vjp((y: V) => T.mul(y, T.sum(T.square(y))))(x)[1](v)[0], 1e-14)
  })

  test('trees of parameters, further arguments, types of their own', () => {
    const model = ({ w, b }: { w: T.Tensor<[2, 3]>; b: T.Tensor<[2]> }, input: V, label: string): T.Tensor<[2]> =>
      label === 'linear' ? T.add(T.matmul(w, input), b) : b
    const at = { w: T.zeros([2, 3]), b: T.zeros([2]) }
    const j = jacobian(model)(at, T.of([1, 2, 3]), 'linear')
    expect(T.toNested(j.w)).toEqual([
      [
        [1, 2, 3],
        [0, 0, 0]
      ],
      [
        [0, 0, 0],
        [1, 2, 3]
      ]
    ])
    expect(T.toNested(j.b)).toEqual([
      [1, 0],
      [0, 1]
    ])
    expect(j.w.dtype).toBe('float32')
  })

  test('a result that does not depend on the parameters, and parameters without elements', () => {
    expect(T.toNested(jacobian((_y: V) => T.ones([2], 'float64'))(x))).toEqual([
      [0, 0, 0],
      [0, 0, 0]
    ])
    for (const mode of ['forward', 'reverse'] as const) {
      expect(jacobian((y: T.Tensor<[0]>) => T.add(T.ones([2]), T.sum(y)), { mode })(T.zeros([0])).shape).toEqual([2, 0])
    }
  })

  test('rows through operations with several results, whose pullbacks are mapped', () => {
    const joined = (y: V): T.Tensor => T.concat([T.sin(y), ...T.split(y, 3)])
    close(jacobian(joined, { mode: 'reverse' })(x), jacobian(joined, { mode: 'forward' })(x), 0)
  })

  test('each block has the type of its parameter, in either mode', () => {
    const mixed = (q: { x: S; y: S }): S => T.mul(q.x, q.y)
    const at = { x: T.scalar(2), y: T.scalar(3, 'float64') }
    for (const mode of ['forward', 'reverse'] as const) {
      const { x: dx, y: dy } = jacobian(mixed, { mode })(at)
      expect([dx.dtype, dy.dtype]).toEqual(['float32', 'float64'])
      const h = hessian(mixed)(at)
      expect([h.x.y.dtype, h.y.x.dtype]).toEqual(['float64', 'float32'])
    }
  })

  test('rejects unknown and wrong options', () => {
    expect(() => jacobian(f, { mode: 'fwd' as 'forward' })(x)).toThrow(
      "jacobian: mode is 'fwd'; expected 'forward' or 'reverse'"
    )
    expect(() => jacobian(f, { modus: 'forward' } as object)(x)).toThrow(
      'jacobian: unknown option modus; expected mode'
    )
  })

  test('of a scalar function it is the gradient', () => {
    close(jacobian(f)(x), grad(f)(x), 1e-15)
  })

  test('rejects leaves that cannot be differentiated, by path', () => {
    expect(() => jacobian((p: { n: T.Tensor }) => p.n)({ n: T.zeros([2], 'int32') })).toThrow(
      'jacobian: n is int32; expected float32 or float64, cast it with T.cast or pass it as a later argument'
    )
    expect(() => jacobian((y: V) => ({ k: T.argmax(y) }))(x)).toThrow(
      'jacobian: k is int32; expected float32 or float64, cast it with T.cast'
    )
  })
})

describe('hessian', () => {
  test('is symmetric, and the derivative of the gradient', () => {
    const h = hessian(f)(x)
    close(h, T.transpose(h), 1e-13)
    close(h, jacobian(grad(f), { mode: 'reverse' })(x), 1e-13)
    close(h, jacobian(jacobian(f, { mode: 'forward' }), { mode: 'forward' })(x), 1e-13)
  })

  test('of trees: every block, and its transpose', () => {
    const g = (p: { u: V; s: S }): S => T.mul(f(p.u), T.square(p.s))
    const h = hessian(g)({ u: x, s: scalar(2) })
    close(h.u.s, h.s.u, 1e-13)
    close(h.u.s, T.mul(grad(f)(x), 4), 1e-13)
    close(h.s.s, T.mul(f(x), 2), 1e-13)
    close(h.u.u, T.mul(hessian(f)(x), 4), 1e-13)
  })

  test('of results of any shape', () => {
    const h = hessian(field)(x)
    expect(h.a.shape).toEqual([3, 3, 3, 3])
    close(h.b, hessian(f)(x), 1e-13)
  })

  test('its own derivative, and mapped', () => {
    expect(jacobian(hessian(f))(x).shape).toEqual([3, 3, 3])
    close(
      jacobian(hessian((y: V) => T.prod(y)))(x),
      jacobian(
        hessian((y: V) => T.prod(y)),
        { mode: 'reverse' }
      )(x),
      0
    )
    close(vmap(hessian(f))(T.stack([x, T.neg(x)])), T.stack([hessian(f)(x), hessian(f)(T.neg(x))]), 1e-14)
  })
})

describe('diagonals and traces', () => {
  test('are those of the matrices', () => {
    const h = hessian(f)(x)
    close(hessianDiagonal(f)(x), T.diagonal(h), 1e-13)
    close(laplacian(f)(x), T.trace(h), 1e-13)
    const flow = (y: V): V => T.mul(T.sin(y), T.sum(T.square(y)))
    close(divergence(flow)(x), T.trace(jacobian(flow)(x)), 1e-14)
  })

  test('of trees and of results of any shape', () => {
    const diagonal = hessianDiagonal((p: { u: V; s: S }) => T.mul(T.sum(T.exp(p.u)), T.square(p.s)))({
      u: x,
      s: scalar(2)
    })
    close(diagonal.u, T.mul(T.exp(x), 4), 1e-14)
    close(diagonal.s, T.mul(T.sum(T.exp(x)), 2), 1e-14)
    const wide = hessianDiagonal((y: V) => T.stack([f(y), T.sum(T.exp(y))]))(x)
    expect(wide.shape).toEqual([2, 3])
    const tree = hessianDiagonal((y: V) => ({ u: T.square(y), v: [T.sum(T.mul(y, T.square(y)))] as const }))(x)
    close(tree.u, T.mul(T.eye(3, 'float64'), 2), 1e-15)
    close(tree.v[0], T.mul(x, 6), 1e-14)
    expect(T.item(divergence((p: {}) => p)({}))).toBe(0)
    const { a, b } = laplacian(field)(x)
    expect(a.shape).toEqual([3, 3])
    close(b, T.trace(hessian(f)(x)), 1e-13)
    close(
      divergence((p: { u: V; s: S }) => Tree.map(p, T.square))({ u: x, s: scalar(3) }),
      T.add(T.sum(T.mul(x, 2)), 6),
      1e-14
    )
  })

  test('are derivatives that have derivatives', () => {
    close(grad((y: V) => laplacian(f)(y))(x), jacobian((y: V) => T.trace(hessian(f)(y)))(x), 1e-12)
    close(vmap(laplacian(f))(T.stack([x, x])), T.stack([laplacian(f)(x), laplacian(f)(x)]), 1e-14)
  })

  test('rejects a field of another shape than its argument', () => {
    const narrow = (y: V): V => T.slice(y, [[0, 2]]) as T.Tensor as V
    expect(() => divergence(narrow)(x)).toThrow(
      'divergence: the result and the argument: the shapes are [2] and [3]; expected equal shapes'
    )
  })
})

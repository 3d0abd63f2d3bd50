import { describe, expect, test } from 'vitest'
import { gaussNewtonVectorProduct, grad, hessian, hvp, jacobian, jvp, linearize, vjp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { close } from './close.js'

type S = T.Tensor<[]>
type V = T.Tensor<[4]>
const x: V = T.of([0.3, -1.2, 2, 0.7], 'float64')
const v: V = T.of([1, -0.5, 0.25, 2], 'float64')
const f = (y: V): S => T.mul(T.sum(T.sin(y)), T.exp(T.mul(0.3, T.sum(T.square(y)))))

describe('hvp', () => {
  test('three ways agree to 1e-12: forward over reverse, reverse over reverse, reverse over forward', () => {
    const forwardOverReverse = hvp(f)(x, v)
    const reverseOverReverse = grad((y: V) => T.dot(grad(f)(y), v))(x)
    const reverseOverForward = grad((y: V) => jvp(f)([y], [v])[1])(x)
    close(forwardOverReverse, reverseOverReverse, 1e-12)
    close(forwardOverReverse, reverseOverForward, 1e-12)
    close(forwardOverReverse, T.matmul(hessian(f)(x), v), 1e-12)
  })

  test('trees, further arguments, and mapped over vectors', () => {
    const g = (p: { u: V; s: S }, by: number): S => T.mul(T.mul(f(p.u), T.square(p.s)), by)
    const at = { u: x, s: T.scalar(2, 'float64') }
    const along = { u: v, s: T.scalar(0, 'float64') }
    close(hvp(g)(at, along, 10).u, T.mul(hvp(f)(x, v), 40), 1e-13)
    const vectors = T.stack([v, x])
    close(vmap((each: V) => hvp(f)(x, each))(vectors), T.stack([hvp(f)(x, v), hvp(f)(x, x)]), 1e-14)
  })

  test('rejects a vector of another shape, by path', () => {
    const wrong = { u: T.zeros([3], 'float64') } as unknown as { u: V }
    expect(() => hvp((p: { u: V }) => f(p.u))({ u: x }, wrong)).toThrow(
      'hvp: the vector at u has shape [3]; expected shape [4]'
    )
  })

  test('rejects leaves that cannot be differentiated, under its own name', () => {
    const int = T.zeros([2], 'int32')
    expect(() => hvp((p: { n: T.Tensor }) => T.sum(p.n))({ n: int }, { n: int })).toThrow(
      'hvp: n is int32; expected float32 or float64, cast it with T.cast or pass it as a later argument'
    )
    expect(() => hvp((y: V) => y as unknown as S)(x, v)).toThrow(
      expect.objectContaining({
        message: 'hvp: the function returned shape [4]; expected a scalar, reduce it with T.sum or T.mean'
      })
    )
    expect(() => hessian((y: V) => T.mul(T.sum(y), T.item(T.sum(y))))(x)).toThrow(
      'item: a value inside hessian was read as numbers; read T.stopGradient(x) instead, or return it as aux with gradWithAux'
    )
    expect(() => hessian((p: { n: T.Tensor }) => T.sum(p.n))({ n: int })).toThrow(
      'hessian: n is int32; expected float32 or float64, cast it with T.cast or pass it as a later argument'
    )
    expect(() => hessian(() => 3 as unknown as S)(x)).toThrow(
      'hessian: the function returned 3; expected a tensor or a tree of tensors, make one with T.scalar'
    )
  })
})

describe('gaussNewtonVectorProduct', () => {
  test('rejects bad input under its own name', () => {
    const product = gaussNewtonVectorProduct(
      (p: { u: V }) => p.u,
      (y: V) => T.sum(y)
    )
    const wrong = { u: T.zeros([3], 'float64') } as unknown as { u: V }
    expect(() => product({ u: x }, wrong)).toThrow(
      'gaussNewtonVectorProduct: the vector at u has shape [3]; expected shape [4]'
    )
    const integers = gaussNewtonVectorProduct(
      (y: V) => T.argmax(y),
      (n: S) => n
    )
    expect(() => integers(x, v)).toThrow(
      'gaussNewtonVectorProduct: the result is int32; expected float32 or float64, cast it with T.cast'
    )
  })

  test("is J' H J v, and the Hessian where the model is linear", () => {
    const model = (y: V): V => T.mul(T.sin(y), T.sum(y))
    const loss = (y: V): S => T.sum(T.exp(T.mul(0.1, y)))
    const j = jacobian(model)(x)
    const h = hessian(loss)(model(x))
    close(gaussNewtonVectorProduct(model, loss)(x, v), T.matmul(T.transpose(j), T.matmul(h, T.matmul(j, v))), 1e-13)
    const linear = (y: V): V => T.mul(y, 3)
    close(gaussNewtonVectorProduct(linear, loss)(x, v), hvp((y: V) => loss(linear(y)))(x, v), 1e-13)
  })
})

describe('linearize', () => {
  const g = (y: V, s: S): { a: V; b: S } => ({ a: T.mul(T.sin(y), s), b: f(y) })
  const s = T.scalar(0.5, 'float64')

  test('is the value and the tangent', () => {
    const [value, derivative] = linearize(g)(x, s)
    const [expected, tangent] = jvp(g)([x, s], [v, s])
    close(value, expected, 0)
    close(derivative(v, s), tangent, 0)
  })

  test('runs the function once', () => {
    let runs = 0
    const [, derivative] = linearize((y: V) => {
      runs++
      return T.sin(y)
    })(x)
    derivative(v)
    derivative(x)
    expect(runs).toBe(1)
  })

  test('nests: its map is differentiated, transposed and mapped', () => {
    const map = linearize((y: V) => T.mul(T.sin(y), T.sum(y)))(x)[1]
    const [, pullback] = vjp((y: V) => T.mul(T.sin(y), T.sum(y)))(x)
    close(vjp(map)(v)[1](v)[0], pullback(v)[0], 1e-14)
    close(vmap(map)(T.eye(4, 'float64')), T.transpose(jacobian((y: V) => T.mul(T.sin(y), T.sum(y)))(x)), 1e-14)
    close(grad((y: V) => T.sum(linearize(T.sin)(y)[1](v)))(x), T.neg(T.mul(T.sin(x), v)), 1e-15)
  })

  test('rejects a tangent of another shape', () => {
    const [, derivative] = linearize((y: V) => y)(x)
    expect(() => derivative(T.zeros([3], 'float64') as T.Tensor as V)).toThrow(
      'linearize: the tangent at [0] has shape [3]; expected shape [4]'
    )
  })
})

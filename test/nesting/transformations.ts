// Every transformation as a change of functions of one number, and the same change of power series.
import { checkpoint, customJvp, customVjp, grad, jvp, linearize, vjp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { type JetFunction, add, derivative, mul, scale } from './jet.js'

export type S = T.Tensor<[]>
export type Scalar = (x: S) => S

export interface Transformation {
  readonly name: string
  readonly apply: (f: Scalar) => Scalar
  /** What that does to a function, without the library. */
  readonly reference: (f: JetFunction) => JetFunction
}

const one = T.scalar(1, 'float64')

const same = (f: JetFunction): JetFunction => f

export const transformations: readonly Transformation[] = [
  { name: 'grad', apply: (f) => grad(f), reference: derivative },
  { name: 'jvp', apply: (f) => (x) => jvp(f)([x], [one])[1], reference: derivative },
  { name: 'vjp', apply: (f) => (x) => vjp(f)(x)[1](one)[0], reference: derivative },
  { name: 'linearize', apply: (f) => (x) => linearize(f)(x)[1](one), reference: derivative },
  {
    // 0.5 f(x) + 0.25 f(x / 2), from a mapped axis of two examples
    name: 'vmap',
    apply: (f) => (x) => T.dot(T.of([0.5, 0.25], 'float64'), vmap(f)(T.stack([x, T.mul(x, 0.5)]))),
    reference: (f) => (x) => add(scale(f(x), 0.5), scale(f(scale(x, 0.5)), 0.25))
  },
  { name: 'checkpoint', apply: (f) => checkpoint(f), reference: same },
  // The same around functions that close over the argument, which inner transformations must not lose or confuse.
  {
    name: 'grad (closure)',
    apply: (f) => (x) => grad((y: S) => T.mul(f(y), x))(x),
    reference: (f) => (x) => mul(x, derivative(f)(x))
  },
  {
    name: 'jvp (closure)',
    apply: (f) => (x) => jvp((y: S) => f(T.mul(x, y)))([one], [one])[1],
    reference: (f) => (x) => mul(x, derivative(f)(x))
  },
  {
    name: 'vmap (closure)',
    apply: (f) => (x) => T.sum(vmap((y: S) => T.mul(f(T.mul(y, x)), x))(T.of([1, 0.5], 'float64'))),
    reference: (f) => (x) => mul(x, add(f(x), f(scale(x, 0.5))))
  },
  {
    name: 'checkpoint (closure)',
    apply: (f) => (x) => checkpoint((y: S) => T.mul(f(x), T.add(x, y)))(x),
    reference: (f) => (x) => mul(f(x), scale(x, 2))
  },
  {
    name: 'customJvp',
    apply: (f) => customJvp(f, (primals, tangents) => jvp(f)(primals, tangents)),
    reference: same
  },
  {
    name: 'customVjp',
    apply: (f) =>
      customVjp(
        (x: S) => [f(x), x] as const,
        (x, ct) => vjp(f)(x)[1](ct)
      ),
    reference: same
  }
]

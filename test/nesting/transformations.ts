// Every transformation as a change of functions of one number, and the same change of power series.
import { cond, scan, whileLoop } from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import { checkpoint, customJvp, customVjp, grad, jvp, linearize, vjp } from 'pullback/Grad'
import { fixedPoint, orThrow, root } from 'pullback/Implicit'
import { odeint } from 'pullback/Ode'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { type Jet, type JetFunction, add, derivative, mul, scale } from './jet.js'

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

/** What a step of a loop does: c -> 0.5 c + 0.2 f(c). */
const relaxed =
  (f: Scalar): Scalar =>
  (c) =>
    T.add(T.mul(c, 0.5), T.mul(f(c), 0.2))
const relaxedJet =
  (f: JetFunction): JetFunction =>
  (c) =>
    add(scale(c, 0.5), scale(f(c), 0.2))
const twice =
  (f: JetFunction): JetFunction =>
  (x) =>
    relaxedJet(f)(relaxedJet(f)(x))

/** The solution y of y = x + 0.05 f(y), of which every iteration makes one more coefficient right. */
const implicitJet =
  (f: JetFunction): JetFunction =>
  (x) => {
    let y: Jet = x
    for (let i = 0; i < 60; i++) y = add(x, scale(f(y), 0.05))
    return y
  }

/** One step of the classical method of Runge and Kutta for y' = 0.2 f(y), from 0 to 1. */
const rungeKuttaJet =
  (f: JetFunction): JetFunction =>
  (x) => {
    const slope: JetFunction = (y) => scale(f(y), 0.2)
    const k1 = slope(x)
    const k2 = slope(add(x, scale(k1, 0.5)))
    const k3 = slope(add(x, scale(k2, 0.5)))
    const k4 = slope(add(x, k3))
    return add(x, scale(add(add(k1, scale(k2, 2)), add(scale(k3, 2), k4)), 1 / 6))
  }

const zeroToOne = T.of([0, 1], 'float64')

/** Those that the matrix takes to depth three. */
export const deep: readonly Transformation[] = [
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
  },
  {
    name: 'scan',
    apply: (f) => (x) => scan((c: S) => [relaxed(f)(c), undefined], { length: 2 })(x)[0],
    reference: twice
  },
  {
    name: 'root',
    apply: (f) => (x) =>
      orThrow(root((y: S, z: S) => T.sub(y, T.add(z, T.mul(f(y), 0.05))), { tolerance: 1e-14 })(x, x)),
    reference: implicitJet
  },
  {
    name: 'trace',
    apply: (f) => (x) => Debug.evaluate(Debug.trace(f)(x))(x),
    reference: same
  }
]

/** The others, and variants. */
export const wide: readonly Transformation[] = [
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
    name: 'scan, checkpointed',
    apply: (f) => (x) => scan((c: S) => [relaxed(f)(c), undefined], { length: 2, checkpointEvery: 1 })(x)[0],
    reference: twice
  },
  {
    name: 'scan (closure), emitting',
    apply: (f) => (x) => T.sum(scan((c: S) => [T.mul(c, 0.5), T.mul(c, f(x))], { length: 2 })(one)[1]),
    reference: (f) => (x) => scale(f(x), 1.5)
  },
  {
    name: 'cond',
    apply: (f) => (x) =>
      cond(
        T.greater(x, 0.1),
        (y: S) => f(y),
        (y: S) => T.mul(y, 100)
      )(x),
    reference: same
  },
  {
    name: 'whileLoop',
    apply: (f) => (x) =>
      whileLoop(
        ({ i }: { i: S; c: S }) => T.less(i, 2),
        ({ i, c }) => ({ i: T.add(i, 1), c: relaxed(f)(c) })
      )({ i: T.scalar(0, 'int32'), c: x }).c,
    reference: twice
  },
  {
    name: 'fixedPoint (closure)',
    apply: (f) => (x) => orThrow(fixedPoint((y: S) => T.add(x, T.mul(f(y), 0.05)), { tolerance: 1e-14 })(x)),
    reference: implicitJet
  },
  {
    name: 'odeint',
    apply: (f) => (x) => T.sum(T.slice(odeint((y: S) => T.mul(f(y), 0.2), { method: 'rk4' })(x, zeroToOne), [[-1]])),
    reference: rungeKuttaJet
  }
]

export const transformations: readonly Transformation[] = [...deep, ...wide]

// Programs to hold passes to: of samples of primitives, their gradients, and some functions with loops.
import * as Control from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import { checkpoint, grad, hessian, jvp, valueAndGrad } from 'pullback/Grad'
import type { Program } from 'pullback/Program'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'

type Vector = T.Tensor<[3]>

/** A program, and inputs to run it at. */
export interface Case {
  readonly name: string
  readonly program: Program
  readonly inputs: readonly T.Tensor[]
}

const x: Vector = T.of([0.5, -0.25, 1.5])
const w: T.Tensor<[3, 3]> = T.of([
  [0.5, 0.25, -0.5],
  [0.125, 1, 0.75],
  [-1, 0.5, 0.25]
])

const of = <Args extends readonly T.Tensor[]>(name: string, f: (...args: Args) => unknown, ...inputs: Args): Case => ({
  name,
  program: Debug.trace(f)(...inputs),
  inputs
})

export const recurrent = (v: Vector, m: T.Tensor<[3, 3]>): T.Tensor<[]> => {
  const [last, all] = Control.scan(
    (c: Vector) => {
      const next = T.tanh(T.matmul(m, c))
      return [next, T.sum(next)]
    },
    { length: 5 }
  )(v)
  return T.add(T.sum(last), T.sum(all))
}

const repeating = (v: Vector): T.Tensor<[]> =>
  T.sum(T.add(T.mul(T.exp(v), T.sin(T.exp(v))), T.mul(T.exp(v), T.sub(T.exp(v), T.exp(v)))))

const choosing = (v: Vector): T.Tensor<[]> =>
  T.sum(
    Control.cond(
      T.greater(T.sum(v), 0),
      (a: Vector): Vector => T.mul(T.exp(a), T.exp(a)),
      (a: Vector): Vector => T.sin(a)
    )(v)
  )

const looping = (v: Vector): T.Tensor<[]> =>
  T.sum(
    Control.whileLoop(
      (c: Vector) => T.less(T.sum(c), 50),
      (c: Vector) => T.add(T.mul(T.exp(c), T.exp(c)), 1),
      { maxSteps: 100 }
    )(v)
  )

const saving = (v: Vector): T.Tensor<[]> => T.sum(checkpoint((a: Vector) => T.mul(T.sin(a), T.sin(a)))(v))

const functions = { repeating, choosing, looping, saving }

export const cases: readonly Case[] = [
  ...Object.entries(functions).flatMap(([name, f]) => [
    of(name, f, x),
    of(`grad of ${name}`, grad(f), x),
    of(`jvp of ${name}`, (v: Vector, t: Vector) => jvp(f)([v], [t]), x, x),
    of(`vmap of grad of ${name}`, vmap(grad(f)), T.stack([x, T.neg(x)])),
    of(
      `second gradient of ${name}`,
      grad((v: Vector) => T.sum(T.square(grad(f)(v)))),
      x
    )
  ]),
  of('recurrent', recurrent, x, w),
  of(
    'valueAndGrad of recurrent',
    (v: Vector, m: T.Tensor<[3, 3]>) => valueAndGrad((p: T.Tensor<[3, 3]>) => recurrent(v, p))(m),
    x,
    w
  ),
  of('hessian of recurrent', (v: Vector, m: T.Tensor<[3, 3]>) => hessian((p: Vector) => recurrent(p, m))(v), x, w)
]

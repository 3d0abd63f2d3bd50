/** Scalar programs: what a gradient costs beside the function, and beside the same function on plain numbers. */
import { grad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { sideBySide, table } from './measure.js'

type S = T.Tensor<[]>
type State = readonly [S, S]
const scalar = (value: number): S => T.scalar(value, 'float64')

// 100 steps of the classical Runge-Kutta method on the predator-prey equations
const steps = 100
const h = 0.01

const field = ([a, b]: State): State => {
  const ab = T.mul(a, b)
  return [T.sub(T.mul(a, 1.5), ab), T.sub(ab, T.mul(b, 3))]
}
const ahead = (y: State, k: State, by: number): State => [T.add(y[0], T.mul(k[0], by)), T.add(y[1], T.mul(k[1], by))]
const combined = (y: S, k1: S, k2: S, k3: S, k4: S): S =>
  T.add(y, T.mul(T.add(T.add(k1, k4), T.mul(T.add(k2, k3), 2)), h / 6))

const rk4 = (start: State): S => {
  let y = start
  for (let i = 0; i < steps; i++) {
    const k1 = field(y)
    const k2 = field(ahead(y, k1, h / 2))
    const k3 = field(ahead(y, k2, h / 2))
    const k4 = field(ahead(y, k3, h))
    y = [combined(y[0], k1[0], k2[0], k3[0], k4[0]), combined(y[1], k1[1], k2[1], k3[1], k4[1])]
  }
  return T.add(y[0], y[1])
}

const rosenbrock = ([x, y]: State): S => T.add(T.square(T.sub(1, x)), T.mul(100, T.square(T.sub(y, T.square(x)))))

const nodes = 1000
const chain = (x: S): S => {
  let y = x
  for (let i = 0; i < nodes; i++) y = T.sin(y)
  return y
}

const ops = steps * 42 + 1

export const scalarPrograms = (): string => {
  const start: State = [scalar(1), scalar(1)]
  const ode = sideBySide([
    ['value', () => rk4(start)],
    ['gradient', () => grad(rk4)(start)],
    ['second derivative', () => grad((p: State) => grad(rk4)(p)[0])(start)]
  ])
  const banana = sideBySide([
    ['value', () => rosenbrock(start)],
    ['gradient', () => grad(rosenbrock)(start)]
  ])
  const x = scalar(1)
  const links = sideBySide([
    ['value', () => chain(x)],
    ['gradient', () => grad(chain)(x)]
  ])
  const perNode =
    (count: number) =>
    ({ median }: { readonly median: number }): string =>
      `${((median / count) * 1e9).toFixed(0)} ns an operation`
  return [
    table(`RK4, 100 steps of a 2-d ODE (${ops} operations); the gradient is to take less than 1 ms`, ode, perNode(ops)),
    table('Rosenbrock in 2-d; the gradient is to take less than 10 us', banana),
    table('A chain of 1,000 sines; the gradient is to take less than 1 us a node', links, perNode(nodes))
  ].join('\n')
}

/** The calculus beyond the gradient: whole Hessians, gradients per example, memory for time. */
import { checkpoint, grad, hessian, hvp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { sideBySide, table } from './measure.js'

type S = T.Tensor<[]>

// Rosenbrock's function in 64 variables
type V = T.Tensor<[64]>
const valley = (x: V): S => {
  const before = T.slice(x, [[0, 63]])
  const after = T.slice(x, [[1, 64]])
  return T.sum(T.add(T.mul(100, T.square(T.sub(after, T.square(before)))), T.square(T.sub(1, before))))
}

const points = 10_000
const wave = (q: T.Tensor<[2]>): S => T.sum(T.mul(T.sin(q), T.exp(T.mul(0.1, q))))

type Wide = T.Tensor<[256]>
const block = (x: Wide): Wide => T.tanh(T.mul(T.sin(x), T.exp(T.mul(0.1, x))))

export const calculus = (): string => {
  const x: V = T.linspace(-1, 1, 64, 'float64')
  const curvature = sideBySide([
    ['gradient', () => grad(valley)(x)],
    ['Hessian times a vector', () => hvp(valley)(x, x)],
    ['Hessian', () => hessian(valley)(x)]
  ])
  const grid = T.reshape(T.linspace(-1, 1, 2 * points, 'float64'), [points, 2])
  const each = Array.from({ length: points }, (_, i): T.Tensor<[2]> => T.reshape(T.slice(grid, [[i, i + 1]]), [2]))
  const perExample = sideBySide([
    ['vmap(grad(f))', () => vmap(grad(wave))(grid)],
    ['a loop of grad(f)', () => each.map((q) => grad(wave)(q))]
  ])
  const start: Wide = T.linspace(-1, 1, 256, 'float64')
  const recomputed = checkpoint((y: Wide) => block(block(block(block(y)))))
  const memory = sideBySide([
    ['plain', () => grad((y: Wide) => T.sum(block(block(block(block(y))))))(start)],
    ['checkpoint', () => grad((y: Wide) => T.sum(recomputed(y)))(start)]
  ])
  return [
    table('Rosenbrock in 64-d; the Hessian is to take less than 5 ms', curvature),
    table(`Gradients at ${points} points of the plane; a loop is to take 20 times as long at least`, perExample),
    table('The gradient of four blocks on 256 numbers, and computed again in the backward pass', memory)
  ].join('\n')
}

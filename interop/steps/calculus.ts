/** What is differentiated beside training: a Hessian, and a simulation. */
import { scan } from 'pullback/Control'
import { grad, hessian, valueAndGrad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { type Sample, sample } from './model.js'

interface Small {
  readonly w: T.Tensor<[2, 3]>
  readonly b: T.Tensor<[3]>
  readonly v: T.Tensor<[3]>
}

const small: Small = {
  w: Random.normal(Random.key(1), [2, 3]),
  b: Random.normal(Random.key(2), [3]),
  v: Random.normal(Random.key(3), [3])
}

/** The squared error of a perceptron 2-3-1: its value, gradient and Hessian. */
const curvature = (): Sample => {
  const loss =
    (x: T.Tensor<[8, 2]>, y: T.Tensor<[8]>) =>
    ({ w, b, v }: Small): T.Tensor<[]> =>
      T.mean(T.square(T.sub(T.matmul(T.tanh(T.add(T.matmul(x, w), b)), v), y)))
  const step = (params: Small, x: T.Tensor<[8, 2]>, y: T.Tensor<[8]>) => {
    const [value, gradient] = valueAndGrad(loss(x, y))(params)
    return { loss: value, gradient, hessian: hessian(loss(x, y))(params) }
  }
  return sample('Hessian', step, [small, Random.normal(Random.key(4), [8, 2]), Random.normal(Random.key(5), [8])])
}

interface Pendulum {
  readonly angle: T.Tensor<[]>
  readonly speed: T.Tensor<[]>
}

/** The gradient of a pendulum's last angle in its start and its length, through 100 steps of the Runge-Kutta method by `scan`. */
const simulation = (): Sample => {
  const h = 0.01
  type Given = { readonly start: Pendulum; readonly length: T.Tensor<[]> }
  const last = ({ start, length }: Given): T.Tensor<[]> => {
    const field = ({ angle, speed }: Pendulum): Pendulum => ({
      angle: speed,
      speed: T.neg(T.div(T.mul(T.sin(angle), 9.81), length))
    })
    const ahead = (y: Pendulum, k: Pendulum, by: number): Pendulum => ({
      angle: T.add(y.angle, T.mul(k.angle, by)),
      speed: T.add(y.speed, T.mul(k.speed, by))
    })
    const step = (y: Pendulum, _: T.Tensor): readonly [Pendulum, T.Tensor<[]>] => {
      const k1 = field(y)
      const k2 = field(ahead(y, k1, h / 2))
      const k3 = field(ahead(y, k2, h / 2))
      const k4 = field(ahead(y, k3, h))
      const next = [ahead(k1, k2, 2), ahead(k4, k3, 2)].reduce((sum, k) => ahead(sum, k, h / 6), y)
      return [next, next.angle]
    }
    return scan(step)(start, T.zeros([100]))[0].angle
  }
  const given = { start: { angle: T.scalar(1), speed: T.scalar(0) }, length: T.scalar(1) }
  const value = (all: Given) => ({ loss: last(all), gradient: grad(last)(all) })
  return sample('RK4 by scan', value, [given])
}

/** The Hessian of a small model, and the gradient of a simulation. */
export const derivatives = (): readonly Sample[] => [curvature(), simulation()]

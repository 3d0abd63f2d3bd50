import { describe, expect, test } from 'vitest'
import { grad, hessian, jvp } from 'pullback/Grad'
import { odeint } from 'pullback/Ode'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { close } from '../calculus/close.js'

type S = T.Tensor<[]>
const scalar = (value: number): S => T.scalar(value, 'float64')
const item = (x: T.Tensor): number => Number(T.item(x))

/** A pendulum without damping: the state is a record, the equation is not linear. */
type Pendulum = { readonly angle: S; readonly speed: S }
const pendulum = ({ angle, speed }: Pendulum, _t: S, gravity: S): Pendulum => ({
  angle: speed,
  speed: T.neg(T.mul(gravity, T.sin(angle)))
})
const start: Pendulum = { angle: scalar(0.5), speed: scalar(0) }
const times = T.of([0, 0.4, 1], 'float64')

/** y' = -rate y + t, whose solution is known. */
const relax = (y: S, t: S, rate: S): S => T.sub(t, T.mul(rate, y))
const exact = (y0: number, t: number, rate: number): number =>
  t / rate - 1 / rate ** 2 + (y0 + 1 / rate ** 2) * Math.exp(-rate * t)

const last = <N extends number>(xs: T.Tensor<[N]>): S => T.reshape(T.slice(xs, [[-1]]), [])

describe('values', () => {
  test('the adaptive method keeps its tolerance', () => {
    for (const tolerance of [1e-4, 1e-7, 1e-10]) {
      const options = { relativeTolerance: tolerance, absoluteTolerance: tolerance }
      const found = odeint(relax, options)(scalar(2), times, scalar(1.5))
      T.toNested(found).forEach((value, i) => {
        expect(Math.abs(Number(value) - exact(2, [0, 0.4, 1][i]!, 1.5))).toBeLessThan(10 * tolerance)
      })
    }
  })

  test('the method of fixed steps is of order 4', () => {
    const error = (steps: number): number =>
      Math.abs(item(last(odeint(relax, { method: 'rk4', steps })(scalar(2), times, scalar(1.5)))) - exact(2, 1, 1.5))
    expect(Math.log2(error(4) / error(8))).toBeGreaterThan(3.8)
    expect(Math.log2(error(4) / error(8))).toBeLessThan(4.3)
  })

  test('both methods agree, on trees, forward and back in time', () => {
    const adaptive = odeint(pendulum)(start, times, scalar(9.81))
    const fixed = odeint(pendulum, { method: 'rk4', steps: 200 })(start, times, scalar(9.81))
    close(adaptive, fixed, 1e-7)
    const end = { angle: last(adaptive.angle), speed: last(adaptive.speed) }
    const back = odeint(pendulum)(end, T.of([1, 0], 'float64'), scalar(9.81))
    close({ angle: last(back.angle), speed: last(back.speed) }, start, 1e-6)
  })

  test('one time, a time twice, float32', () => {
    expect(T.toNested(odeint(relax)(scalar(2), T.of([1], 'float64'), scalar(1)))).toEqual([2])
    expect(T.toNested(odeint(relax)(scalar(2), T.of([1, 1], 'float64'), scalar(1)))).toEqual([2, 2])
    const single = odeint(relax)(T.scalar(2), T.of([0, 1]), T.scalar(1.5))
    expect(single.dtype).toBe('float32')
    expect(item(last(single))).toBeCloseTo(exact(2, 1, 1.5), 3)
    expect(T.toNested(odeint(relax, { method: 'rk4' })(scalar(2), T.of([1], 'float64'), scalar(1)))).toEqual([2])
  })

  test('a state without motion', () => {
    expect(T.toNested(odeint((y: S) => T.mul(y, 0))(scalar(2), times))).toEqual([2, 2, 2])
    expect(T.toNested(odeint((y: S) => T.mul(y, 0))(scalar(0), times))).toEqual([0, 0, 0])
  })
})

describe('derivatives', () => {
  const h = 1e-5
  for (const options of [
    { method: 'dopri5' },
    { method: 'rk4', steps: 50 },
    { method: 'rk4', steps: 50, checkpointEvery: false }
  ] as const) {
    const name = JSON.stringify(options)
    const end = (y0: S, rate: S, until: S): S => last(odeint(relax, options)(y0, T.stack([scalar(0), until]), rate))

    test(`in the state, the argument and the time: ${name}`, () => {
      const [dy, dr, dt] = grad(([y0, rate, until]: readonly [S, S, S]) => end(y0, rate, until))([
        scalar(2),
        scalar(1.5),
        scalar(1)
      ])
      expect(item(dy)).toBeCloseTo(Math.exp(-1.5), 7)
      expect(item(dr)).toBeCloseTo((exact(2, 1, 1.5 + h) - exact(2, 1, 1.5 - h)) / (2 * h), 7)
      expect(item(dt)).toBeCloseTo(1 - 1.5 * exact(2, 1, 1.5), 6)
    })

    test(`forward, second order, closed over, mapped: ${name}`, () => {
      const closing = (rate: S): S =>
        last(odeint((y: S, t: S) => relax(y, t, rate), options)(scalar(2), T.of([0, 1], 'float64')))
      const slope = item(grad((rate: S) => end(scalar(2), rate, scalar(1)))(scalar(1.5)))
      expect(item(grad(closing)(scalar(1.5)))).toBe(slope)
      expect(item(jvp(closing)([scalar(1.5)], [scalar(1)])[1])).toBeCloseTo(slope, 12)
      const second = (item(grad(closing)(scalar(1.5 + h))) - item(grad(closing)(scalar(1.5 - h)))) / (2 * h)
      expect(item(grad(grad(closing))(scalar(1.5)))).toBeCloseTo(second, 5)
      expect(item(hessian(closing)(scalar(1.5)))).toBeCloseTo(second, 5)
      const rates = T.of([0.5, 1.5, 3], 'float64')
      const mapped = vmap(grad(closing))(rates)
      T.toNested(mapped).forEach((value, i) => {
        expect(Number(value)).toBeCloseTo(item(grad(closing)(scalar([0.5, 1.5, 3][i]!))), 6)
      })
    })
  }

  test('checkpointed gradients of fixed steps are the plain ones, bit for bit', () => {
    const loss = (checkpointEvery: boolean | number) => (gravity: S) =>
      last(odeint(pendulum, { method: 'rk4', steps: 20, checkpointEvery })(start, times, gravity).angle)
    const plain = item(grad(loss(false))(scalar(9.81)))
    expect(item(grad(loss(true))(scalar(9.81)))).toBe(plain)
    expect(item(grad(loss(3))(scalar(9.81)))).toBe(plain)
  })
})

describe('errors', () => {
  test('rejects unknown and wrong options', () => {
    expect(() => odeint(relax, { method: 'euler' as 'rk4' })).toThrow(
      "odeint: method is 'euler'; expected 'dopri5' or 'rk4'"
    )
    expect(() => odeint(relax, { steps: 0 })).toThrow('odeint: steps is 0; expected an integer of 1 or more')
    expect(() => odeint(relax, { relativeTolerance: 0 })).toThrow(
      'odeint: relativeTolerance is 0; expected a positive number'
    )
  })

  test('rejects times of another shape or dtype', () => {
    expect(() => odeint(relax)(scalar(1), T.zeros([2, 2]) as T.Tensor as T.Tensor<[number]>, scalar(1))).toThrow(
      'odeint: times has shape [2, 2]; expected shape [n] with n of 1 or more'
    )
    expect(() => odeint(relax)(scalar(1), T.zeros([2], 'int32'), scalar(1))).toThrow(
      'odeint: times is int32; expected float32 or float64, cast it with T.cast'
    )
  })

  test('rejects a slope of another shape, by path', () => {
    const wrong = (_y: { x: S }): { x: S } => ({ x: T.ones([2], 'float64') as T.Tensor as S })
    expect(() => odeint(wrong)({ x: scalar(1) }, times)).toThrow(
      'odeint: the state and its slope differ at x: shape [] and shape [2]; expected equal structures, shapes and dtypes'
    )
  })

  test('rejects too many steps, and a solution that ends', () => {
    expect(() => odeint(relax, { maxSteps: 2 })(scalar(1), T.of([0, 100], 'float64'), scalar(1))).toThrow(
      /^odeint: 2 steps reach t = [\d.e-]+ of 100; raise maxSteps or loosen the tolerances$/
    )
    // y' = y^2 goes to infinity at t = 1
    expect(() => odeint((y: S) => T.square(y))(scalar(1), T.of([0, 2], 'float64'))).toThrow(
      /^odeint: no step from t = (0\.99999|1\.0000)\d* is short enough; expected a solution that goes on to t = 2 with finite slopes$/
    )
  })

  test('rejects a slope that reads values', () => {
    expect(() => odeint((y: S) => T.mul(y, T.item(y)))(scalar(1), times)).toThrow(
      'item: a value inside odeint was read as numbers; a staged function knows shapes only'
    )
  })
})

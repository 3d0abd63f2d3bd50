import { describe, expect, test } from 'vitest'
import * as Debug from 'pullback/Debug'
import { grad, hessian, jvp, valueAndGrad } from 'pullback/Grad'
import { odeint } from 'pullback/Ode'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { close } from '../calculus/close.js'

type S = T.Tensor<[]>
type Inputs = readonly [y0: S, times: T.Tensor<[number]>, rate: S]
const scalar = (value: number): S => T.scalar(value, 'float64')
const times = T.of([0, 0.4, 1], 'float64')
const relax = (y: S, t: S, rate: S): S => T.sub(t, T.mul(rate, y))
const solve = ([y0, at, rate]: Inputs) => odeint(relax)(y0, at, rate)
const here: Inputs = [scalar(2), times, scalar(1.5)]
const there: Inputs = [scalar(-1), T.of([0.2, -1, 3], 'float64'), scalar(0.7)]
const tangent: Inputs = [scalar(0.3), T.of([0.1, -0.2, 0.5], 'float64'), scalar(-1)]
const energy = (f: typeof solve) => (inputs: Inputs) => T.sum(T.square(f(inputs)))

describe('a staged solver', () => {
  const staged = Debug.evaluate(Debug.trace(solve)(here))

  test('is one operation, which chooses its steps when it runs', () => {
    expect(Debug.trace(solve)(here).equations.map(({ primitive }) => primitive.name)).toEqual(['odeint'])
    for (const at of [here, there]) expect(T.toNested(staged(at))).toEqual(T.toNested(solve(at)))
  })

  test('holds the slope as a program, and options and transformations as data', () => {
    const [value, back] = [Debug.trace(solve)(here), Debug.trace(grad(energy(solve)))(here)].map(
      (program) => program.equations.filter(({ primitive: { name } }) => name === 'odeint').at(-1)!.params
    )
    const options = { relativeTolerance: 1e-8, absoluteTolerance: 1e-8, maxSteps: 10_000, checkpointEvery: undefined }
    expect(value).toMatchObject({ ...options, field: { equations: [{}, {}] }, through: [] })
    const through = { transformation: 'vjp', operands: 3, cotangents: [true], given: [false, false, false] }
    expect(back).toMatchObject({ ...options, through: [through] })
  })

  test('of operands that are NaN is NaN', () => {
    expect(T.toNested(staged([scalar(NaN), times, scalar(1)]))).toEqual([NaN, NaN, NaN])
  })

  test('has the derivatives of the other, bit for bit, and of second order', () => {
    for (const at of [here, there]) {
      close(grad(energy(staged))(at), grad(energy(solve))(at), 0)
      close(jvp(staged)([at], [tangent]), jvp(solve)([at], [tangent]), 0)
      const program = Debug.trace(grad(energy(solve)))(here)
      close(Debug.evaluate(program)(at), grad(energy(solve))(at), 0)
      const along = (f: typeof solve) => (rate: S) => energy(f)([at[0], at[1], rate])
      close(hessian(along(staged))(at[2]), hessian(along(solve))(at[2]), 1e-12)
      close(grad(grad(along(staged)))(at[2]), hessian(along(solve))(at[2]), 1e-12)
    }
  })

  test('is mapped inside and outside', () => {
    const rates = T.of([0.1, 1.5, 100], 'float64')
    const each = (f: typeof solve) => (rate: S) => f([scalar(2), times, rate])
    const expected = vmap(each(solve))(rates)
    close(vmap(each(staged))(rates), expected, 1e-14)
    close(Debug.evaluate(Debug.trace(vmap(each(solve)))(rates))(rates), expected, 1e-14)
    const slope = (f: typeof solve) => grad((rate: S) => T.sum(each(f)(rate)))
    close(Debug.evaluate(Debug.trace(vmap(slope(solve)))(rates))(rates), vmap(slope(solve))(rates), 1e-14)
  })

  test('names itself when it needs too many steps', () => {
    const short = Debug.evaluate(
      Debug.trace((y0: S) => odeint((y: S) => T.neg(y), { maxSteps: 1 })(y0, times))(scalar(1))
    )
    expect(() => short(scalar(1))).toThrow(
      /^odeint: 1 step reaches t = [\d.]+ of 0.4; raise maxSteps or loosen the tolerances$/
    )
  })
})

describe('adaptive steps', () => {
  test('are the same with derivatives and without', () => {
    const loss = (y0: S) => T.sum(T.square(solve([y0, times, scalar(1.5)])))
    expect(T.item(valueAndGrad(loss)(scalar(2))[0])).toBe(T.item(loss(scalar(2))))
    const [value] = jvp(loss)([scalar(2)], [scalar(1)])
    expect(T.item(value)).toBe(T.item(loss(scalar(2))))
  })

  test('give the same gradients however many are computed again at a time', () => {
    const slope = (checkpointEvery: number | boolean) =>
      grad(([y0, at, rate]: Inputs) => T.sum(T.square(odeint(relax, { checkpointEvery })(y0, at, rate))))(here)
    for (const every of [true, 1, 3, 1000]) close(slope(every), slope(false), 1e-14)
  })

  test('are those of each example, however stiff the others are', () => {
    const loss = (rate: S) => T.sum(T.square(solve([scalar(2), times, rate])))
    const rates = [0.1, 1.5, 1000]
    const [values, slopes] = vmap(valueAndGrad(loss))(T.of(rates, 'float64'))
    rates.forEach((rate, i) => {
      const [value, slope] = valueAndGrad(loss)(scalar(rate))
      close(T.at(values, i), value, 1e-12)
      close(T.at(slopes, i), slope, 1e-12)
    })
  })

  test('get on where time is coarse', () => {
    const start = 1e7
    const found = odeint((y: S) => T.neg(y))(T.scalar(1), T.of([start, start + 2]))
    expect(T.item(T.at(found, 1))).toBeCloseTo(Math.exp(-2), 3)
  })

  test('start well behind a time that comes twice', () => {
    const found = odeint((y: S) => T.neg(y))(scalar(1), T.of([1, 1, 2], 'float64'))
    expect(T.item(T.at(found, 2))).toBeCloseTo(Math.exp(-1), 7)
  })

  test('have the slope as derivative with respect to a time that comes twice', () => {
    const end = (t: S): S => T.sum(T.slice(odeint((y: S) => T.neg(y))(scalar(3), T.stack([scalar(1), t])), [[-1]]))
    expect(T.item(end(scalar(1)))).toBe(3)
    expect(T.item(grad(end)(scalar(1)))).toBe(-3)
  })

  test('make no infinities of their own', () => {
    const still = Debug.checkFinite((y0: S) => odeint((y: S) => T.mul(y, 0))(y0, times))
    expect(T.toNested(still(scalar(3)))).toEqual([3, 3, 3])
  })
})

describe('states', () => {
  type Pair = { readonly a: S; readonly b: S }

  test('are matched by name, in whatever order the slope has them', () => {
    const f = ({ a }: Pair): Pair => ({ b: T.mul(a, 0), a: T.add(T.mul(a, 0), 1) })
    close(odeint(f)({ a: scalar(0), b: scalar(5) }, times), { a: times, b: T.of([5, 5, 5], 'float64') }, 1e-12)
  })

  test('may be empty', () => {
    for (const method of ['dopri5', 'rk4'] as const) {
      expect(odeint((y: Record<string, never>) => y, { method })({}, times)).toEqual({})
      expect(odeint((y: T.Tensor<[0]>) => y, { method })(T.zeros([0], 'float64'), times).shape).toEqual([3, 0])
    }
  })

  test('of integers, and slopes of another structure, are rejected', () => {
    const whole = odeint(({ a }: { readonly a: S }) => ({ a }))
    expect(() => whole({ a: T.scalar(2, 'int32') }, times)).toThrow(
      'odeint: y0.a is int32; expected float32 or float64, cast it with T.cast or pass it as a later argument'
    )
    expect(() => odeint(({ a }: Pair) => ({ a }) as Pair)({ a: scalar(1), b: scalar(1) }, times)).toThrow(
      'odeint: the state and its slope differ: { a: a tensor of shape [], b: a tensor of shape [] } and { a: a tensor of shape [] }; expected equal structures, shapes and dtypes'
    )
    const float32 = odeint((y: S) => T.cast(y, 'float32'))
    expect(() => float32(scalar(1), times)).toThrow(
      'odeint: the state and its slope differ: float64 and float32; expected equal structures, shapes and dtypes'
    )
  })
})

describe('what is not finite', () => {
  test('is rejected, with its name', () => {
    const decay = odeint((y: S) => T.neg(y))
    expect(() => decay(scalar(1), T.of([0, NaN], 'float64'))).toThrow('odeint: a time is NaN; expected finite times')
    expect(() => decay(scalar(NaN), times)).toThrow(
      'odeint: the state at t = 0 or its slope is not finite; expected finite values'
    )
    expect(() => odeint((y: S) => T.mul(y, NaN))(scalar(1), times)).toThrow(
      'odeint: the state at t = 0 or its slope is not finite; expected finite values'
    )
    const ends = odeint((y: S, t: S) => T.mul(y, T.sqrt(T.sub(0.5, t))))
    expect(() => ends(scalar(1), times)).toThrow(/^odeint: no step from t = 0\.(5|4999)\d* is short enough/)
  })

  test('unknown options, and times that are not a tensor', () => {
    expect(() => odeint(relax, { checkpointEvery: 0 })).toThrow(
      "odeint: checkpointEvery is 0; expected a positive integer, true, false or 'sqrt'"
    )
    const given: unknown = [0, 1]
    expect(() => odeint((y: S) => y)(scalar(1), given as T.Tensor<[number]>)).toThrow(
      'odeint: times is [0, 1]; expected a tensor, make one with T.of or T.scalar'
    )
  })
})

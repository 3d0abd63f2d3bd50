import { describe, expect, test } from 'vitest'
import { scan } from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import { checkpoint, customJvp, customVjp, grad, hessian, jvp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { close } from './close.js'

type S = T.Tensor<[]>
type V = T.Tensor<[3]>
const scalar = (value: number): S => T.scalar(value, 'float64')
const here: V = T.of([0.3, -1.2, 2], 'float64')
const there: V = T.of([1.1, 0.4, -0.7], 'float64')
const tangent: V = T.of([1, -2, 0.5], 'float64')
/** sin, with a rule that is not its derivative, and residuals of several kinds. */
const crooked = customVjp(
  (x: V, n: S) =>
    [
      { y: T.mul(T.sin(x), n), z: T.sum(x) },
      { c: T.exp(x), rest: [n, 'n'] as const }
    ] as const,
  ({ c, rest: [n] }, ct) => [T.add(T.mul(ct.y, T.mul(c, n)), T.mul(ct.z, 3)), undefined]
)
const pulled = (x: V): S => {
  const { y, z } = crooked(x, scalar(2))
  return T.add(T.sum(T.square(y)), z)
}

const pushed = customJvp(
  (x: V) => T.sin(x),
  ([x], [t]) => [T.sin(x), T.mul(t, T.exp(x))]
)
const along = (x: V): S => T.sum(T.square(pushed(x)))

describe.each([
  ['customVjp', pulled],
  ['customJvp', along]
])('%s in a program', (name, f) => {
  const program = Debug.trace(f)(here)
  const staged = Debug.evaluate(program)

  test('is one equation, whose parameters are data', () => {
    const [equation] = program.equations
    expect(equation?.primitive).toMatchObject({ name, kind: 'control' })
    expect(equation?.primitive.programs?.(equation.params)).toHaveLength(2)
    expect(JSON.stringify(Object.values(equation?.params ?? {}).map((each) => typeof each))).not.toContain('function')
  })

  test('has the same value and first derivatives, bit for bit', () => {
    for (const at of [here, there]) {
      close(staged(at), f(at), 0)
      close(grad(staged)(at), grad(f)(at), 0)
      close(jvp(staged)([at], [tangent]), jvp(f)([at], [tangent]), 0)
      close(Debug.evaluate(Debug.trace(grad(f))(here))(at), grad(f)(at), 0)
      close(grad(checkpoint(f))(at), grad(f)(at), 0)
    }
  })

  test('has the same derivatives of second and third order, in mixtures of modes', () => {
    const forward = (g: typeof f) => (x: V) => jvp(g)([x], [tangent])[1]
    for (const of of [
      (g: typeof f) => hessian(g)(there),
      (g: typeof f) => grad(forward(g))(there),
      (g: typeof f) => grad((x: V) => T.sum(T.square(grad(g)(x))))(there),
      (g: typeof f) => forward(forward(g))(there),
      (g: typeof f) => grad(forward(forward(g)))(there)
    ]) {
      close(of(staged), of(f), 1e-13)
      close(of(checkpoint(f)), of(f), 1e-13)
      close(Debug.evaluate(Debug.trace((_: S) => of(f))(scalar(0)))(scalar(0)), of(f), 1e-13)
    }
  })

  test('is mapped inside and outside, and goes through scan', () => {
    const xs = T.stack([here, there])
    close(vmap(staged)(xs), vmap(f)(xs), 0)
    close(vmap(grad(staged))(xs), vmap(grad(f))(xs), 0)
    close(Debug.evaluate(Debug.trace((all: T.Tensor<[2, 3]>) => vmap(grad(f))(all))(xs))(xs), vmap(grad(f))(xs), 1e-15)
    const mapped = Debug.trace((all: T.Tensor<[2, 3]>) => T.sum(vmap(f)(all)))(xs)
    expect(mapped.equations.some(({ primitive }) => primitive.name === name)).toBe(true)
    close(grad(Debug.evaluate(mapped))(xs), vmap(grad(f))(xs), 1e-15)
    const loop = (x: V): S =>
      scan((carry: S, each: V) => [T.add(carry, T.mul(carry, f(T.mul(x, each)))), undefined], { checkpointEvery: 1 })(
        scalar(1),
        xs
      )[0]
    const plain = (x: V): S => {
      const step = (carry: S, each: V): S => T.add(carry, T.mul(carry, f(T.mul(x, each))))
      return step(step(scalar(1), here), there)
    }
    close(grad(loop)(tangent), grad(plain)(tangent), 1e-13)
  })
})

describe('a rule that cannot be staged', () => {
  const reading = customVjp(
    (x: S) => [T.square(x), { x }] as const,
    ({ x }, ct) => [T.mul(ct, T.item(x) > 0 ? 2 : -2)]
  )
  const readingJvp = customJvp(
    (x: S) => T.square(x),
    ([x], [t]) => [T.square(x), T.mul(t, T.item(x) > 0 ? 2 : -2)]
  )
  const refusing = customVjp(
    (x: S) => [T.square(x), {}] as const,
    () => {
      throw new Error('no derivative')
    }
  )

  test.each([
    ['reads values', reading],
    ['reads values, forward', readingJvp]
  ])('stays with its function: it %s', (_, f) => {
    const program = Debug.trace(f)(scalar(1))
    expect(program.equations.map(({ primitive }) => primitive.kind)).toEqual(['opaque'])
    const staged = Debug.evaluate(program)
    for (const at of [scalar(3), scalar(-3)]) {
      close(staged(at), f(at), 0)
      close(grad(staged)(at), grad(f)(at), 0)
    }
    const again = Debug.evaluate(Debug.trace(staged)(scalar(1)))
    close(grad(again)(scalar(-3)), scalar(-2), 0)
  })

  test('fails where its derivative is taken, and not before', () => {
    const staged = Debug.evaluate(Debug.trace(refusing)(scalar(1)))
    expect(T.item(staged(scalar(3)))).toBe(9)
    expect(() => grad(staged)(scalar(3))).toThrow('no derivative')
    expect(() => Debug.trace(grad(refusing))(scalar(3))).toThrow('no derivative')
    expect(() => Debug.trace(grad(reading))(scalar(3))).toThrow('was read as numbers')
  })

  test('may close over a staged value as long as no derivative is taken', () => {
    const f = (x: S, y: S): S =>
      customVjp(
        (z: S) => [T.square(z), {}] as const,
        (_, ct) => [T.mul(ct, y)]
      )(x)
    const program = Debug.trace(f)(scalar(1), scalar(2))
    expect(program.equations.map(({ primitive }) => primitive.kind)).toEqual(['opaque'])
    expect(() => grad((x: S) => Debug.evaluate(program)(x, scalar(2)))(scalar(1))).toThrow(
      'customVjp: a rule closes over a value inside'
    )
  })
})

import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { checkpoint, grad, hvp, jvp } from 'pullback/Grad'
import { type FixedPointOptions, type NotConverged, fixedPoint, orThrow } from 'pullback/Implicit'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { vmap } from 'pullback/Vmap'
import { close } from '../calculus/close.js'

type S = T.Tensor<[]>
const scalar = (value: number): S => T.scalar(value, 'float64')
const item = (x: T.Tensor): number => Number(T.item(x))
const normal = (seed: number, shape: readonly number[]): T.Tensor =>
  T.cast(Random.normal(Random.key(seed), shape), 'float64')

const left = <X>(solution: E.Either<NotConverged, X>): NotConverged => {
  if (E.isLeft(solution)) return solution.left
  throw new Error('a solution')
}

interface Params {
  readonly w: T.Tensor
  readonly b: T.Tensor
}

/** The layer of a deep equilibrium model: z = tanh(W z + b), a contraction. */
const layer = (z: T.Tensor, { w, b }: Params): T.Tensor => T.tanh(T.add(T.matmul(w, z), b))
const n = 6
const params: Params = { w: T.mul(normal(1, [n, n]), 0.15), b: normal(2, [n]) }
const zeros = T.zeros([n], 'float64') as T.Tensor
const exactly: FixedPointOptions<T.Tensor> = { tolerance: 1e-15 }

const equilibrium =
  (options: FixedPointOptions<T.Tensor>) =>
  (p: Params): T.Tensor =>
    orThrow(fixedPoint(layer, options)(zeros, p))

const unrolled = (p: Params): T.Tensor => {
  let z = zeros
  for (let i = 0; i < 80; i++) z = layer(z, p)
  return z
}

const loss = (model: (p: Params) => T.Tensor) => (p: Params) => T.sum(T.square(T.add(model(p), 1)))

describe.each(['iteration', 'anderson'] as const)('fixedPoint (%s)', (method) => {
  test('is where the iterations written out arrive', () => {
    close(equilibrium({ ...exactly, method })(params), unrolled(params), 1e-15)
  })

  test('gradients equal those of the iterations written out', () => {
    const implicit = grad(loss(equilibrium({ ...exactly, method })))(params)
    close(implicit, grad(loss(unrolled))(params), 1e-14)
  })

  test('to the tolerance, where that is coarser', () => {
    const exact = grad(loss(unrolled))(params)
    for (const tolerance of [1e-4, 1e-7, 1e-10]) {
      close(grad(loss(equilibrium({ tolerance, method })))(params), exact, 20 * tolerance)
    }
  })

  test('tangents and second derivatives too', () => {
    const v: Params = { w: normal(3, [n, n]), b: normal(4, [n]) }
    const f = loss(equilibrium({ ...exactly, method }))
    close(jvp(f)([params], [v]), jvp(loss(unrolled))([params], [v]), 1e-14)
    close(hvp(f)(params, v), hvp(loss(unrolled))(params, v), 1e-13)
    close(grad((p: Params) => jvp(f)([p], [v])[1])(params), hvp(loss(unrolled))(params, v), 1e-13)
  })

  test('closing over the parameters gives the same', () => {
    const closing = (p: Params): T.Tensor =>
      orThrow(fixedPoint((z: T.Tensor) => layer(z, p), { ...exactly, method })(zeros))
    close(grad(loss(closing))(params), grad(loss(unrolled))(params), 1e-14)
  })

  test('mapped, and under checkpoint', () => {
    const bs = normal(5, [4, n])
    const each = (model: (p: Params) => T.Tensor) => vmap(grad((b: T.Tensor) => loss(model)({ w: params.w, b })))(bs)
    close(each(equilibrium({ ...exactly, method })), each(unrolled), 1e-13)
    close(grad(checkpoint(loss(equilibrium({ ...exactly, method }))))(params), grad(loss(unrolled))(params), 1e-13)
  })
})

describe('anderson', () => {
  test('takes fewer calls where the iteration contracts slowly', () => {
    // Eigenvalues up to 0.99: plain iteration needs some 2000 calls, combination a few per eigenvalue.
    const d = T.of([0.99, 0.9, -0.95, 0.5], 'float64')
    const f = (x: T.Tensor): T.Tensor => T.add(T.mul(d, x), 1)
    const start = T.zeros([4], 'float64') as T.Tensor
    expect(E.isLeft(fixedPoint(f)(start))).toBe(true)
    const x = orThrow(fixedPoint(f, { method: 'anderson', maxIterations: 8 })(start))
    close(x, T.reciprocal(T.sub(1, d)), 1e-8)
  })

  test('with a memory that is too small is no better than it is', () => {
    const d = T.of([0.99, 0.9, -0.95, 0.5], 'float64')
    const f = (x: T.Tensor): T.Tensor => T.add(T.mul(d, x), 1)
    const start = T.zeros([4], 'float64') as T.Tensor
    expect(E.isLeft(fixedPoint(f, { method: 'anderson', memory: 1, maxIterations: 8 })(start))).toBe(true)
  })
})

describe('fixedPoint', () => {
  test('of trees, in float32', () => {
    interface Pair {
      readonly a: T.Tensor
      readonly b: readonly [T.Tensor]
    }
    const f = ({ a, b: [b] }: Pair): Pair => ({ a: T.mul(T.cos(b), 0.5), b: [T.mul(T.sin(a), 0.5)] })
    const x = orThrow(fixedPoint(f)({ a: T.zeros([2]), b: [T.zeros([2])] }))
    expect(Tree.leaves(x).map(({ dtype }) => dtype)).toEqual(['float32', 'float32'])
    close(f(x), x, 1e-5)
  })

  test('with a solver of the user, who may look for it in another way', () => {
    const solver = (f: (x: S) => T.Tensor, x: S): S => {
      let [low, high] = [item(x), 2]
      while (high - low > 1e-15) {
        const middle = (low + high) / 2
        if (item(f(scalar(middle))) > middle) low = middle
        else high = middle
        if (middle === low && middle === high) break
        if ((low + high) / 2 === low || (low + high) / 2 === high) break
      }
      return scalar(low)
    }
    const cosine = (a: S): S => orThrow(fixedPoint((x: S, a: S) => T.cos(T.mul(a, x)), { solver })(scalar(0), a))
    const x = item(cosine(scalar(1)))
    expect(x).toBeCloseTo(0.7390851332151607, 14)
    expect(item(grad(cosine)(scalar(1)))).toBeCloseTo((-x * Math.sin(x)) / (1 + Math.sin(x)), 14)
  })

  test('of many unknowns: derivatives by gmres', () => {
    const m = 300
    const b = normal(7, [m])
    const f = (x: T.Tensor, b: T.Tensor): T.Tensor => T.add(T.mul(T.tanh(T.roll(x, 1)), 0.5), b)
    const direct = (options: FixedPointOptions<T.Tensor>) =>
      grad((b: T.Tensor) => T.sum(T.square(orThrow(fixedPoint(f, options)(T.zeros([m], 'float64'), b)))))(b)
    close(direct({}), direct({ linear: { method: 'direct' } }), 1e-8)
  })
})

describe('no fixed point is a Left with a sentence', () => {
  test('slow', () => {
    expect(left(fixedPoint((x: S) => T.mul(T.add(x, 1), 0.5), { maxIterations: 3 })(scalar(0))).message).toBe(
      "fixedPoint: the residual is 6.3e-2 after 3 iterations; expected at most 1e-10, raise maxIterations or use method 'anderson'"
    )
    expect(left(fixedPoint((x: S) => T.cos(x), { maxIterations: 2, method: 'anderson' })(scalar(0))).message).toMatch(
      /^fixedPoint \(anderson\): the residual is .* after 2 iterations; expected at most 1e-10, raise maxIterations$/
    )
  })

  test('diverging', () => {
    expect(left(fixedPoint((x: S) => T.mul(x, 1e100))(scalar(1))).message).toBe(
      'fixedPoint: the residual is Infinity after 3 iterations, where values are no longer finite; expected at most 1e+290, start nearer to a fixed point, or look for it with root'
    )
  })

  test('options', () => {
    const f = (x: S): S => x
    const refused = (options: object) => () => fixedPoint(f, options)(scalar(1))
    expect(refused({ method: 'newton' })).toThrow("fixedPoint: method is 'newton'; expected 'iteration' or 'anderson'")
    expect(refused({ memory: 0 })).toThrow('fixedPoint: memory is 0; expected an integer of at least 1')
    expect(refused({ maxIterations: -3 })).toThrow('fixedPoint: maxIterations is -3; expected an integer of at least 1')
  })
})

// The pullback of a loop where no list of its carries can be kept: the bits of the one that keeps them, in n log n steps.
import { describe, expect, test } from 'vitest'
import { whileLoop } from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import { grad, hvp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { decompose } from '../../src/compile/export/decompose.js'
import { substitutes } from '../../src/compile/export/substitutes.js'
import { levelsOf } from '../../src/control/checkpoints.js'
import { whileBackwardPrimitive } from '../../src/control/whilePrimitive.js'
import type { Program } from '../../src/primitive/model.js'
import { run } from '../../src/transform/program.js'
import { numbers, scalar, staged, vector } from './support.js'

type State = { readonly x: T.Tensor<[3]>; readonly n: T.Tensor<[]>; readonly odd: T.Tensor<[]> }

/** A loop of so many steps, whose carry has floats, an int32 and a bool; `seen` is called at each step. */
const loopOf =
  (maxSteps: number, seen?: () => void) =>
  (w: T.Tensor<[3]>, count: T.Tensor<[]>): T.Tensor<[]> => {
    const watched = (x: T.Tensor<[3]>): T.Tensor<[3]> => (seen === undefined ? x : Debug.tap(seen)(x))
    const { x } = whileLoop(
      ({ n }: State) => T.less(n, count),
      ({ x, n, odd }) => ({
        x: T.where(odd, T.sin(T.mul(w, watched(x))), T.mul(x, w)),
        n: T.add(n, 1),
        odd: T.logicalNot(odd)
      }),
      { maxSteps }
    )({ x: T.add(w, 0.25), n: T.scalar(0, 'int32'), odd: T.scalar(false, 'bool') })
    return T.sum(x)
  }

const w = T.of([1.25, -1.5, 0.75], 'float64')
const int = (n: number): T.Tensor<[]> => T.scalar(n, 'int32')

/** The gradient of a loop as a program, and the same where the carries cannot be kept. */
const gradients = (f: ReturnType<typeof loopOf>): { readonly kept: Program; readonly again: Program } => {
  const kept = Debug.trace((w: T.Tensor<[3]>, n: T.Tensor<[]>) => grad((w: T.Tensor<[3]>) => f(w, n))(w))(w, int(1))
  const ruleRefuses = ({ primitive }: Program['equations'][number]): string | undefined =>
    primitive === whileBackwardPrimitive ? 'it keeps a list' : undefined
  const { program } = decompose(kept, { format: 'a test', has: () => true, ruleRefuses }, substitutes)
  return { kept, again: program }
}

describe('the bits are those of the pullback that keeps all carries', () => {
  test.each([40, 64, 1e6, Infinity])('of at most %d steps', (maxSteps) => {
    const { kept, again } = gradients(loopOf(maxSteps))
    expect(again.equations.map(({ primitive }) => primitive.name)).not.toContain('whileLoopBackward')
    for (let n = 0; n <= 40; n++) {
      expect([n, numbers(run(again, [w, int(n)]))]).toEqual([n, numbers(run(kept, [w, int(n)]))])
    }
  })

  test.each([1, 2, 3])('of at most %d steps, which are made', (maxSteps) => {
    const { kept, again } = gradients(loopOf(maxSteps))
    for (let n = 0; n <= maxSteps; n++) {
      expect(numbers(run(again, [w, int(n)]))).toEqual(numbers(run(kept, [w, int(n)])))
    }
  })

  test('of examples that end at different steps', () => {
    const { kept, again } = gradients(loopOf(100))
    const counts = T.of([0, 1, 7, 8, 30, 2], 'int32')
    const all = (program: Program) => vmap((n: T.Tensor<[]>) => run(program, [w, n])[0]!)(counts)
    expect(numbers(all(again))).toEqual(numbers(all(kept)))
  })
})

describe('steps', () => {
  test('there are as many levels as a number of steps has bits', () => {
    expect([0, 1, 2, 3, 4, 5, 1e6, 2 ** 31, Infinity].map(levelsOf)).toEqual([1, 1, 1, 2, 2, 3, 20, 31, 31])
  })

  test.each([1, 2, 10, 100, 1000])('n = %d takes n log2(n) / 2 steps more than keeping all', (n) => {
    let seen = 0
    const { kept, again } = gradients(loopOf(2000, () => void seen++))
    const steps = (program: Program): number => {
      seen = 0
      run(program, [w, int(n)])
      return seen
    }
    const all = steps(kept)
    expect(steps(again)).toBeLessThanOrEqual(all + n + (n * Math.ceil(Math.log2(n) + 1)) / 2)
  })
})

test('derivatives of a staged gradient, of some hundred steps', () => {
  type S = T.Tensor<[]>
  const damped = (rate: S): S =>
    whileLoop(
      ({ n }: { x: S; n: S }) => T.less(n, 400),
      ({ x, n }) => ({ x: T.sub(x, T.mul(rate, x)), n: T.add(n, 1) })
    )({ x: scalar(1), n: int(0) }).x
  const second = 400 * 399 * (1 - 1e-4) ** 398
  for (const f of [damped, staged(damped)]) {
    expect(T.item(grad(grad(f))(scalar(1e-4))) / second).toBeCloseTo(1, 9)
    expect(T.item(hvp(f)(scalar(1e-4), scalar(1))) / second).toBeCloseTo(1, 9)
  }
})

test('second derivatives of staged loops whose examples end at different steps', () => {
  type S = T.Tensor<[]>
  const halved = whileLoop(
    ({ x }: { x: S; rate: S }) => T.greater(x, 0.5),
    ({ x, rate }) => ({ x: T.sub(x, T.mul(rate, x)), rate })
  )
  const f = (rate: S): S => halved({ x: scalar(1), rate }).x
  const rates = [0.02, 0.05, 0.3, 0.45]
  const found = numbers(vmap(grad(grad(staged(f))))(vector(rates)))[0]!
  rates.forEach((rate, i) => expect(found[i]! / T.item(grad(grad(f))(scalar(rate)))).toBeCloseTo(1, 10))
})

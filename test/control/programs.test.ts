// The programs in parameters: taken out and put back, as they are or made again, they change nothing.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { draw } from 'pullback/Arbitrary'
import type { Params, Primitive } from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
import { callMapped } from '../../src/calculus/batching.js'
import { checkpointPrimitive } from '../../src/calculus/checkpoint.js'
import { customJvpPrimitive, customVjpPrimitive } from '../../src/calculus/customPrimitive.js'
import { pullBack, pushForward } from '../../src/calculus/leafwise.js'
import { condPrimitive } from '../../src/control/condPrimitive.js'
import { scanPrimitive } from '../../src/control/scanPrimitive.js'
import { whileBackwardPrimitive, whilePrimitive } from '../../src/control/whilePrimitive.js'
import { implicitPrimitive } from '../../src/implicit/equation.js'
import { linearSolvePrimitive } from '../../src/implicit/linearSystem.js'
import { odeintPrimitive } from '../../src/ode/solution.js'
import { bind } from '../../src/primitive/bind.js'
import type { Program } from '../../src/primitive/model.js'
import { run } from '../../src/transform/program.js'
import { stage } from '../../src/transform/stage.js'
import { numbers } from './support.js'

interface Call {
  readonly primitive: Primitive
  readonly operands: readonly T.Tensor[]
  readonly params: Params
}

/** A call at a sample; and the same mapped over two examples, as staging writes it down. */
const callsOf = (primitive: Primitive, seed: number): readonly Call[] => {
  const [from] = fc.sample(draw({ maxElements: 6 }), { numRuns: 1, seed })
  const { operands, params } = primitive.sample!(from!)
  const examples = operands.map((x) => T.stack([x, x]))
  const { program } = stage('vmap', examples, (leaves) =>
    callMapped(
      'vmap',
      2,
      leaves,
      leaves.map(() => true),
      (each) => bind(primitive, each, params)
    )
  )
  const mapped = program.equations.filter(({ operands }) => operands.every((x) => program.inputs.some((y) => x === y)))
  return [
    { primitive, operands, params },
    ...mapped
      .filter((each) => each.primitive.programs !== undefined && each.operands.length === operands.length)
      .map((each) => ({
        primitive: each.primitive,
        params: each.params,
        operands: each.operands.map((x) => examples[program.inputs.findIndex((y) => x === y)]!)
      }))
  ]
}

const again = (program: Program): Program => stage('again', program.inputs, (leaves) => run(program, leaves)).program

/** Values, tangents and cotangents of a call, the seeds being the operands and results themselves. */
const behaviour = ({ primitive, operands, params }: Call): unknown => {
  const f = (leaves: readonly T.Tensor[]): readonly T.Tensor[] => bind(primitive, leaves, params)
  const isFloat = ({ dtype }: T.Tensor): boolean => dtype === 'float32' || dtype === 'float64'
  const floats = (list: readonly T.Tensor[]) => list.map((x) => (isFloat(x) ? x : undefined))
  const { value, tangent } = pushForward('jvp', f, operands, floats(operands))
  const { pull } = pullBack('vjp', f, operands)
  const there = (list: readonly (T.Tensor | undefined)[]) => list.map((x) => (x === undefined ? 'none' : numbers(x)))
  return [there(value), there(tangent), there(pull(floats(value)))]
}

describe.each([
  ['checkpoint', checkpointPrimitive],
  ['customVjp', customVjpPrimitive],
  ['customJvp', customJvpPrimitive],
  ['odeint', odeintPrimitive],
  ['cond', condPrimitive],
  ['scan', scanPrimitive],
  ['whileLoop', whilePrimitive],
  ['whileLoopBackward', whileBackwardPrimitive],
  ['linearSolve', linearSolvePrimitive],
  ['implicit', implicitPrimitive]
] satisfies readonly (readonly [string, Primitive])[])('%s', (_, primitive: Primitive) => {
  test.each([1, 2, 3, 4, 5, 6])('holds programs that may be replaced by their like, seed %i', (seed) => {
    for (const call of callsOf(primitive, seed)) {
      const programs = call.primitive.programs!(call.params)
      expect(programs.length).toBeGreaterThan(0)
      const same = call.primitive.withPrograms!(call.params, programs)
      expect(call.primitive.programs!(same)).toEqual(programs)
      expect(same).toEqual(call.params)
      const made = programs.map(again)
      const other = call.primitive.withPrograms!(call.params, made)
      const found = call.primitive.programs!(other)
      expect(found.length).toBe(made.length)
      found.forEach((program, i) => expect(program).toBe(made[i]))
      expect(behaviour({ ...call, params: other })).toEqual(behaviour(call))
    }
  })
})

test.each([
  ['linearSolve', linearSolvePrimitive],
  ['implicit', implicitPrimitive]
] satisfies readonly (readonly [string, Primitive])[])(
  '%s mapped is the same operation, of examples',
  (_, primitive) => {
    const [, mapped] = callsOf(primitive, 1)
    expect(mapped?.primitive).toBe(primitive)
    expect(mapped?.params).toMatchObject({ examples: [2] })
  }
)

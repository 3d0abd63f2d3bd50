// Programs of single primitives at their samples: of the value, and of its pullback along a cotangent.
import type * as fc from 'fast-check'
import { isFloat } from 'pullback/DType'
import * as Debug from 'pullback/Debug'
import { vjp } from 'pullback/Grad'
import { type Primitive, bind } from 'pullback/Primitive'
import type { Program } from 'pullback/Program'
import type { Tensor } from 'pullback/Tensor'
import { draw } from '../../src/arbitrary/draw.js'
import { sampleOf } from '../../src/law/suite.js'

type Tensors = readonly Tensor[]

/** A primitive as a function of its float operands, and some of those. */
export interface Sampled {
  readonly f: (...floats: Tensors) => Tensors
  readonly floats: Tensors
  /** Of the float results. */
  readonly cotangents: Tensors
}

export const sampled = (primitive: Primitive): fc.Arbitrary<Sampled> =>
  draw({ maxElements: 12 }).map((from) => {
    const { operands, params } = sampleOf(primitive, from)
    const floats = operands.filter(({ dtype }) => isFloat(dtype))
    const f = (...given: Tensors): Tensors => {
      let next = 0
      const all = operands.map((operand) => (isFloat(operand.dtype) ? given[next++]! : operand))
      return bind(primitive, all, params).filter(({ dtype }) => isFloat(dtype))
    }
    return { f, floats, cotangents: f(...floats) }
  })

/** A program, and inputs to run it at. */
export interface Case {
  readonly program: Program
  readonly inputs: Tensors
}

export const programOf = (primitive: Primitive): fc.Arbitrary<Case> =>
  sampled(primitive).map(({ f, floats, cotangents }) => {
    const n = floats.length
    const both = (...all: Tensors): Tensors => {
      const given = all.slice(0, n)
      const [value, pull] = vjp((...moved: Tensors) => f(...moved))(...given)
      return [...value, ...pull(all.slice(n))]
    }
    const inputs = [...floats, ...cotangents]
    return { program: Debug.trace(both)(...inputs), inputs }
  })

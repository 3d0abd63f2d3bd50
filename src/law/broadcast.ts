/** The law of functions of two operands that broadcast: as the user calls them. */
import { none } from '../primitive/model.js'
import * as fc from 'fast-check'
import { type Drawing, draw } from '../arbitrary/draw.js'
import { bindOne } from '../primitive/bind.js'
import type { HasPrimitive } from '../primitive/op.js'
import { type Shape, broadcast as together, size } from '../shape/model.js'
import { type Tensor, isTensor } from '../tensor/model.js'
import { broadcastToShape } from '../tensor/structural.js'
import { compare } from './compare.js'
import { pull } from './derivative.js'
import { adjoint } from './exact.js'
import { finiteDifferences } from './finite.js'
import { judge } from './toError.js'
import { literal } from './literal.js'
import { type Verdict, all } from './model.js'
import { salts } from './property.js'
import { latticeLike } from './directions.js'
import { type Subject, reachOfAll } from './subject.js'
import { type NamedProperty, sampleOf } from './suite.js'
import { subsets } from './sharing.js'
import { flat, largest, tensorAt } from './values.js'

/**
 * A function of two operands with a primitive behind it, as `binary` makes.
 *
 * @example
 * import type { BinaryFunction } from 'pullback/Law'
 * import * as T from 'pullback/Tensor'
 *
 * const combine: BinaryFunction = T.add
 * combine.primitive.name // => 'add'
 */
export interface BinaryFunction extends HasPrimitive {
  (a: Tensor, b: Tensor): Tensor
}

/** A shape that broadcasts to the given one: without leading axes, and with sizes of 1. */
const part = (from: Drawing, shape: Shape): Shape =>
  shape.slice(from.integer(0, shape.length)).map((n) => (from.integer(0, 2) === 0 ? 1 : n))

/** Operands of two shapes, each in the domain that the primitive's sample drew it from; all different, where it is one. */
const operandsOf = (f: HasPrimitive, from: Drawing): readonly [Tensor, Tensor, Map<Tensor, readonly number[]>] => {
  const { operands } = sampleOf(f.primitive, from)
  const domains = operands.map(from.domainOf)
  const [first, second] = domains
  if (first === undefined || second === undefined) {
    throw new Error(
      `${f.primitive.name}: operands of its sample have no domain; expected operands that the draw of the sample made`
    )
  }
  const result = from.shape()
  const shapes = [part(from, result), part(from, result)] as const
  const [m, n] = [size(shapes[0]), size(shapes[1])]
  if (first !== second) {
    const a = from.tensor(shapes[0], first)
    const b = from.tensor(shapes[1], second)
    return [a, b, new Map([a, b].map((x) => [x, from.reachOf(x) ?? []]))]
  }
  const both = from.distinct([m + n], first)
  const reach = from.reachOf(both) ?? []
  const a = tensorAt(shapes[0], 'float64', flat([both]))
  const b = tensorAt(shapes[1], 'float64', flat([both]), m)
  return [a, b, new Map([[a, reach.slice(0, m)] as const, [b, reach.slice(m)] as const])]
}

const subjectOf = (f: BinaryFunction, from: Drawing): Subject => {
  const [a, b, reach] = operandsOf(f, from)
  const apply = ([x, y]: readonly Tensor[]): readonly Tensor[] => [f(x!, y!)].filter(({ dtype }) => dtype === 'float64')
  const value = apply([a, b])
  return {
    name: f.primitive.name,
    inputs: [a, b],
    paths: ['operand 0', 'operand 1'],
    resultPaths: ['the result'],
    reach: reachOfAll([a, b], (x) => reach.get(x)),
    smooth: true,
    f: apply,
    value,
    natural: largest(flat(value)),
    literals: () => [a, b].map(literal)
  }
}

/** The primitive on operands that were broadcast beforehand gives the same value and cotangents, to the bit. */
const agreesWithPrimitive = (f: BinaryFunction, subject: Subject, salt: number): Verdict => {
  const { inputs, value, paths, resultPaths } = subject
  const [a, b] = inputs
  const shape = together(a!.shape, b!.shape) ?? []
  const direct = ([x, y]: readonly Tensor[]): readonly Tensor[] => [
    bindOne(f.primitive, [broadcastToShape(x!, shape), broadcastToShape(y!, shape)], none)
  ]
  const expected = flat([f(a!, b!)])
  const u = latticeLike(salt, value)
  const pulled = u.length === 0 ? new Float64Array(0) : flat(pull(direct, inputs, u))
  const law = 'broadcast'
  const exact = (list: Float64Array): Float64Array => new Float64Array(list.length)
  return all([
    () =>
      compare(subject, {
        law,
        order: 0,
        what: 'the function and its primitive disagree',
        automatic: flat(direct(inputs)),
        expected,
        bound: exact(expected),
        like: direct(inputs),
        paths: resultPaths
      }),
    () =>
      compare(subject, {
        law,
        order: 1,
        what: 'the vjp of the function and of its primitive disagree',
        automatic: u.length === 0 ? pulled : flat(pull(subject.f, inputs, u)),
        expected: pulled,
        bound: exact(pulled),
        like: inputs,
        paths
      })
  ])
}

/**
 * Whether a function takes two operands and broadcasts them, as those that `binary` makes do.
 *
 * @example
 * import * as Law from 'pullback/Law'
 * import * as T from 'pullback/Tensor'
 *
 * Law.broadcasts(T.add) // => true
 * Law.broadcasts(T.neg) // => false
 */
export const broadcasts = (f: unknown): f is BinaryFunction => {
  if (typeof f !== 'function' || !('primitive' in f)) return false
  const candidate = f as BinaryFunction
  if (candidate.primitive.sample === undefined) return false
  const samples = fc.sample(draw({ maxElements: 8 }), { numRuns: 10, seed: 1 }).map((from) => {
    const { operands } = sampleOf(candidate.primitive, from)
    return operands.length === 2 && operands.every((x) => from.domainOf(x) !== undefined)
  })
  if (!samples.every((two) => two)) return false
  try {
    const [a, b] = [[2, 1], [3]].map((shape) => tensorAt(shape, 'float64', new Float64Array(3).fill(0.5)))
    const result: unknown = candidate(a!, b!)
    return isTensor(result) && result.shape.length === 2
  } catch {
    return false
  }
}

/**
 * The function as the user calls it, on operands of shapes that broadcast: adjoint, subsets and finite differences, and
 * agreement with its primitive on operands that were broadcast beforehand.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as Law from 'pullback/Law'
 * import * as T from 'pullback/Tensor'
 *
 * fc.assert(Law.broadcast(T.div).property)
 */
export const broadcast = (f: BinaryFunction): NamedProperty => {
  const judged = judge()
  return {
    name: 'broadcast',
    says: 'operands of shapes that broadcast obey the laws too',
    property: fc.property(draw({ maxElements: 16 }), salts, (from, salt) => {
      const subject = subjectOf(f, from)
      const laws = subject.value.length === 0 ? [] : [adjoint, subsets, finiteDifferences]
      judged(
        () => subject,
        all([() => agreesWithPrimitive(f, subject, salt), ...laws.map((law) => () => law.check(subject, salt))])
      )
    })
  }
}

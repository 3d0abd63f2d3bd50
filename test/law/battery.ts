// Testing the suite itself: every mutant of a primitive must break a law.
import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import { all as dtypes, isFloat } from '../../src/DType.js'
import { type Drawing, draw } from '../../src/arbitrary/draw.js'
import type { Sample } from '../../src/primitive/domain.js'
import type { Params, Primitive } from '../../src/primitive/model.js'
import type { Tensor } from '../../src/tensor/model.js'
import { cast } from '../../src/tensor/structural.js'
import { run } from '../../src/transform/program.js'
import { stage } from '../../src/transform/stage.js'
import { pull, push } from '../../src/law/derivative.js'
import { latticeLike } from '../../src/law/directions.js'
import { masks } from '../../src/law/examples.js'
import { type Instance, concrete, instance, subjectOf } from '../../src/law/instance.js'
import { type PrimitiveLaw, scattered } from '../../src/law/kernel.js'
import { callOn, mapping } from '../../src/law/mapped.js'
import { partsOf } from '../../src/law/parts.js'
import type { Subject } from '../../src/law/subject.js'
import { lawsOf, sampleOf } from '../../src/law/suite.js'
import { flat, replaced, unflat } from '../../src/law/values.js'
import { mutations } from './mutation.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** A primitive with a wrong rule or kernel. */
export interface Mutant {
  /** The mutation. */
  readonly name: string
  readonly primitive: Primitive
}

/** What became of a mutant: the law that it broke, or `undefined` if it survived. */
export interface Kill {
  readonly primitive: string
  readonly mutation: string
  readonly killedBy: string | undefined
}

// -----------------------------------------------------------------------------
// mutants
// -----------------------------------------------------------------------------

type Observation = (at: Instance) => Float64Array

const doubles = (at: Instance): Subject => subjectOf(at)

/** The instance as a function of its float operands in single precision. */
const singles = (at: Instance): Pick<Subject, 'f' | 'inputs'> => {
  const operands = at.operands.map((x) => (isFloat(x.dtype) ? cast(x, 'float32') : x))
  const float = (x: Tensor): boolean => isFloat(x.dtype)
  return { f: (moved) => at.apply(replaced(operands, float, moved)), inputs: operands.filter(float) }
}

const cotangents = ({ f, inputs }: Pick<Subject, 'f' | 'inputs'>): Float64Array =>
  flat(pull(f, inputs, latticeLike(1, f(inputs))))

const tangents = ({ f, inputs }: Pick<Subject, 'f' | 'inputs'>): Float64Array =>
  flat(push(f, inputs, latticeLike(2, inputs)))

const hessian = ({ f, inputs, value }: Subject): Float64Array =>
  flat(pull((x) => pull(f, x, latticeLike(1, value)), inputs, latticeLike(2, inputs)))

/** What laws look at, as numbers: if none of it differs, the mutation changed nothing. */
const observations: readonly Observation[] = [
  (at) => cotangents(doubles(at)),
  (at) => tangents(doubles(at)),
  (at) => hessian(doubles(at)),
  (at) => cotangents(singles(at)),
  (at) => flat(at.evaluate(concrete(at.operands).map(scattered))),
  (at) => {
    const { f, inputs } = doubles(at)
    return flat(f(unflat(inputs, flat(inputs).fill(NaN))))
  }
]

/** What the laws of mapping look at. */
const ofMapping: readonly Observation[] = [
  (at) => {
    const [value] = partsOf(at, 1)
    return flat(masks(value.leaves.length).flatMap((mask) => callOn(value, mask, 2)))
  }
]

/** Inferred types and the values of programs, as numbers. */
const ofTypes: readonly Observation[] = [
  (at) =>
    Float64Array.from(
      stage('trace', at.operands, at.apply).program.outputs.flatMap(({ shape, dtype }) => [
        dtypes.indexOf(dtype),
        ...shape
      ])
    ),
  (at) => {
    const cotangent = partsOf(at, 1)[1]
    if (cotangent === undefined) return new Float64Array(0)
    const leaves = cotangent.leaves.map((leaf) => leaf(0))
    return flat(run(stage('trace', leaves, cotangent.f).program, leaves))
  }
]

const observe = (observation: Observation, at: Instance): Float64Array | undefined => {
  try {
    return observation(at)
  } catch {
    return undefined
  }
}

const same = (a: Float64Array | undefined, b: Float64Array | undefined): boolean =>
  a === undefined || b === undefined
    ? a === b
    : a.length === b.length && a.every((each, i) => each === b[i] || (Number.isNaN(each) && Number.isNaN(b[i])))

/** A drawn point: operands and parameters, and how far the operands may move. */
interface Point {
  readonly sample: ReturnType<Sample<Params>>
  readonly from: Drawing
}

/** The points that all mutants of a primitive are judged at; small ones, for there are many mutants. */
const pointsOf = (primitive: Primitive, runs: number, seed: number, singular: boolean): readonly Point[] =>
  fc
    .sample(draw({ maxElements: 16, singular }), { numRuns: runs, seed })
    .map((from) => ({ sample: sampleOf(primitive, from), from }))

const at = (primitive: Primitive, { sample, from }: Point, smooth: boolean): Instance =>
  instance(primitive, sample, from.reachOf, smooth)

const isMapping = (original: Primitive, mutant: Primitive): boolean => original.batch !== mutant.batch

/** Whether the mutation changed anything: at some point, something that laws look at differs. */
const differs = (original: Primitive, mutant: Primitive, points: readonly Point[]): boolean => {
  if (original === mutant) return false
  const relevant = isMapping(original, mutant) ? ofMapping : [...observations, ...ofTypes]
  return points.some((point) => {
    const right = at(original, point, true)
    const wrong = at(mutant, point, true)
    return relevant.some((observation) => !same(observe(observation, right), observe(observation, wrong)))
  })
}

const mutantsOf = (primitive: Primitive, points: readonly Point[]): readonly Mutant[] =>
  mutations
    .filter(({ mutate: change }) => differs(primitive, change(primitive), points))
    .map(({ name, mutate: change }) => ({ name, primitive: change(primitive) }))

/** The number of points at which a mutant may differ from its original. */
const telling = 40

/**
 * The mutants of a primitive that differ from it. (Swapping the arguments of a sum changes nothing, and a linear operation has
 * no second order to get wrong.)
 */
export const mutate = (primitive: Primitive): readonly Mutant[] =>
  mutantsOf(primitive, pointsOf(primitive, telling, 1, false))

// -----------------------------------------------------------------------------
// the battery
// -----------------------------------------------------------------------------

const breaks = (mutant: Primitive, law: PrimitiveLaw, point: Point, salt: number): boolean => {
  try {
    return E.isLeft(law.check(at(mutant, point, law.singular !== true), salt))
  } catch {
    return true
  }
}

/**
 * Makes the mutants of a primitive, and holds each to the laws: a test of the suite, and of the primitive's sample, which
 * must be varied enough to tell. A survivor is a hole in one or the other.
 */
export const battery = (
  primitive: Primitive,
  { runs = 100, seed = 1 }: { readonly runs?: number; readonly seed?: number } = {}
): readonly Kill[] => {
  const smooth = pointsOf(primitive, runs, seed, false)
  const singular = pointsOf(primitive, runs, seed, true)
  return mutantsOf(primitive, smooth.slice(0, telling)).map(({ name, primitive: mutant }) => {
    const all = lawsOf(mutant)
    // Mutants of mapping fall to its law, so that one is tried first.
    const laws = isMapping(primitive, mutant) ? [mapping, ...all.filter((law) => law !== mapping)] : all
    const killers = smooth.map(
      (point, i) =>
        // Point after point, and all laws at each: most mutants fall at the first.
        (): PrimitiveLaw | undefined =>
          laws.find((law) => breaks(mutant, law, law.singular === true ? singular[i]! : point, seed + i))
    )
    return { primitive: primitive.name, mutation: name, killedBy: firstOf(killers)?.name }
  })
}

const firstOf = <A>(candidates: readonly (() => A | undefined)[]): A | undefined => {
  for (const candidate of candidates) {
    const found = candidate()
    if (found !== undefined) return found
  }
  return undefined
}

/** Kills as a table: a row per mutation, with the number of mutants, of those killed, and the laws that did it. */
export const killTable = (kills: readonly Kill[]): string => {
  const order = (name: string): number => mutations.findIndex((mutation) => mutation.name === name)
  const names = [...new Set(kills.map(({ mutation }) => mutation))].sort((a, b) => order(a) - order(b))
  const rows = names.map((name) => {
    const own = kills.filter(({ mutation }) => mutation === name)
    const laws = own.flatMap(({ killedBy }) => (killedBy === undefined ? [] : [killedBy]))
    const by = [...new Set(laws)].map((law) => `${law} ${laws.filter((each) => each === law).length}`)
    return [name, String(own.length), String(laws.length), by.join(', ')]
  })
  const total = ['all', String(kills.length), String(kills.filter(({ killedBy }) => killedBy !== undefined).length), '']
  const table = [['mutation', 'mutants', 'killed', 'by'], ...rows, total]
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]!.length)))
  return table
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[0]!) : i === 3 ? cell : cell.padStart(widths[i]!)))
        .join('  ')
        .trimEnd()
    )
    .join('\n')
}

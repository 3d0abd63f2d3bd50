/**
 * Whether an engine's results differ from eager ones by roundings alone. No engine rounds as the library does, and some programs make
 * a large difference of a small one: a remainder by a sum, the floor of an integer, a sum of what cancels. So a program whose results are off
 * is run again and again with other roundings in all operations, and an element may be off by a few times what these move it.
 */
import { isFloat } from 'pullback/DType'
import * as Debug from 'pullback/Debug'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { inlineCalls } from 'pullback/compile/inline'
import { bind } from 'pullback/primitive/bind'
import { type Expression, expressionFor, partsOf } from 'pullback/primitive/expression'
import type { Intrinsic } from 'pullback/primitive/intrinsics'
import type { Equation, Program } from 'pullback/primitive/model'
import { type Call, calledThrough, run } from 'pullback/transform/program'
import { differences } from './engine/distance.js'

type Tensors = readonly T.Tensor[]

/** A function that an engine runs. */
export type Exported = (...inputs: Tensors) => Tensors

// -----------------------------------------------------------------------------
// which operations round
// -----------------------------------------------------------------------------

/** Intrinsics that every engine computes exactly. */
const exact: readonly Intrinsic[] = ['neg', 'abs', 'floor', 'ceil', 'round', 'min', 'max', 'rem', 'imul', 'ipow']

const arithmetic: readonly string[] = ['add', 'sub', 'mul', 'div']

const hasRounding = (node: Expression): boolean =>
  arithmetic.includes(node.op) ||
  (node.op === 'intrinsic' && !exact.includes(node.name)) ||
  partsOf(node).some(hasRounding)

/** Operations, not elementwise, whose floats are numbers of their operands, shares of ties, or made of random bits. */
const choosing: readonly string[] = [
  'max',
  'min',
  'maxShares',
  'minShares',
  'windowMax',
  'segmentMax',
  'gather',
  'takeAlongAxis',
  'oneHot',
  'uniform'
]

/** What is rounded in an operation: nothing, its result, or sums on the way to it as well. */
const roundedIn = ({ primitive, operands, results }: Equation): 'nothing' | 'result' | 'sums' => {
  const { kind, name, scalar } = primitive
  if (!results.some(({ dtype }) => isFloat(dtype))) return 'nothing'
  if (kind === 'view' || kind === 'move' || kind === 'control' || choosing.includes(name)) return 'nothing'
  if (scalar === undefined) return 'sums'
  return hasRounding(expressionFor(scalar, operands[0]?.dtype ?? 'float64')) ? 'result' : 'nothing'
}

// -----------------------------------------------------------------------------
// other roundings
// -----------------------------------------------------------------------------

/** Moves each float of a tensor by some roundings of its own. */
type Move = (x: T.Tensor) => T.Tensor

/** The most that a number is moved, as a share of itself: two to four units in the last place. */
const most = { float32: 2 ** -22, float64: 2 ** -51 }

/** Engines take some subnormal float32 for 0, in arguments and in results. */
export const withoutSubnormals = (x: T.Tensor): T.Tensor =>
  x.dtype === 'float32' ? T.where(T.less(T.abs(x), 2 ** -126), 0, x) : x

/** Moves that are the same for the same seed; every other one takes subnormals for 0. */
const moving = (seed: number): Move => {
  let count = 0
  return (x) => {
    if (x.dtype !== 'float32' && x.dtype !== 'float64') return x
    const key = Random.foldIn(Random.key(seed), count++)
    const share = Random.uniform(key, x.shape, { low: -most[x.dtype], high: most[x.dtype], dtype: 'float64' })
    const moved = T.cast(T.mul(T.cast(x, 'float64'), T.add(share, 1)), x.dtype)
    return seed % 2 === 0 ? moved : withoutSubnormals(moved)
  }
}

/** The same program, whose operations round otherwise; an error in a sum is a share of what is summed. */
const roundingBy = (move: Move, program: Program): Program =>
  calledThrough(program, (each, call): Call => {
    const { primitive, params } = each
    const programs = primitive.programs?.(params).map((inner) => roundingBy(move, inner))
    if (programs !== undefined && primitive.withPrograms !== undefined) {
      const inside = primitive.withPrograms(params, programs)
      return (operands) => bind(primitive, operands, inside)
    }
    const rounded = roundedIn(each)
    if (rounded === 'nothing') return call
    return (operands) => call(rounded === 'sums' ? operands.map(move) : operands).map(move)
  })

/** How often a program is run with other roundings. */
const turns = 16

/** The furthest that other roundings move each element of each result; the arguments stay. */
const movements = (f: Exported, inputs: Tensors): readonly (readonly number[])[] => {
  const program = inlineCalls(Debug.trace(f)(...inputs))
  const still = run(program, inputs)
  const furthest = still.map((x) => new Array<number>(T.toArray(x).length).fill(0))
  for (let seed = 0; seed < turns; seed++) {
    const other = run(roundingBy(moving(seed), program), inputs)
    still.forEach((x, i) => {
      differences(withoutSubnormals(other[i]!), withoutSubnormals(x))!.forEach((off, j) => {
        furthest[i]![j] = Math.max(furthest[i]![j]!, off)
      })
    })
  }
  return furthest
}

// -----------------------------------------------------------------------------
// the judgement
// -----------------------------------------------------------------------------

/** What the results of an engine are beside eager ones: close, apart by roundings, or far, in words that say where. */
export type Judgement =
  { readonly _tag: 'Close' } | { readonly _tag: 'Rounded' } | { readonly _tag: 'Far'; readonly where: string }

/** Elements this close, as a share of the largest of their result, are the same; others may be so many times as far as roundings move them. */
const [closeness, times] = [1e-5, 4]

/** The judgement of what an engine found for a function at arguments. */
export const judged = (f: Exported, inputs: Tensors, wanted: Tensors, found: Tensors): Judgement => {
  const off = wanted.map((x, i) => differences(withoutSubnormals(found[i]!), withoutSubnormals(x)))
  const isClose = (share: number): boolean => share <= closeness
  if (off.every((shares) => shares?.every(isClose))) return { _tag: 'Close' }
  const moved = movements(f, inputs)
  const far = off.flatMap((shares, i) => {
    if (shares === undefined) return [`result ${i} is ${String(found[i])}; expected the type of ${String(wanted[i])}`]
    const at = shares.findIndex((share, j) => !isClose(share) && !(share <= times * moved[i]![j]!))
    if (at < 0) return []
    return [`${shares[at]} in element ${at} of result ${i}, which other roundings move by ${moved[i]![at]}`]
  })
  return far[0] === undefined ? { _tag: 'Rounded' } : { _tag: 'Far', where: far[0] }
}

// -----------------------------------------------------------------------------
// operations alone
// -----------------------------------------------------------------------------

/** An operation of a program, and the operands that it has there. */
export interface Operation {
  readonly name: string
  readonly f: Exported
  readonly operands: Tensors
}

/** The operations that a function runs at arguments; not those inside loops and branches. */
export const operationsOf = (f: Exported, inputs: Tensors): readonly Operation[] => {
  const found: Operation[] = []
  const noting = calledThrough(inlineCalls(Debug.trace(f)(...inputs)), ({ primitive, params }, call) => (operands) => {
    found.push({ name: primitive.name, f: (...given) => bind(primitive, given, params), operands })
    return call(operands)
  })
  run(noting, inputs)
  return found
}

/** Softmax and related functions of floats along axes: the steps of kernel/softmaxFloat32.ts, in float64 and rounded once. */
import { access, get, i32, op, set, when } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { bytesOf, strip } from '../elements.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { type Arranged, arranged } from './arrange.js'
import { type Body, keep, newLocal } from './body.js'
import { across, combined, onlyFirst, storeSome, variable } from './folds.js'
import { plain } from './groups.js'
import { callOfOne, callOfTwo } from './intrinsics.js'
import { laneSums, stackBytes } from './laneSums.js'
import { move, nested, pointerAt, pointerFrom, repeat, walk } from './nest.js'
import { both, type Wide, constantStrip, converted, kept, load, store, widened } from './strip.js'

// -----------------------------------------------------------------------------
// lanes
// -----------------------------------------------------------------------------

type Float = 'float32' | 'float64'

/** One lane, or four side by side. */
interface Lane {
  readonly dtype: Float
  readonly plan: Arranged
  /** How many times four elements are taken along it. */
  readonly count: number
  /** Bytes from one time to the next, and between the four. */
  readonly step: number
  readonly across: number
}

const laneOf = (dtype: Float, plan: Arranged): Lane => {
  const { mode, run, apart, n } = plan
  const step = run[0]!.steps[0]!
  const [count, by] = mode === 'rows' ? [Math.ceil(n / strip), strip] : [n, 1]
  return { dtype, plan, count, step: by * step, across: apart[0]! }
}

const pair = (v: Instruction): Wide => ({ type: 'f64', lo: v, hi: v })

const largest = { float32: 'f32x4.pmax', float64: 'f64x2.pmax' } as const

const minus = (body: Body, a: Wide, b: Wide): Wide => both(body, (half) => op('f64x2.sub', a[half], b[half]))

/** The largest elements but for NaN, in float64. */
const peaksOf = (body: Body, { dtype, plan, count, step, across: apart }: Lane, from: string): Wide => {
  const least = constantStrip(dtype, -Infinity)
  const peak = variable(body, least)
  const pointer = pointerFrom(body, from)
  const rest = plan.mode === 'rows' ? plan.n % strip : 0
  const meet = (inside: Body, isLast: boolean): void => {
    const read = load(inside, dtype, get(pointer), 0, apart)
    const x = isLast ? onlyFirst(inside, read, least, rest) : read
    peak.assign(inside, combined(largest[dtype], peak.value, x))
  }
  repeat(body, rest > 0 ? count - 1 : count, (inside) => {
    meet(inside, false)
    move(inside, pointer, step)
  })
  if (rest > 0) meet(body, true)
  return widened(body, plan.mode === 'rows' ? across(body, largest[dtype], peak.value) : peak.value)
}

/** Leaves the exponentials of differences to the peaks in memory; their sums, which take working memory too. */
const exponentials = (body: Body, lane: Lane, from: string, peaks: Wide, memory: number, stack: number): Wide => {
  const { dtype } = lane
  const pointer = pointerFrom(body, from)
  const to = pointerAt(body, i32(memory))
  repeat(body, lane.count, (inside) => {
    const x = widened(inside, load(inside, dtype, get(pointer), 0, lane.across))
    const moved = minus(inside, x, peaks)
    store(
      inside,
      get(to),
      0,
      both(inside, (half) => callOfTwo(inside, 'exp', dtype, [moved[half]]))
    )
    move(inside, pointer, lane.step)
    move(inside, to, 4 * bytesOf.float64)
  })
  const source = { dtype: 'float64', pointer: pointerAt(body, i32(memory)), across: bytesOf.float64 } as const
  const { n, mode } = lane.plan
  const run = [{ size: n, steps: [mode === 'rows' ? bytesOf.float64 : strip * bytesOf.float64] }]
  return laneSums(body, { dtype, mode, n, run, stack }, [source], 1, plain)[0]!
}

/** Writes a result for each element, four at a time. */
const writeAll = (
  body: Body,
  lane: Lane,
  sources: readonly { readonly pointer: string; readonly step: number }[],
  to: string,
  make: (inside: Body) => Wide
): void => {
  const { run, mode } = lane.plan
  const step = run[0]!.steps.at(-1)! * (mode === 'rows' ? strip : 1)
  const target = pointerFrom(body, to)
  repeat(body, lane.count, (inside) => {
    store(inside, get(target), 0, converted(inside, make(inside), lane.dtype))
    for (const source of sources) move(inside, source.pointer, source.step)
    move(inside, target, step)
  })
}

// -----------------------------------------------------------------------------
// infinite peaks
// -----------------------------------------------------------------------------

const constant = (value: number): Instruction => ({ _tag: 'Const', type: 'f64', value })

/** What is written of a lane with an infinite peak and without NaN, where `count` elements are at the peak. */
type Limits = (body: Body, single: Single, peak: Instruction, count: Instruction) => void

/** One lane by itself: where it begins, and its result. */
interface Single {
  readonly dtype: Float
  readonly n: number
  readonly from: string
  readonly step: number
  readonly to: string
  readonly resultStep: number
}

const loadOne = (dtype: Float, from: string): Instruction =>
  dtype === 'float64' ? access('f64.load', 0, get(from)) : op('f64.promote_f32', access('f32.load', 0, get(from)))

const storeOne = (body: Body, dtype: Float, to: Instruction, value: Instruction): void => {
  body.instructions.push(
    dtype === 'float64' ? access('f64.store', 0, to, value) : access('f32.store', 0, to, op('f32.demote_f64', value))
  )
}

/** Goes through one lane. */
const alongLane = (
  body: Body,
  { dtype, n, from, step, to, resultStep }: Single,
  write: (inside: Body, x: Instruction, result: Instruction) => void
): void => {
  const [read, target] = [pointerFrom(body, from), pointerFrom(body, to)]
  repeat(body, n, (inside) => {
    write(inside, keep(inside, 'f64', loadOne(dtype, read)), get(target))
    move(inside, read, step)
    move(inside, target, resultStep)
  })
}

const limitsOfLane = (body: Body, single: Single, limits: Limits): void => {
  const [peak, count] = [newLocal(body, 'f64'), newLocal(body, 'f64')]
  body.instructions.push(set(peak, constant(-Infinity)), set(count, constant(0)))
  alongLane(body, single, (inside, x) =>
    inside.instructions.push(set(peak, op('select', x, get(peak), op('f64.gt', x, get(peak)))))
  )
  alongLane(body, single, (inside, x) => {
    const more = op('select', constant(1), constant(0), op('f64.eq', x, get(peak)))
    // NaN stays NaN.
    const nothing = op('select', constant(0), x, op('f64.eq', x, x))
    inside.instructions.push(set(count, op('f64.add', get(count), op('f64.add', more, nothing))))
  })
  const inside = nested(body)
  limits(inside, single, get(peak), get(count))
  const isInfinite = op('f64.eq', op('f64.abs', get(peak)), constant(Infinity))
  const isNumber = op('f64.eq', get(count), get(count))
  body.instructions.push(when(op('i32.and', isInfinite, isNumber), inside.instructions))
}

/** Of lanes whose sums are NaN, what is not NaN. */
const withLimits = (
  body: Body,
  { dtype, plan, step, across: apart }: Lane,
  sums: Wide,
  from: string,
  to: string,
  limits: Limits
): void => {
  const { mode, n, run, columns } = plan
  const isLost = op('v128.any_true', op('v128.or', op('f64x2.ne', sums.lo, sums.lo), op('f64x2.ne', sums.hi, sums.hi)))
  const inside = nested(body)
  const [source, target] = [pointerFrom(inside, from), pointerFrom(inside, to)]
  const single = {
    dtype,
    n,
    from: source,
    step: mode === 'rows' ? apart : step,
    to: target,
    resultStep: run[0]!.steps[1] ?? 0
  }
  repeat(inside, mode === 'rows' ? 1 : Math.min(strip, columns), (each) => {
    limitsOfLane(each, single, limits)
    move(each, source, apart)
    move(each, target, bytesOf[dtype])
  })
  body.instructions.push(when(isLost, inside.instructions))
}

/** Writes one of two values, by whether an element is at the peak. */
const either =
  (atPeak: (body: Body, peak: Instruction, count: Instruction, dtype: Float) => Instruction, below: number): Limits =>
  (body, single, peak, count) => {
    const value = keep(body, 'f64', atPeak(body, peak, count, single.dtype))
    alongLane(body, single, (inside, x, result) => {
      const chosen = op('select', value, constant(below), op('f64.eq', x, peak))
      storeOne(inside, single.dtype, result, chosen)
    })
  }

const isUp = (peak: Instruction): Instruction => op('f64.gt', peak, constant(0))

/** Elements of +infinity share the weight; where all are -infinity, nothing has any. */
const shares = either(
  (_body, peak, count) => op('select', op('f64.div', constant(1), count), constant(0), isUp(peak)),
  0
)

const logShares = either((body, peak, count, dtype) => {
  const log = keep(body, 'f64', callOfOne(body, 'log', dtype, [count]))
  return op('select', op('f64.neg', log), constant(-Infinity), isUp(peak))
}, -Infinity)

const itself: Limits = (body, { dtype, to }, peak) => storeOne(body, dtype, get(to), peak)

// -----------------------------------------------------------------------------
// the operations
// -----------------------------------------------------------------------------

const logOf = (body: Body, { dtype, plan }: Lane, sums: Wide): Wide => {
  if (plan.mode === 'columns') return both(body, (half) => callOfTwo(body, 'log', dtype, [sums[half]]))
  const one: Instruction = { _tag: 'Lane', op: 'f64x2.extract_lane', lane: 0, operands: [sums.lo] }
  return pair(keep(body, 'v128', op('f64x2.splat', callOfOne(body, 'log', dtype, [one]))))
}

const writers = {
  softmax: (body: Body, lane: Lane, _from: string, to: string, _peaks: Wide, sums: Wide, memory: number): void => {
    const pointer = pointerAt(body, i32(memory))
    writeAll(body, lane, [{ pointer, step: 32 }], to, (inside) => {
      const x = load(inside, 'float64', get(pointer), 0, 8)
      const own = widened(inside, x)
      return both(inside, (half) => op('f64x2.div', own[half], sums[half]))
    })
  },
  logSoftmax: (body: Body, lane: Lane, from: string, to: string, peaks: Wide, sums: Wide): void => {
    const pointer = pointerFrom(body, from)
    const logs = logOf(body, lane, sums)
    writeAll(body, lane, [{ pointer, step: lane.step }], to, (inside) => {
      const x = widened(inside, load(inside, lane.dtype, get(pointer), 0, lane.across))
      return minus(inside, minus(inside, x, peaks), logs)
    })
  },
  logSumExp: (body: Body, lane: Lane, _from: string, to: string, peaks: Wide, sums: Wide): void => {
    const logs = logOf(body, lane, sums)
    const all = both(body, (half) => op('f64x2.add', peaks[half], logs[half]))
    const result = kept(body, converted(body, all, lane.dtype))
    storeSome(body, get(to), result, lane.plan.mode === 'rows' ? 1 : strip)
  }
}

const limits = { softmax: shares, logSoftmax: logShares, logSumExp: itself }

/** Softmax, its logarithm, or the logarithm of the sum of exponentials, of floats. */
export const softmaxOver = (
  operation: Whole,
  axes: readonly number[],
  name: 'softmax' | 'logSoftmax' | 'logSumExp'
): Emitter | undefined => {
  const { dtype } = operation.operands[0]!
  if (dtype !== 'float32' && dtype !== 'float64') return undefined
  const plan = arranged(operation, axes, name !== 'logSumExp', 'one')
  if (plan === undefined) return undefined
  const lane = laneOf(dtype, plan)
  const memory = Math.ceil(plan.copied / 16) * 16
  const exponentialBytes = 32 * (lane.count + 1)
  return {
    scratch: memory + exponentialBytes + stackBytes(dtype, plan.n, 1),
    emit: (body, places) => {
      const [first] = plan.begin(body, places)
      const pointers = [first!, places.result(0)].map((address) => pointerAt(body, i32(address)))
      const [from, to] = pointers
      const room = places.scratch + memory
      walk(body, plan.kept, pointers, (inside) => {
        const peaks = peaksOf(inside, lane, from!)
        const sums = exponentials(inside, lane, from!, peaks, room, room + exponentialBytes)
        writers[name](inside, lane, from!, to!, peaks, sums, room)
        withLimits(inside, lane, sums, from!, to!, limits[name])
      })
    }
  }
}

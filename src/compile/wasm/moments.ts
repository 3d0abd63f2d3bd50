/** Variances and norms over axes: the steps of kernel/momentsFloat32.ts, in float64 and rounded once. */
import { get, i32, op, when } from '../../kernel/wasm/build.js'
import { countOver } from '../../tensor/alongBlock.js'
import { strip } from '../elements.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { arranged } from './arrange.js'
import type { Body } from './body.js'
import { across as acrossAll, combined, onlyFirst, storeSome, variable } from './folds.js'
import type { Terms } from './groups.js'
import { blockOf, laneSums, stackBytes } from './laneSums.js'
import { level, move, nested, pointerAt, pointerFrom, repeat, walk } from './nest.js'
import { both, type Wide, constantStrip, converted, double, kept, load, widened } from './strip.js'

export type Moment =
  /** Of squared deviations from the mean the sum, divided by `divisor`, or the root of that. */
  | { readonly _tag: 'Spread'; readonly divisor: number; readonly root: boolean }
  /** The root of the sum of squares. */
  | { readonly _tag: 'Norm' }

/** Sums of squares of float64 between these bounds have lost nothing to overflow or underflow, as in kernel/momentsFloat32.ts. */
const least = 2 ** -900
const greatest = 2 ** 1000

const zeros = constantStrip('float64', 0)

/** Which numbers lie outside of the bounds. */
const outside = (body: Body, x: Wide): Wide =>
  both(body, (half) =>
    op('v128.not', op('v128.and', op('f64x2.gt', x[half], double(least)), op('f64x2.lt', x[half], double(greatest))))
  )

/** A result, and what takes its place in some lanes, which is computed only if there are any. */
const mended = (body: Body, result: Wide, isLost: Wide, other: (inside: Body) => Wide): Wide => {
  const whole = variable(body, result)
  const inside = nested(body)
  const again = other(inside)
  const chosen = both(inside, (half) => op('v128.bitselect', again[half], result[half], isLost[half]))
  whole.assign(inside, chosen)
  body.instructions.push(when(op('v128.any_true', op('v128.or', isLost.lo, isLost.hi)), inside.instructions))
  return widened(body, whole.value)
}

/** A variance, a standard deviation or a norm; `undefined` where there is nothing. */
export const momentOver = (operation: Whole, axes: readonly number[], moment: Moment): Emitter | undefined => {
  const { dtype, shape } = operation.operands[0]!
  if (dtype !== 'float32' && dtype !== 'float64') return undefined
  const plan = arranged(operation, axes, false, countOver(shape, axes) > blockOf(dtype) ? 'one' : 'groups')
  if (plan === undefined || plan.n === 0) return undefined
  const { mode, run, kept: levels, n, copied, begin } = plan
  const isRow = mode === 'rows'
  const across = plan.apart[0]!

  /** One lane, or four: where it begins, and working memory. */
  interface Lane {
    readonly from: string
    readonly stack: number
  }

  const sums = (
    body: Body,
    { from, stack }: Lane,
    count: number,
    termsOf: (inside: Body, x: Wide) => readonly Wide[]
  ): readonly Wide[] => {
    const terms: Terms = (inside, [x]) => termsOf(inside, widened(inside, x!))
    const source = { dtype, pointer: pointerFrom(body, from), across }
    return laneSums(body, { dtype, mode, n, run, stack }, [source], count, terms)
  }
  const squared = (body: Body, x: Wide): Wide => both(body, (half) => op('f64x2.mul', x[half], x[half]))
  const less = (body: Body, x: Wide, y: Wide): Wide => both(body, (half) => op('f64x2.sub', x[half], y[half]))
  const over = (body: Body, x: Wide, y: Wide): Wide => both(body, (half) => op('f64x2.div', x[half], y[half]))
  const firstOf = (body: Body, { from }: Lane): Wide =>
    widened(body, load(body, dtype, get(from), 0, isRow ? 0 : across))

  /** The largest size of the elements of a lane of float64; NaN beside NaN. */
  const largestOf = (body: Body, { from }: Lane): Wide => {
    const largest = variable(body, zeros)
    const pointer = pointerFrom(body, from)
    const outer = run.slice(0, -1).map((axis) => level(axis.size, axis.steps))
    const { size, steps } = run.at(-1)!
    const [whole, rest] = isRow ? [Math.floor(size / strip), size % strip] : [size, 0]
    const step = steps[0]! * (isRow ? strip : 1)
    const meet = (inside: Body, count: number): void => {
      const x = widened(inside, onlyFirst(inside, load(inside, dtype, get(pointer), 0, across), zeros, count))
      const size = both(inside, (half) => op('f64x2.abs', x[half]))
      largest.assign(inside, combined('f64x2.max', largest.value, size))
    }
    walk(body, outer, [pointer], (inside) => {
      repeat(inside, whole, (each) => {
        meet(each, strip)
        move(each, pointer, step)
      })
      if (rest > 0) meet(inside, rest)
      move(inside, pointer, -whole * step)
    })
    return widened(body, isRow ? acrossAll(body, 'f64x2.max', largest.value) : largest.value)
  }

  /** Of the sum of squares of deviations and the sum of deviations from a mean: the squares, less what rounding of the mean added. */
  const corrected = (body: Body, differences: Wide, squares: Wide): Wide => {
    const extra = squared(body, differences)
    return both(body, (half) => op('f64x2.sub', squares[half], op('f64x2.div', extra[half], double(n))))
  }
  const dividedBy = (body: Body, square: Wide, divisor: number): Wide =>
    both(body, (half) => {
      const positive = op('v128.andnot', square[half], op('f64x2.lt', square[half], double(0)))
      return op('f64x2.div', positive, double(divisor))
    })
  const rootOf = (body: Body, x: Wide): Wide => both(body, (half) => op('f64x2.sqrt', x[half]))

  const deviations = (body: Body, lane: Lane, centred: (inside: Body, x: Wide) => Wide): Wide => {
    const [differences, squares] = sums(body, lane, 2, (inside, x) => {
      const difference = centred(inside, x)
      return [difference, squared(inside, difference)]
    })
    return corrected(body, differences!, squares!)
  }
  /** The deviation in units of a power of two, in which squares are in range. */
  const scaledDeviation = (body: Body, lane: Lane, divisor: number): Wide => {
    const largest = largestOf(body, lane)
    const unit = both(body, (half) =>
      op('v128.bitselect', double(2 ** 600), double(2 ** -600), op('f64x2.gt', largest[half], double(1)))
    )
    const first = over(body, firstOf(body, lane), unit)
    const difference = (inside: Body, x: Wide): Wide => less(inside, over(inside, x, unit), first)
    const [all] = sums(body, lane, 1, (inside, x) => [difference(inside, x)])
    const mean = both(body, (half) => op('f64x2.div', all![half], double(n)))
    const square = deviations(body, lane, (inside, x) => less(inside, difference(inside, x), mean))
    const root = rootOf(body, dividedBy(body, square, divisor))
    return both(body, (half) =>
      op('v128.andnot', op('f64x2.mul', root[half], unit[half]), op('f64x2.eq', largest[half], double(0)))
    )
  }
  const spread = (body: Body, lane: Lane, divisor: number, root: boolean): Wide => {
    const first = firstOf(body, lane)
    const [all] = sums(body, lane, 1, (inside, x) => [less(inside, x, first)])
    const mean = both(body, (half) => op('f64x2.add', first[half], op('f64x2.div', all![half], double(n))))
    const square = deviations(body, lane, (inside, x) => less(inside, x, mean))
    const result = dividedBy(body, square, divisor)
    if (!root) return result
    const plain = rootOf(body, result)
    if (dtype === 'float32') return plain
    return mended(body, plain, outside(body, square), (inside) => scaledDeviation(inside, lane, divisor))
  }
  /** The norm in units of the largest element. */
  const scaledNorm = (body: Body, lane: Lane): Wide => {
    const largest = largestOf(body, lane)
    const [sum] = sums(body, lane, 1, (inside, x) => [squared(inside, over(inside, x, largest))])
    const root = rootOf(body, sum!)
    return both(body, (half) => {
      const isNumber = op('f64x2.gt', largest[half], double(0))
      const isFinite = op('f64x2.lt', largest[half], double(Infinity))
      const scaled = op('f64x2.mul', largest[half], root[half])
      return op('v128.bitselect', scaled, largest[half], op('v128.and', isNumber, isFinite))
    })
  }
  const norm = (body: Body, lane: Lane): Wide => {
    const [sum] = sums(body, lane, 1, (inside, x) => [squared(inside, x)])
    const plain = rootOf(body, sum!)
    if (dtype === 'float32') return plain
    return mended(body, plain, outside(body, sum!), (inside) => scaledNorm(inside, lane))
  }
  return {
    scratch: copied + stackBytes(dtype, n, 2),
    emit: (body, places) => {
      const [address] = begin(body, places)
      const pointers = [address!, places.result(0)].map((each) => pointerAt(body, i32(each)))
      const [from, to] = pointers
      walk(body, levels, pointers, (inside) => {
        const lane = { from: from!, stack: places.scratch + copied }
        const found = moment._tag === 'Norm' ? norm(inside, lane) : spread(inside, lane, moment.divisor, moment.root)
        const result = kept(inside, converted(inside, found, dtype))
        storeSome(inside, get(to!), result, isRow ? 1 : strip)
      })
    }
  }
}

/** Variances and norms over axes: the steps of kernel/momentsFloat32.ts, in float64 and rounded once. */
import { blockFloat64 } from '../../kernel/sumOrder.js'
import { get, i32, op } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { countOver } from '../../tensor/alongBlock.js'
import { strip } from '../elements.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { arranged } from './arrange.js'
import { type Body, keep } from './body.js'
import { storeFirst } from './folds.js'
import { type Terms, columnSums, rowSums } from './groups.js'
import { pointerAt, pointerFrom, walk } from './nest.js'
import { type Wide, converted, double, kept, load, store, widened } from './strip.js'

export type Moment =
  /** Of squared deviations from the mean the sum, divided by `divisor`, or the root of that. */
  | { readonly _tag: 'Spread'; readonly divisor: number; readonly root: boolean }
  /** The root of the sum of squares. */
  | { readonly _tag: 'Norm' }

const both = (body: Body, make: (half: 'lo' | 'hi') => Instruction): Wide => ({
  type: 'f64',
  lo: keep(body, 'v128', make('lo')),
  hi: keep(body, 'v128', make('hi'))
})

/** A variance, a standard deviation or a norm; `undefined` where squares may be out of range, or where there is nothing. */
export const momentOver = (operation: Whole, axes: readonly number[], moment: Moment): Emitter | undefined => {
  const { dtype, shape } = operation.operands[0]!
  const isWide =
    dtype === 'float64' && moment._tag === 'Spread' && !moment.root && countOver(shape, axes) <= blockFloat64
  if (dtype !== 'float32' && !isWide) return undefined
  const plan = arranged(operation, axes, false, 'groups')
  if (plan === undefined || plan.n === 0) return undefined
  const { mode, run, kept: levels, n, copied, begin } = plan
  const isRow = mode === 'rows'
  const across = isRow ? run.at(-1)!.steps[0]! : levels.at(-1)!.steps[0]! / strip

  const sums = (body: Body, from: string, count: number, terms: Terms): readonly Wide[] => {
    const source = { dtype, pointer: pointerFrom(body, from), across }
    if (!isRow) return columnSums(body, [source], run, count, terms)
    return rowSums(body, [source], run, count, terms).map((sum) => {
      const v = keep(body, 'v128', op('f64x2.splat', sum))
      return { type: 'f64', lo: v, hi: v }
    })
  }
  const squared = (body: Body, x: Wide): Wide => both(body, (half) => op('f64x2.mul', x[half], x[half]))
  const less = (body: Body, x: Wide, y: Wide): Wide => both(body, (half) => op('f64x2.sub', x[half], y[half]))

  const spread = (body: Body, from: string, divisor: number, root: boolean): Wide => {
    const first = widened(body, load(body, dtype, get(from), 0, isRow ? 0 : across))
    const [all] = sums(body, from, 1, (inside, [x]) => [less(inside, widened(inside, x!), first)])
    const mean = both(body, (half) => op('f64x2.add', first[half], op('f64x2.div', all![half], double(n))))
    const [differences, squares] = sums(body, from, 2, (inside, [x]) => {
      const difference = less(inside, widened(inside, x!), mean)
      return [difference, squared(inside, difference)]
    })
    const extra = squared(body, differences!)
    const square = both(body, (half) => op('f64x2.sub', squares![half], op('f64x2.div', extra[half], double(n))))
    const result = both(body, (half) => {
      const positive = op('v128.andnot', square[half], op('f64x2.lt', square[half], double(0)))
      return op('f64x2.div', positive, double(divisor))
    })
    return root ? both(body, (half) => op('f64x2.sqrt', result[half])) : result
  }
  const norm = (body: Body, from: string): Wide => {
    const [sum] = sums(body, from, 1, (inside, [x]) => [squared(inside, widened(inside, x!))])
    return both(body, (half) => op('f64x2.sqrt', sum![half]))
  }
  return {
    scratch: copied,
    emit: (body, places) => {
      const [address] = begin(body, places)
      const pointers = [address!, places.result(0)].map((each) => pointerAt(body, i32(each)))
      const [from, to] = pointers
      walk(body, levels, pointers, (inside) => {
        const found = moment._tag === 'Norm' ? norm(inside, from!) : spread(inside, from!, moment.divisor, moment.root)
        const result = kept(inside, converted(inside, found, dtype))
        if (isRow) storeFirst(inside, get(to!), result)
        else store(inside, get(to!), 0, result)
      })
    }
  }
}

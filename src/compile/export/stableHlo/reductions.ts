/** Rules for reductions and for what runs along an axis. */
import type { OverAxes } from '../../../tensor/alongBlock.js'
import { countOver } from '../../../tensor/alongBlock.js'
import { cumsumPrimitive } from '../../../tensor/cumulative.js'
import { argmaxPrimitive, argminPrimitive, maxPrimitive, minPrimitive } from '../../../tensor/minMaxOverAxes.js'
import { prodPrimitive } from '../../../tensor/product.js'
import { allPrimitive, anyPrimitive, meanPrimitive } from '../../../tensor/reduce.js'
import { argsort } from '../../../tensor/sorting.js'
import { sumPrimitive } from '../../../tensor/structural.js'
import type { Rules, Write } from '../model.js'
import { convert, counted } from './algebra.js'
import {
  type Reducer,
  compare,
  expandOver,
  iota,
  isEmpty,
  pad,
  reduce,
  reduceWindow,
  select,
  slice
} from './operations.js'
import { typesText } from './text.js'
import { type Value, type Writer, block, emitAll, on, plain, splat } from './writer.js'

type OnAxes = Write<Writer, Value, OverAxes>

/** The largest or smallest element; of booleans, whether any or all are true. */
const extremum =
  (reducer: 'maximum' | 'minimum'): OnAxes =>
  (writer, [x], { axes }) => {
    const ofBooleans: Reducer = reducer === 'maximum' ? 'or' : 'and'
    return [reduce(writer, x!.dtype === 'bool' ? ofBooleans : reducer, x!, axes)]
  }

/** Where the first of the largest or smallest elements is, or the first NaN. */
const position = (writer: Writer, given: Value, axis: number, reducer: 'maximum' | 'minimum'): Value => {
  const x = counted(writer, given)
  const extreme = expandOver(writer, reduce(writer, reducer, x, [axis]), x.shape, [axis])
  const isExtreme = compare(writer, 'equal', x, extreme)
  const wanted = x.dtype === 'int32' ? isExtreme : plain(writer, 'or', [isExtreme, compare(writer, 'notEqual', x, x)])
  const places = iota(writer, x.shape, axis)
  const none = splat(writer, x.shape[axis]!, 'int32', x.shape)
  return reduce(writer, 'minimum', select(writer, wanted, places, none), [axis])
}

/** Running sums, from either end, each with its own element or without. */
const runningSum: Write<
  Writer,
  Value,
  { readonly axis: number; readonly exclusive: boolean; readonly reverse: boolean }
> = (writer, [given], { axis, exclusive, reverse }) => {
  const x = counted(writer, given!)
  if (isEmpty(x)) return [x]
  const only = (n: number, others: number): readonly number[] => x.shape.map((_, each) => (each === axis ? n : others))
  const n = x.shape[axis]!
  const sums = reduceWindow(
    writer,
    'add',
    x,
    { window: only(n, 1), low: only(reverse ? 0 : n - 1, 0), high: only(reverse ? n - 1 : 0, 0) },
    x.shape
  )
  if (!exclusive) return [sums]
  return [pad(writer, sums, 0, only(reverse ? -1 : 1, 0), only(reverse ? 1 : -1, 0))]
}

/** The positions that sort along an axis, equal elements in their order, NaN last. */
const sorted: Write<Writer, Value, { readonly axis: number; readonly descending: boolean; readonly count: number }> = (
  writer,
  [given],
  { axis, descending },
  [result]
) => {
  const x = counted(writer, given!)
  const scalar = { shape: [], dtype: x.dtype }
  const place = { shape: [], dtype: 'int32' } as const
  const body = block(writer, [scalar, scalar, place, place], (inner, [a, b]) => {
    const isBefore = compare(inner, descending ? 'greater' : 'less', a!, b!)
    if (x.dtype === 'int32') return [isBefore]
    const [isNumber, isNaN] = [compare(inner, 'equal', a!, a!), compare(inner, 'notEqual', b!, b!)]
    return [plain(inner, 'or', [isBefore, plain(inner, 'and', [isNumber, isNaN])])]
  })
  const places = iota(writer, x.shape, axis)
  const types = `(${typesText([x, places])})`
  const [, order] = emitAll(
    writer,
    [
      `"stablehlo.sort"(${x.id}, ${places.id}) (${body[0]}`,
      ...body.slice(1),
      `${writer.indent}}) {dimension = ${axis} : i64, is_stable = true} : ${types} -> ${types}`
    ],
    [x, places]
  )
  const ones = x.shape.map(() => 1)
  return [
    slice(
      writer,
      order!,
      ones.map(() => 0),
      ones,
      result!.shape
    )
  ]
}

/** The rules. */
export const reductions: Rules<Writer, Value> = /* @__PURE__ */ new Map([
  on(sumPrimitive, (writer, [x], { axes }) => [reduce(writer, 'add', counted(writer, x!), axes)]),
  on(meanPrimitive, (writer, [x], { axes }, [result]) => {
    const sum = reduce(writer, 'add', x!, axes)
    return [plain(writer, 'divide', [sum, splat(writer, countOver(x!.shape, axes), sum.dtype, result!.shape)])]
  }),
  on(prodPrimitive, (writer, [x], { axis }) => [reduce(writer, 'multiply', counted(writer, x!), [axis])]),
  on(maxPrimitive, extremum('maximum')),
  on(minPrimitive, extremum('minimum')),
  on(anyPrimitive, (writer, [x], { axes }) => [reduce(writer, 'or', convert(writer, x!, 'bool'), axes)]),
  on(allPrimitive, (writer, [x], { axes }) => [reduce(writer, 'and', convert(writer, x!, 'bool'), axes)]),
  on(argmaxPrimitive, (writer, [x], { axis }) => [position(writer, x!, axis, 'maximum')]),
  on(argminPrimitive, (writer, [x], { axis }) => [position(writer, x!, axis, 'minimum')]),
  on(cumsumPrimitive, runningSum),
  on(argsort.primitive, sorted)
])

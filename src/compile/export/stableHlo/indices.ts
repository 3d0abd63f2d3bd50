/** Rules for picking elements by indices and for adding at them. Indices count from the end where they are negative. */
import { upTo } from '../../../kernel/library/kinds.js'
import type { TensorType } from '../../../primitive/model.js'
import type { Shape } from '../../../shape/model.js'
import { addAlongAxis, takeAlongAxis } from '../../../tensor/alongAxis.js'
import { gather, scatterAdd } from '../../../tensor/indexing.js'
import type { Rules } from '../model.js'
import { broadcastAlong, compare, expandOver, iota, isEmpty, reduce, reshape, select } from './operations.js'
import { arrayText, listText, signatureText } from './text.js'
import { type Value, type Writer, block, emit, emitAll, namesOf, on, plain, splat } from './writer.js'

/** Indices counted from the front. */
const fromFront = (writer: Writer, indices: Value, n: number): Value => {
  const zero = splat(writer, 0, 'int32', indices.shape)
  const shifted = plain(writer, 'add', [indices, splat(writer, n, 'int32', indices.shape)])
  return select(writer, compare(writer, 'less', indices, zero), shifted, indices)
}

// -----------------------------------------------------------------------------
// the format's operations
// -----------------------------------------------------------------------------

/**
 * Which axes are picked along, where the axes of what is picked stand in the result, the axis of an index among the indices, and the axes that
 * operand and indices have in common.
 */
interface Picking {
  readonly axes: readonly number[]
  readonly offsets: readonly number[]
  readonly vector: number
  readonly common: readonly number[]
}

/** What is said of common axes, by the format's names of the operand and of the indices; versions before 1.1 do not know the words. */
const commonText = (operand: string, indices: string, common: readonly number[]): string =>
  common.length === 0
    ? ''
    : ` ${operand}_batching_dims = ${listText(common)}, ${indices}_batching_dims = ${listText(common)},`

const picked = (writer: Writer, x: Value, indices: Value, picking: Picking, shape: Shape): Value => {
  const { axes, offsets, vector, common } = picking
  const words = commonText('operand', 'start_indices', common)
  const numbers = `#stablehlo.gather<offset_dims = ${listText(offsets)}, collapsed_slice_dims = ${listText(axes)},${words} start_index_map = ${listText(axes)}, index_vector_dim = ${vector}>`
  const sizes = x.shape.map((n, axis) => ([...axes, ...common].includes(axis) ? 1 : n))
  const type = { shape, dtype: x.dtype }
  return emit(
    writer,
    `"stablehlo.gather"(${namesOf([x, indices])}) {dimension_numbers = ${numbers}, slice_sizes = ${arrayText(sizes)}, indices_are_sorted = false} : ${signatureText([x, indices], type)}`,
    type
  )
}

const added = (writer: Writer, x: Value, indices: Value, updates: Value, picking: Picking): Value => {
  const { axes, offsets, vector, common } = picking
  const words = commonText('input', 'scatter_indices', common)
  const numbers = `#stablehlo.scatter<update_window_dims = ${listText(offsets)}, inserted_window_dims = ${listText(axes)},${words} scatter_dims_to_operand_dims = ${listText(axes)}, index_vector_dim = ${vector}>`
  const scalar: TensorType = { shape: [], dtype: x.dtype }
  const body = block(writer, [scalar, scalar], (inner, values) => [plain(inner, 'add', values)])
  const operands = [x, indices, updates]
  const [result] = emitAll(
    writer,
    [
      `"stablehlo.scatter"(${namesOf(operands)}) (${body[0]}`,
      ...body.slice(1),
      `${writer.indent}}) {scatter_dimension_numbers = ${numbers}, indices_are_sorted = false, unique_indices = false} : ${signatureText(operands, x)}`
    ],
    [x]
  )
  return result!
}

// -----------------------------------------------------------------------------
// one list of indices
// -----------------------------------------------------------------------------

const rowsOf = (rank: number, axis: number, indices: Value): Picking => ({
  axes: [axis],
  offsets: upTo(rank - 1).map((each) => (each < axis ? each : each + indices.shape.length)),
  vector: indices.shape.length,
  common: []
})

// -----------------------------------------------------------------------------
// indices for each lane
// -----------------------------------------------------------------------------

/** A column of indices for each lane. Lanes are common axes, by which engines divide the work over devices. */
const columnOf = (writer: Writer, indices: Value): Value => reshape(writer, indices, [...indices.shape, 1])

const pointing = ({ shape }: Value, axis: number): Picking => ({
  axes: [axis],
  offsets: [],
  vector: shape.length,
  common: upTo(shape.length).filter((each) => each !== axis)
})

/** Whether the place along an axis is the one that an index of the lane, of which there is one, points to. */
const isPlace = (writer: Writer, indices: Value, shape: Shape, axis: number): Value =>
  compare(writer, 'equal', iota(writer, shape, axis), broadcastAlong(writer, indices, shape, upTo(shape.length)))

/** One index a lane, along an axis that is no longer than this, is found by comparing, which engines divide over devices as they do any operation. */
const longest = 4096

const isCompared = (indices: Value, n: number, axis: number): boolean => indices.shape[axis] === 1 && n <= longest

/** The rules. */
export const picks: Rules<Writer, Value> = /* @__PURE__ */ new Map([
  on(gather.primitive, (writer, [x, indices], { axis }, [result]) => {
    const { shape } = result!
    if (isEmpty(result!) || isEmpty(x!)) return [splat(writer, 0, x!.dtype, shape)]
    const places = fromFront(writer, indices!, x!.shape[axis]!)
    return [picked(writer, x!, places, rowsOf(x!.shape.length, axis, indices!), shape)]
  }),
  on(scatterAdd.primitive, (writer, [x, indices, updates], { axis }) => {
    if (isEmpty(updates!)) return [x!]
    const places = fromFront(writer, indices!, x!.shape[axis]!)
    return [added(writer, x!, places, updates!, rowsOf(x!.shape.length, axis, indices!))]
  }),
  on(takeAlongAxis.primitive, (writer, [x, indices], { axis }, [result]) => {
    const { shape } = result!
    if (isEmpty(result!)) return [splat(writer, 0, x!.dtype, shape)]
    const places = fromFront(writer, indices!, x!.shape[axis]!)
    if (!isCompared(places, x!.shape[axis]!, axis)) {
      return [picked(writer, x!, columnOf(writer, places), pointing(x!, axis), shape)]
    }
    const chosen = select(writer, isPlace(writer, places, x!.shape, axis), x!, splat(writer, 0, x!.dtype, x!.shape))
    const sum = reduce(writer, x!.dtype === 'bool' ? 'or' : 'add', chosen, [axis])
    return [reshape(writer, sum, shape)]
  }),
  on(addAlongAxis.primitive, (writer, [x, indices, updates], { axis }) => {
    if (isEmpty(updates!)) return [x!]
    const places = fromFront(writer, indices!, x!.shape[axis]!)
    if (!isCompared(places, x!.shape[axis]!, axis)) {
      return [added(writer, x!, columnOf(writer, places), updates!, pointing(x!, axis))]
    }
    const all = expandOver(
      writer,
      reshape(
        writer,
        updates!,
        updates!.shape.filter((_, each) => each !== axis)
      ),
      x!.shape,
      [axis]
    )
    const spread = select(writer, isPlace(writer, places, x!.shape, axis), all, splat(writer, 0, x!.dtype, x!.shape))
    return [plain(writer, 'add', [x!, spread])]
  })
])

/** Picking by indices, and adding at them. */
import { type Shape, size } from '../../../../shape/model.js'
import { addAlongAxis, takeAlongAxis } from '../../../../tensor/alongAxis.js'
import { gather, scatterAdd } from '../../../../tensor/indexing.js'
import { type Value, type Writer, full, int, node, whole, word } from '../graph.js'
import { broadcastValue, castTo, reshape, reshaped } from '../values.js'
import { type Line, on } from './on.js'

const adding = { reduction: word('add') }

/** Rows added at places along the first axis. */
const addRows = (writer: Writer, x: Value, indices: Value, updates: Value): string => {
  const places = castTo(writer, reshaped(writer, full(writer, indices), [size(indices.shape), 1]), 'int64')
  const rows = reshaped(writer, full(writer, updates), [size(indices.shape), ...x.shape.slice(1)])
  return node(writer, 'ScatterND', [full(writer, x), places, rows], adding)
}

/** Added at places along an axis behind others, each place for all that stands beside it. */
const addBehind = (writer: Writer, x: Value, indices: Value, updates: Value, axis: number): string => {
  const count = size(indices.shape)
  const shape: Shape = x.shape.map((n, each) => (each === axis ? count : n))
  const wide = reshape(
    writer,
    indices,
    shape.map((_, each) => (each === axis ? count : 1))
  )
  const places = full(writer, broadcastValue(wide, shape))
  const added = reshaped(writer, full(writer, updates), shape)
  return node(writer, 'ScatterElements', [full(writer, x), places, added], { axis: int(axis), ...adding })
}

export const indices: readonly Line[] = /* @__PURE__ */ [
  on(gather.primitive, (w, [x, at], { axis }, [type]) => [
    whole(node(w, 'Gather', [full(w, x!), full(w, at!)], { axis: int(axis) }), type!)
  ]),
  on(scatterAdd.primitive, (w, [x, at, updates], { axis }, [type]) => {
    if (size(at!.shape) === 0) return [x!]
    return [whole(axis === 0 ? addRows(w, x!, at!, updates!) : addBehind(w, x!, at!, updates!, axis), type!)]
  }),
  on(takeAlongAxis.primitive, (w, [x, at], { axis }, [type]) => [
    whole(node(w, 'GatherElements', [full(w, x!), full(w, at!)], { axis: int(axis) }), type!)
  ]),
  on(addAlongAxis.primitive, (w, [x, at, updates], { axis }, [type]) => {
    if (size(at!.shape) === 0) return [x!]
    const inputs = [full(w, x!), full(w, at!), full(w, updates!)]
    return [whole(node(w, 'ScatterElements', inputs, { axis: int(axis), ...adding }), type!)]
  })
]

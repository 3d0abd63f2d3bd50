/** Products of matrices. */
import { isFloat } from '../../../../DType.js'
import { size } from '../../../../shape/model.js'
import { matmul } from '../../../../tensor/matmul.js'
import { type Value, type Writer, full, int, node, whole } from '../graph.js'
import { counted, filled, untransposed } from '../values.js'
import { type Line, on } from './on.js'

/** A tensor of the graph whose last two axes are whole; those in front broadcast by themselves. */
const matrices = (writer: Writer, value: Value): string => {
  const { shape, held, name } = value
  const isReady = held.length >= 2 && held.slice(-2).every((n, i) => n === shape.slice(-2)[i])
  return isReady ? name : full(writer, value)
}

/** `Gemm` takes a transpose as it is. */
const general = (writer: Writer, a: Value, b: Value): string => {
  const [left, right] = [full(writer, a), full(writer, b)]
  const [ofLeft, ofRight] = [untransposed(writer, left), untransposed(writer, right)]
  return node(writer, 'Gemm', [ofLeft ?? left, ofRight ?? right], {
    transA: int(ofLeft === undefined ? 0 : 1),
    transB: int(ofRight === undefined ? 0 : 1)
  })
}

export const products: readonly Line[] = /* @__PURE__ */ [
  on(matmul.primitive, (w, [x, y], _zeros, [type]) => {
    const [a, b] = [counted(w, x!), counted(w, y!)]
    if (size(a.shape) === 0) return [filled(w, type!, 0)]
    const isPair = type!.shape.length === 2 && a.shape.length === 2 && b.shape.length === 2
    if (isPair && isFloat(type!.dtype)) return [whole(general(w, a, b), type!)]
    const product: Value = {
      ...type!,
      name: node(w, 'MatMul', [matrices(w, a), matrices(w, b)]),
      held: type!.shape
    }
    return [product]
  })
]

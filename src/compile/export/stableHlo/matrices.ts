/** Rules for the factorisation and the systems of equations that the format has. */
import type { Shape } from '../../../shape/model.js'
import { choleskyPrimitive } from '../../../linalg/cholesky.js'
import { triangularSolvePrimitive } from '../../../linalg/triangularSolve.js'
import type { Rules } from '../model.js'
import { compare, iota, isEmpty, select } from './operations.js'
import { signatureText, typeText } from './text.js'
import { type Value, type Writer, emit, on, splat } from './writer.js'

/** Whether a place is on the diagonal of its matrix or below it. */
const isLower = (writer: Writer, shape: Shape): Value =>
  compare(writer, 'greaterEqual', iota(writer, shape, shape.length - 2), iota(writer, shape, shape.length - 1))

/** The rules. */
export const matrices: Rules<Writer, Value> = /* @__PURE__ */ new Map([
  on(choleskyPrimitive, (writer, [a]) => {
    if (isEmpty(a!)) return [a!]
    const factor = emit(writer, `stablehlo.cholesky ${a!.id}, lower = true : ${typeText(a!)}`, a!)
    // What the format leaves above the diagonal is undefined.
    return [select(writer, isLower(writer, a!.shape), factor, splat(writer, 0, a!.dtype, a!.shape))]
  }),
  on(triangularSolvePrimitive, (writer, [a, b], { lower, transpose, unit }) => {
    if (isEmpty(b!)) return [b!]
    const words = `left_side = true, lower = ${lower}, unit_diagonal = ${unit}, transpose_a = #stablehlo<transpose ${transpose ? 'TRANSPOSE' : 'NO_TRANSPOSE'}>`
    return [
      emit(writer, `"stablehlo.triangular_solve"(${a!.id}, ${b!.id}) {${words}} : ${signatureText([a!, b!], b!)}`, b!)
    ]
  })
])

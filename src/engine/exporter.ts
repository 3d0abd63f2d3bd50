/** Programs in the bytes that ONNX Runtime reads. */
import { isLeft, right } from '../internal/either.js'
import { decompositions } from '../compile/export/decompose/table.js'
import { prepare } from '../compile/export/export.js'
import { onnx } from '../compile/export/onnx/language.js'
import { modelOf } from '../compile/export/onnx/write.js'
import { encode } from '../onnx/encode.js'
import type { Exporter } from './session.js'

const substitutes = { decompositions, reasons: new Map(), formula: () => undefined }

export const toOnnx: Exporter = (program) => {
  const prepared = prepare('onnx', onnx, substitutes, program)
  if (isLeft(prepared)) return prepared
  const names = { inputs: program.inputPaths, outputs: program.outputPaths.map((path) => `result${path}`) }
  return right(encode(modelOf(prepared.right, names, substitutes.formula)))
}

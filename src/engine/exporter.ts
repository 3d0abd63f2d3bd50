/** Programs in the bytes that ONNX Runtime reads, as its processors or its GPUs have them. */
import { type Either, left, map } from 'fp-ts/lib/Either.js'
import { onnxModel } from '../compile/export/onnx/export.js'
import { onnx } from '../compile/export/onnx/language.js'
import type { Substitutes } from '../compile/export/model.js'
import { type Unsupported, unsupported } from '../compile/export/refusals.js'
import { type Named, named } from '../compile/export/signature.js'
import { substitutes } from '../compile/export/substitutes.js'
import { encode } from '../onnx/encode.js'
import type { Expression } from '../primitive/expression.js'
import type { Intrinsic } from '../primitive/intrinsics.js'
import type { ModelProto } from '../onnx/model.js'
import type { Program } from '../primitive/model.js'
import { windowMaxPrimitive } from '../tensor/windowPrimitives.js'
import { cos, sin } from './circular.js'
import { quickHypot } from './lengths.js'
import { narrow } from './narrow.js'

/** Programs in bytes, for a processor or for WebGPU. */
export type Exporter = (program: Program, isGpu: boolean) => Either<Unsupported, Uint8Array>

const operation = 'OnnxRuntime'

/** Functions that WebGPU has in too few digits, and what stands for them. */
const coarse: ReadonlyMap<Intrinsic, Expression> = /* @__PURE__ */ new Map([
  ['sin', sin(true)],
  ['cos', cos(true)]
])

const onGpuInstead: Substitutes = {
  ...substitutes,
  formula: (name, dtype) => coarse.get(name) ?? substitutes.formula(name, dtype)
}

/** ONNX as WebGPU has it: its pooling does not tell where maxima are. */
const onGpu: typeof onnx = {
  ...onnx,
  has: (name, dtype) => !coarse.has(name) && onnx.has(name, dtype),
  format: 'ONNX Runtime on WebGPU',
  rules: /* @__PURE__ */ new Map([...onnx.rules].filter(([primitive]) => primitive !== windowMaxPrimitive))
}

/** Inputs and outputs in float64, which WebGPU does not have; between them float32 takes its place. */
const wide = ({ program, inputs, outputs }: Named): readonly string[] => [
  ...inputs.filter((_, i) => program.inputs[i]?.dtype === 'float64'),
  ...outputs.filter((_, i) => program.outputs[i]?.dtype === 'float64')
]

/** ONNX as processors have it: passes over memory are what elementwise operations cost there. */
const onProcessor: typeof onnx = { ...onnx, rules: /* @__PURE__ */ new Map([...onnx.rules, quickHypot]) }

const forGpu = (given: Named): Either<Unsupported, Uint8Array> => {
  const reason = 'it is float64, which WebGPU does not have; expected float32, cast it with T.cast'
  const refused = wide(given).map((name) => ({ name, reason }))
  if (refused.length > 0) return left(unsupported(operation, onGpu.format, refused))
  return map((model: ModelProto) => encode(narrow(model)))(onnxModel(operation, given, onGpu, onGpuInstead))
}

/** The bytes of a program. */
export const toOnnx: Exporter = (program, isGpu) =>
  isGpu ? forGpu(named(program)) : map(encode)(onnxModel(operation, named(program), onProcessor, substitutes))

/**
 * Staged programs in the formats of engines: value, gradient and optimizer in one text or file, which runs elsewhere.
 */
export { type OnnxExports, type OnnxOptions, onnx } from './compile/export/onnx/export.js'
export type { Unsupported, UnsupportedEquation } from './compile/export/refusals.js'
export type { Exports } from './compile/export/signature.js'
export { stableHlo } from './compile/export/stableHlo/export.js'

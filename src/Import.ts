/**
 * Models that were made elsewhere, as functions of tensors: they can be differentiated, fine-tuned and explained.
 */
export type { Fault, ImportError, ImportOptions, Imported, Params, Port, UnknownOperation } from './import/model.js'
export { onnx } from './import/onnx.js'

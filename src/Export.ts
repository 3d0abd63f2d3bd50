/**
 * Staged programs in the formats of engines: value, gradient and optimizer in one text or file, which runs elsewhere.
 */
import { type Either, map } from 'fp-ts/lib/Either.js'
import { type OnnxExports, onnxBytes } from './compile/export/onnx/export.js'
import { prepare } from './compile/export/export.js'
import type { Unsupported } from './compile/export/refusals.js'
import { type Exports, exporting } from './compile/export/signature.js'
import { stableHloLanguage } from './compile/export/stableHlo/language.js'
import { moduleText } from './compile/export/stableHlo/module.js'
import { substitutes } from './compile/export/substitutes.js'

export type { OnnxExports, OnnxOptions } from './compile/export/onnx/export.js'
export type { Unsupported, UnsupportedEquation } from './compile/export/refusals.js'
export type { Exports } from './compile/export/signature.js'

/**
 * A program, or a function at arguments, as the text of a StableHLO module for XLA: `stableHlo(program)`, or
 * `stableHlo(f)(...args)`, of which only shapes and types of the arguments are used.
 *
 * The module has one function, `main`. Its inputs are the leaves of the arguments in order, its outputs those of the result; each has
 * the attribute `pullback.path`, such as `args[0].w` or `result.loss`. Scopes are locations. The text holds operations of the core set
 * only, and nothing about devices. Float32 is computed in float32, so results differ by rounding; indices and steps of loops are not
 * checked: an index out of range is clamped or left out, a loop ends after `maxSteps`.
 *
 * A program that has operations which cannot be written is an `Unsupported`, which lists all of them.
 *
 * @throws LeakedTracerError when the function reads the value of a tensor
 *
 * @example
 * import { map } from 'fp-ts/lib/Either.js'
 * import * as Export from 'pullback/Export'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const text = Export.stableHlo(grad((x: T.Tensor<[]>) => T.sin(x)))(T.scalar(0))
 * map((module: string) => module.split('\n')[1]?.trim())(text)
 * // => right('func.func public @main(%arg0: tensor<f32> {pullback.path = "args[0]"}) -> (tensor<f32> {pullback.path = "result"}) {')
 */
export const stableHlo: Exports<Either<Unsupported, string>> = exporting('stableHlo', (named) =>
  map((program: typeof named.program) => moduleText(program, named, substitutes.formula))(
    prepare('stableHlo', stableHloLanguage, substitutes, named.program)
  )
)

/**
 * A program, or a function at arguments, as the bytes of an ONNX model (opset 18) for ONNX Runtime: `onnx(program)`, or
 * `onnx(f, options)(...args)`, of which only shapes and types of the arguments are used.
 *
 * Inputs and outputs of the model are the leaves of the arguments and of the result, named by their paths, such as `args[0].w` or
 * `result.loss`. Names of nodes begin with scopes. With the option `batch`, the model takes batches of any size; the function
 * is traced at three sizes for that.
 *
 * Float32 is computed in float32, so results differ by rounding, and the length of two numbers beyond 1e19 is infinite. An index out
 * of range is an error of the engine, a loop ends after `maxSteps`, sorts and positions take NaN for infinity, pooling passes NaN by,
 * zero times NaN is NaN in products of matrices, and softmax over one axis is the engine's, which gives NaN where all or the largest are infinite.
 *
 * A program that has operations which cannot be written is an `Unsupported`, which lists all of them; so is one whose operations
 * depend on the batch size.
 *
 * @throws LeakedTracerError when the function reads the value of a tensor
 *
 * @example
 * import { isRight, map } from 'fp-ts/lib/Either.js'
 * import * as Export from 'pullback/Export'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const bytes = Export.onnx(grad((x: T.Tensor<[]>) => T.sin(x)))(T.scalar(0))
 * map((model: Uint8Array) => model[0])(bytes) // => right(8)
 *
 * const mean = (x: T.Tensor<[number, 2]>) => T.mean(x)
 * isRight(Export.onnx(mean, { batch: [0] })(T.zeros([5, 2]))) // => true
 */
export const onnx: OnnxExports = onnxBytes

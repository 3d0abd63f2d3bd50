/**
 * Functions on ONNX Runtime: exported whole, and run by its kernels on processors, in WebAssembly and on GPUs in browsers.
 */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { type Compiled, compileBy } from './compile.js'
import type { EngineError } from './errors.js'
import { toOnnx } from './exporter.js'
import type { Options } from './load.js'
import { type EngineStep, stepBy } from './step.js'

export type { Compiled } from './compile.js'
export type { EngineError, EngineFailed, EngineMissing } from './errors.js'
export type { Options } from './load.js'
export type { Engine } from './runtime.js'
export { type EngineStep, type Placed, training } from './step.js'

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * A function on ONNX Runtime: `compile(f, options)(...args)` traces `f` at the shapes and types of the arguments, exports it as
 * `Export.onnx` does, and loads it. The result is an asynchronous function of the same type as `f`, for arguments of those shapes; float32 is
 * computed in float32, so that results differ from eager ones by rounding.
 *
 * Operations that ONNX lacks, an engine that is not installed and one that refuses the program are values, by equation. The promise is
 * rejected when the function reads a value of a transformation around it that is not among its arguments.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 * import * as OnnxRuntime from 'pullback/engine/OnnxRuntime'
 *
 * const slope = grad((x: T.Tensor<[3]>) => T.sum(T.sin(x)))
 * const cosines = async (x: T.Tensor<[3]>): Promise<T.Tensor<[3]> | string> => {
 *   const compiled = await OnnxRuntime.compile(slope, { engine: 'node' })(x)()
 *   return E.isRight(compiled) ? compiled.right(x) : compiled.left.message
 * }
 * cosines.length // => 1
 */
export const compile: <Args extends readonly unknown[], R>(
  f: (...args: Args) => R,
  options?: Options
) => (...args: Args) => TaskEither<EngineError, Compiled<Args, R>> = /* @__PURE__ */ compileBy(toOnnx)

/**
 * A step on ONNX Runtime, from a state and other arguments to [state, what it tells], whose states stay with the engine: on a GPU in its
 * memory, so that only batches go there and only what the step tells comes back. `Train.update` is such a step; `training` makes one that
 * `Train.run` takes.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Layer from 'pullback/Layer'
 * import * as Loss from 'pullback/Loss'
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 * import * as Train from 'pullback/Train'
 * import * as OnnxRuntime from 'pullback/engine/OnnxRuntime'
 *
 * const model = Layer.dense(2, 3)
 * const optimizer = Optimizer.adam(0.01)
 * const { step: _, ...start } = Train.init(model, optimizer)(Random.key(0))
 * const batch = { features: T.ones([8, 2]), labels: T.zeros([8], 'int32') }
 * const train = async () => {
 *   const made = await OnnxRuntime.step(Train.update(Train.objective(model, Loss.crossEntropy), optimizer))(start, batch)()
 *   if (E.isLeft(made)) return made.left.message
 *   const step = made.right
 *   const ended = await Train.run(OnnxRuntime.training(step))(step.place(start), [batch, batch])()
 *   return E.isLeft(ended) ? ended.left.message : step.read(ended.right)
 * }
 * train.length // => 0
 */
export const step: <X, Rest extends readonly unknown[], Told>(
  f: (...args: readonly [state: X, ...rest: Rest]) => readonly [X, Told],
  options?: Options
) => (...args: readonly [state: X, ...rest: Rest]) => TaskEither<EngineError, EngineStep<X, Rest, Told>> =
  /* @__PURE__ */ stepBy(toOnnx)

/** Functions and programs as the bytes of a model. */
import { type Either, chain, isLeft, left, map, mapLeft, traverseArray } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { trace } from '../../../debug/trace.js'
import { reasonOf } from '../../../internal/describe.js'
import { type Kind, options } from '../../../internal/options.js'
import { encode } from '../../../onnx/encode.js'
import type { ModelProto } from '../../../onnx/model.js'
import type { Program } from '../../../primitive/model.js'
import { show } from '../../../shape/model.js'
import { type Tensor, fill } from '../../../tensor/model.js'
import { flattenAs } from '../../../tree/model.js'
import { prepare } from '../export.js'
import type { Substitutes } from '../model.js'
import { type Unsupported, type UnsupportedEquation, unsupported } from '../refusals.js'
import { type Named, closedAt, named, requireProgram } from '../signature.js'
import { substitutes } from '../substitutes.js'
import { anyBatch, batchSizes } from './batch.js'
import { onnx as language } from './language.js'
import { modelOf } from './write.js'

/**
 * How a function becomes a model of ONNX.
 *
 * @example
 * import type { OnnxOptions } from 'pullback/Export'
 *
 * const options: OnnxOptions = { batch: [1] }
 * options.batch // => [1]
 */
export interface OnnxOptions {
  /** The positions of the arguments whose leaves have the batch as their first axis; the model then takes any batch size. */
  readonly batch?: readonly number[] | undefined
}

/**
 * How `onnx` is called: with a program, or with a function and its arguments.
 *
 * @example
 * import * as Export from 'pullback/Export'
 *
 * const write: Export.OnnxExports = Export.onnx
 * write === Export.onnx // => true
 */
export interface OnnxExports {
  (program: Program): Either<Unsupported, Uint8Array>
  <Args extends readonly unknown[], R>(
    f: (...args: Args) => R,
    options?: OnnxOptions
  ): (...args: Args) => Either<Unsupported, Uint8Array>
}

const operation = 'onnx'

const positions: Kind = {
  expected: 'positions of arguments',
  holds: (value) => Array.isArray(value) && value.every((each) => Number.isInteger(each) && each >= 0)
}

const check = /* @__PURE__ */ options<OnnxOptions>('Export.onnx', { batch: positions })

/** The model of a program, in ONNX or in what an engine has of it. */
export const onnxModel = (
  caller: string,
  given: Named,
  by: typeof language = language,
  instead: Substitutes = substitutes
): Either<Unsupported, ModelProto> =>
  pipe(
    prepare(caller, by, instead, given.program),
    map((program) => modelOf(program, given, instead.formula, by))
  )

/** An argument with batches of another size. */
const resized = <A>(argument: A, position: number, size: number): A => {
  const { leaves, paths, unflatten } = flattenAs(operation, argument)
  return unflatten(
    leaves.map(({ shape, dtype }: Tensor, i) => {
      if (shape.length > 0) return fill([size, ...shape.slice(1)], dtype, 0)
      const path = `args[${position}]${paths[i] ?? ''}`
      throw new RangeError(`${operation}: ${path} has shape ${show(shape)}; expected the batch as its first axis`)
    })
  )
}

/** The function at arguments of another batch size, which it may refuse. */
const tracedAt = <Args extends readonly unknown[], R>(
  f: (...args: Args) => R,
  args: Args,
  positions: readonly number[],
  size: number
): Either<Unsupported, ModelProto> => {
  const others = args.map((argument, i) => (positions.includes(i) ? resized(argument, i, size) : argument))
  try {
    const at = (...given: readonly unknown[]): unknown => Reflect.apply(f, undefined, given)
    return onnxModel(operation, named(trace(at)(...others)))
  } catch (error) {
    return left(
      unsupported(operation, language.format, [{ name: 'trace', reason: `at a batch of ${size}, ${reasonOf(error)}` }])
    )
  }
}

/** The input that tells the batch size. */
const sourceOf = ({ graph }: ModelProto, positions: readonly number[]): string | undefined =>
  graph.input.find(({ name }) => positions.some((i) => name.startsWith(`args[${i}]`)))?.name

const ofAnyBatch = <Args extends readonly unknown[], R>(
  f: (...args: Args) => R,
  args: Args,
  positions: readonly number[]
): Either<Unsupported, ModelProto> => {
  const models = traverseArray((size: number) => tracedAt(f, args, positions, size))(batchSizes)
  if (isLeft(models)) return models
  const [first, second, third] = models.right
  const source = sourceOf(first!, positions)
  if (source === undefined) {
    const reason = `no argument at the positions ${show(positions)} has a leaf; expected one with the batch as its first axis`
    return left(unsupported(operation, language.format, [{ name: 'trace', reason }]))
  }
  return mapLeft((equations: readonly UnsupportedEquation[]) => unsupported(operation, language.format, equations))(
    anyBatch([first!, second!, third!], source)
  )
}

const atArguments =
  <Args extends readonly unknown[], R>(
    f: (...args: Args) => R,
    { batch = [] }: OnnxOptions
  ): ((...args: Args) => Either<Unsupported, Uint8Array>) =>
  (...args) => {
    const given = named(closedAt(operation, f, args))
    // What is refused at the arguments' own size is said of that size.
    const model =
      batch.length === 0
        ? onnxModel(operation, given)
        : pipe(
            prepare(operation, language, substitutes, given.program),
            chain(() => ofAnyBatch(f, args, batch))
          )
    return map(encode)(model)
  }

/** The two forms. */
function onnxBytes(program: Program): Either<Unsupported, Uint8Array>
function onnxBytes<Args extends readonly unknown[], R>(
  f: (...args: Args) => R,
  options?: OnnxOptions
): (...args: Args) => Either<Unsupported, Uint8Array>
function onnxBytes<Args extends readonly unknown[], R>(
  given: Program | ((...args: Args) => R),
  chosen: OnnxOptions = {}
): Either<Unsupported, Uint8Array> | ((...args: Args) => Either<Unsupported, Uint8Array>) {
  if (typeof given !== 'function') {
    return map(encode)(onnxModel(operation, named(requireProgram(operation, given))))
  }
  check(chosen)
  return atArguments(given, chosen)
}

/**
 * A program, or a function at arguments, as the bytes of an ONNX model (opset 18) for ONNX Runtime: `onnx(program)`, or
 * `onnx(f, options)(...args)`, of which only shapes and types of the arguments are used.
 *
 * Inputs and outputs of the model are the leaves of the arguments and of the result, named by their paths, such as `args[0].w` or
 * `result.loss`. Names of nodes begin with scopes. With the option `batch`, the model takes batches of any size; the function
 * is traced at three sizes for that.
 *
 * Float32 is computed in float32, so results differ by rounding. An index out of range is an error of the engine, a loop ends
 * after `maxSteps`, sorts and positions take NaN for infinity, pooling passes NaN by, zero times NaN is NaN in products of matrices, and softmax over one axis is the engine's, which gives NaN where all or the largest
 * are infinite.
 *
 * A program that has operations which cannot be written is an `Unsupported`, which lists all of them; so is one whose operations
 * depend on the batch size.
 *
 * @throws LeakedTracerError when the function reads the value of a tensor
 * @throws TypeError when the function reads a value of a transformation around it that is not among its arguments
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Export from 'pullback/Export'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const bytes = Export.onnx(grad((x: T.Tensor<[]>) => T.sin(x)))(T.scalar(0))
 * E.isRight(bytes) // => true
 *
 * const mean = (x: T.Tensor<[number, 2]>) => T.mean(x)
 * E.isRight(Export.onnx(mean, { batch: [0] })(T.zeros([5, 2]))) // => true
 */
export const onnx: OnnxExports = onnxBytes

/** Programs as data: the operations of a function, written down once for all values of its arguments. */
import type { Program, TensorType } from '../primitive/model.js'
import { DTypeError } from '../internal/require.js'
import { run } from '../transform/program.js'
import { ShapeError, equals, show } from '../shape/model.js'
import { ofArguments, results } from '../calculus/arguments.js'
import { type Tensor, fill } from '../tensor/model.js'
import { stage } from '../transform/stage.js'
import { TreeError } from '../tree/error.js'
import { type Flat, flattenAs, mapAs } from '../tree/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A function as a program: a frozen list of equations that holds for all arguments of the shapes, element types and
 * structure that it was traced at. No concrete value of an argument is in it.
 *
 * The value at `args` is `unflatten` of what the equations make of `[...flatten(args), ...captured]`.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as T from 'pullback/Tensor'
 *
 * type Params = { readonly w: T.Tensor<[2]>; readonly b: T.Tensor<[]> }
 * const model = ({ w, b }: Params) => T.add(T.sum(w), b)
 * const program: Debug.StagedProgram<[Params], T.Tensor<[]>> = Debug.trace(model)({ w: T.zeros([2]), b: T.scalar(0) })
 * program.inputPaths // => ['args[0].w', 'args[0].b']
 * program.equations.map(({ primitive }) => primitive.name) // => ['sum', 'add']
 */
export interface StagedProgram<Args extends readonly unknown[], R> extends Program {
  /** Where each input stands among the arguments, as one would write it; captured values have none. */
  readonly inputPaths: readonly string[]
  /** Where each output stands in the result; empty for a result that is one tensor. */
  readonly outputPaths: readonly string[]
  /** Values of transformations around it that the function closes over: the last inputs. */
  readonly captured: readonly Tensor[]
  /**
   * The leaves of arguments, in the order of the inputs; throws an error that names the path of one that does not fit.
   */
  readonly flatten: (args: Args) => readonly Tensor[]
  /** The result, with the values of the outputs in it. */
  readonly unflatten: (outputs: readonly Tensor[]) => R
}

// -----------------------------------------------------------------------------
// arguments
// -----------------------------------------------------------------------------

/** The leaves of arguments that are at the given paths and of the given types, leaf for leaf. */
export const leavesOf = (args: unknown, paths: readonly string[], types: readonly TensorType[]): readonly Tensor[] => {
  const { leaves, paths: found } = flattenAs('evaluate', args, ofArguments)
  const at = new Map(found.map((path, i) => [`args${path}`, leaves[i]!]))
  const known = new Set(paths)
  const extra = [...at.keys()].find((path) => !known.has(path))
  if (extra !== undefined) {
    throw new TreeError('evaluate', extra, `${extra} is a tensor; the program was traced without one there`)
  }
  return types.map((type, i) => {
    const path = paths[i]!
    const leaf = at.get(path)
    if (leaf === undefined) {
      throw new TreeError(
        'evaluate',
        path,
        `${path} is missing; expected a ${type.dtype} tensor of shape ${show(type.shape)}`
      )
    }
    if (!equals(leaf.shape, type.shape)) {
      const rule = `${path} has shape ${show(leaf.shape)}; expected shape ${show(type.shape)}, or trace again`
      throw new ShapeError('evaluate', [leaf.shape, type.shape], rule)
    }
    if (leaf.dtype !== type.dtype) {
      throw new DTypeError('evaluate', `${path} is ${leaf.dtype}; expected ${type.dtype}, cast it with T.cast`)
    }
    return leaf
  })
}

/** The way back to a tree, which keeps its structure and forgets its values. */
export const structureOf = <R>(value: R): Flat<R> =>
  flattenAs(
    'evaluate',
    mapAs('trace', value, ({ shape, dtype }) => fill(shape, dtype, 0))
  )

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * The program of a function: `trace(f)(...args)` runs `f` once, on values that are known by shape and element type
 * only, and writes down its operations. Any function, through any transformation: `trace(grad(f))`, `trace(vmap(f))`.
 *
 * Arguments and result are trees of tensors; of the arguments only shapes and types are used, so that `T.zeros` will
 * do. JavaScript's control flow is followed once: the program is that of the branch taken. Reading a value as a number
 * is a `LeakedTracerError`. Operations on constants are done at once, and equations whose results nobody reads are left
 * out, except those that have an effect, such as `tap`. Inside of another transformation, values of it that the
 * function closes over become inputs: see `captured`.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const program = Debug.trace(grad((x: T.Tensor<[]>) => T.square(T.sin(x))))(T.scalar(0))
 * program.equations.map(({ primitive }) => primitive.name) // => ['sin', 'add', 'guardedMul', 'cos', 'guardedMul']
 * Debug.evaluate(program)(T.scalar(1)) // => T.scalar(0.90929735)
 *
 * Debug.trace((x: T.Tensor<[]>) => T.mul(x, T.item(x)))(T.scalar(2))
 * // throws item: a value inside trace was read as numbers; a staged function knows shapes only, choose by T.where, Control.cond or Control.whileLoop
 */
export const trace =
  <Args extends readonly unknown[], R>(f: (...args: Args) => R): ((...args: Args) => StagedProgram<Args, R>) =>
  (...args) => {
    const given = flattenAs('trace', args, ofArguments)
    let outcome: Flat<R> | undefined
    const { program, captured } = stage('trace', given.leaves, (leaves) => {
      const { leaves: outputs, unflatten } = results('trace', f(...given.unflatten(leaves)))
      outcome = structureOf(unflatten(outputs))
      return outputs
    })
    return staged(program, given.paths, captured, outcome!)
  }

/** A program with the trees of arguments and result around it. */
export const staged = <Args extends readonly unknown[], R>(
  program: Program,
  paths: readonly string[],
  captured: readonly Tensor[],
  result: Flat<R>
): StagedProgram<Args, R> => {
  const inputPaths = Object.freeze(paths.map((path) => `args${path}`))
  const types = program.inputs.slice(0, paths.length)
  const whole: StagedProgram<Args, R> = {
    ...program,
    inputPaths,
    outputPaths: Object.freeze([...result.paths]),
    captured: Object.freeze([...captured]),
    flatten: (args) => leavesOf(args, inputPaths, types),
    unflatten: (outputs) => result.unflatten(outputs)
  }
  return Object.freeze(whole)
}

// -----------------------------------------------------------------------------
// destructors
// -----------------------------------------------------------------------------

/**
 * The function that a program is of: `evaluate(trace(f)(...args))` equals `f` at all arguments of the same shapes,
 * types and structure, wherever `f` does the same operations. It is made of operations as `f` is, so that `grad`, `jvp`
 * and `vmap` of it, and `trace` again, are those of `f`.
 *
 * Arguments of another shape, type or structure are a `ShapeError`, `DTypeError` or `TreeError` that names the path.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const cube = Debug.evaluate(Debug.trace((x: T.Tensor<[]>) => T.mul(x, T.square(x)))(T.scalar(0)))
 * cube(T.scalar(2)) // => T.scalar(8)
 * grad(cube)(T.scalar(2)) // => T.scalar(12)
 *
 * Debug.evaluate(Debug.trace((x: T.Tensor) => T.exp(x))(T.zeros([3])))(T.zeros([2]))
 * // throws evaluate: args[0] has shape [2]; expected shape [3], or trace again
 */
export const evaluate =
  <Args extends readonly unknown[], R>(program: StagedProgram<Args, R>): ((...args: Args) => R) =>
  (...args) =>
    program.unflatten(run(program, [...program.flatten(args), ...program.captured]))

/** Programs and equations as functions. */
import { bind } from '../primitive/bind.js'
import type { Bound, Program } from '../primitive/model.js'
import { DTypeError, requireTensor } from '../internal/require.js'
import { ShapeError, equals, show } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'
import { run as runProgram } from '../transform/program.js'

/**
 * A program as a function of its inputs, one tensor each, captured ones as well: `run(program)(...inputs)` is the list of
 * its outputs. It dispatches, so that every transformation goes through it. `Debug.evaluate` is the form for programs of
 * functions of trees.
 *
 * Inputs of other shapes or types are a `ShapeError` or `DTypeError`.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as Program from 'pullback/Program'
 * import * as T from 'pullback/Tensor'
 *
 * const program = Debug.trace((x: T.Tensor<[2]>) => T.square(x))(T.zeros([2]))
 * Program.run(program)(T.of([2, 3])) // => [T.of([4, 9])]
 * Program.run(program)(T.of([2, 3, 4]))
 * // throws run: input 0 has shape [3]; expected shape [2]
 */
export const run =
  (program: Program): ((...inputs: readonly Tensor[]) => readonly Tensor[]) =>
  (...inputs) => {
    const types = program.inputs
    if (inputs.length !== types.length) {
      throw new TypeError(`run: the number of inputs is ${inputs.length}; expected ${types.length}`)
    }
    types.forEach(({ shape, dtype }, i) => {
      const input = inputs[i]!
      requireTensor('run', input, `input ${i}`)
      if (!equals(input.shape, shape)) {
        const rule = `input ${i} has shape ${show(input.shape)}; expected shape ${show(shape)}`
        throw new ShapeError('run', [input.shape, shape], rule)
      }
      if (input.dtype !== dtype) throw new DTypeError('run', `input ${i} is ${input.dtype}; expected ${dtype}`)
    })
    return runProgram(program, inputs)
  }

/**
 * An equation as a function of its operands, by dispatch: the list of its results.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as Program from 'pullback/Program'
 * import * as T from 'pullback/Tensor'
 *
 * const [first] = Debug.trace((x: T.Tensor<[3]>) => T.sum(x))(T.zeros([3])).equations
 * Program.apply(first!)([T.of([1, 2, 3])]) // => [T.scalar(6)]
 */
export const apply =
  ({ primitive, params }: Bound): ((operands: readonly Tensor[]) => readonly Tensor[]) =>
  (operands) =>
    bind(primitive, operands, params)

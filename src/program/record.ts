/** Recording: a program, and the value of each of its variables, from one run. */
import type { Bound, Params, Primitive, Variable } from '../primitive/model.js'
import { Traced } from '../primitive/traced.js'
import { bind } from '../primitive/bind.js'
import type { Shape } from '../shape/model.js'
import { type Concrete, type Tensor, isConcrete } from '../tensor/model.js'
import { Writer, Written } from '../transform/stage.js'
import { type StagedProgram, staged, structureOf } from '../debug/trace.js'
import { flattenAs } from '../tree/model.js'
import { ofArguments, results } from '../calculus/arguments.js'

/**
 * The result of `record`: a program, and the values of its variables when it was written.
 *
 * @example
 * import * as Program from 'pullback/Program'
 * import * as T from 'pullback/Tensor'
 *
 * const recording: Program.Recording<[T.Tensor<[]>], T.Tensor<[]>> = Program.record(T.exp<[]>)(T.scalar(0))
 * recording.value // => T.scalar(1)
 */
export interface Recording<Args extends readonly unknown[], R> {
  readonly program: StagedProgram<Args, R>
  /** The value of every variable of the program. */
  readonly values: ReadonlyMap<Variable, Tensor>
  /** The result of the function. */
  readonly value: R
}

/** A value that is written down and known. */
class Recorded<S extends Shape = Shape> extends Written<S> {
  declare readonly primal: Tensor<S>

  constructor(recorder: Recorder, variable: Variable, primal: Tensor<S>) {
    super(recorder, variable, primal.shape)
    this.primal = primal
  }

  override readable(): Concrete | undefined {
    const { primal } = this
    return isConcrete(primal) ? primal : primal instanceof Traced ? primal.readable() : undefined
  }
}

/** One recording of a function. */
class Recorder extends Writer {
  readonly remedy = 'take T.item of it'
  readonly values = new Map<Variable, Tensor>()

  input(x: Tensor): Tensor {
    return this.known(this.newInput(x), x)
  }

  /** The value without this recording. */
  primal(x: Tensor): Tensor {
    return this.records(x) ? x.primal : x
  }

  private records(x: Tensor): x is Recorded {
    return this.owns(x)
  }

  private known(variable: Variable, primal: Tensor): Tensor {
    this.values.set(variable, primal)
    return new Recorded(this, variable, primal)
  }

  apply<P extends Params>(primitive: Primitive<P>, operands: readonly Tensor[], params: P): readonly Tensor[] {
    this.requireOpen(primitive.name)
    const primals = operands.map((operand) => this.primal(operand))
    // The operation that is written down is the one that is run: it may have more results.
    const bound: Bound = primitive.close?.(operands, params) ?? { primitive, params }
    const made = bind(bound.primitive, primals, bound.params)
    return this.write(bound.primitive, operands, bound.params, made).map((variable, i) =>
      this.known(variable, made[i]!)
    )
  }
}

/**
 * The program of a function at its arguments, together with the value of every variable, from one run of it:
 * `record(f)(...args)`. Unlike `trace`, it follows choices that the function makes by value, so that it works wherever
 * `f` does: the program is then that of the choices made at these arguments. Loops whose trip count is known are written
 * step by step, as they ran.
 *
 * @example
 * import * as Program from 'pullback/Program'
 * import * as T from 'pullback/Tensor'
 *
 * const f = (x: T.Tensor<[]>) => (T.item(T.stopGradient(x)) > 0 ? T.exp(x) : T.sin(x))
 * const { program, values, value } = Program.record(f)(T.scalar(1))
 * program.equations.map(({ primitive }) => primitive.name) // => ['exp']
 * value // => T.scalar(2.7182817)
 * program.inputs.map((input) => values.get(input)) // => [T.scalar(1)]
 */
export const record =
  <Args extends readonly unknown[], R>(f: (...args: Args) => R): ((...args: Args) => Recording<Args, R>) =>
  (...args) => {
    const recorder = new Recorder('record')
    try {
      const given = flattenAs('record', args, ofArguments)
      const flat = results('record', f(...given.unflatten(given.leaves.map((leaf) => recorder.input(leaf)))))
      const { program, captured } = recorder.program(flat.leaves)
      const values = new Map(recorder.values)
      captured.forEach((x, i) => values.set(program.inputs[given.leaves.length + i]!, x))
      const value = flat.unflatten(flat.leaves.map((leaf) => recorder.primal(leaf)))
      return Object.freeze({ program: staged(program, given.paths, captured, structureOf(value)), values, value })
    } finally {
      recorder.close()
    }
  }

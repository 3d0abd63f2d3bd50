/**
 * The staging mode: values are known by shape and type only, and operations on them are written down as equations. The
 * result is a program that depends on no concrete value.
 */
import { isPlain, refusal } from '../internal/describe.js'
import {
  type Atom,
  type Bound,
  type Equation,
  type Params,
  type Primitive,
  type Program,
  type TensorType,
  Variable
} from '../primitive/model.js'
import { Traced, writingBody } from '../primitive/traced.js'
import { liveOrRefusing } from './checks.js'
import { equation, live } from './program.js'
import { openScope, relative } from './scope.js'
import type { Shape } from '../shape/model.js'
import { type Tensor, isConcrete } from '../tensor/model.js'
import { Trace } from './trace.js'

// -----------------------------------------------------------------------------
// the interpreter
// -----------------------------------------------------------------------------

/** Refuses parameters that are not a record: they could not be compared, printed or stored. */
const requireRecord = ({ primitive, params }: Bound): void => {
  if (isPlain(params)) return
  const expected = 'a record of plain data, such as { axis: 0 }'
  throw new TypeError(refusal(primitive.name, 'the record of parameters', params, expected))
}

/** A frozen copy of plain data; values that are frozen already or are not plain data stay as they are. */
const frozen = <P>(params: P): P => {
  if (typeof params !== 'object' || params === null || Object.isFrozen(params)) return params
  if (Array.isArray(params)) return Object.freeze(params.map(frozen)) as P
  if (Object.getPrototypeOf(params) !== Object.prototype) return params
  return Object.freeze(Object.fromEntries(Object.entries(params).map(([key, value]) => [key, frozen(value)]))) as P
}

/** A value that stands for a variable of the program that is being written. */
export abstract class Written<S extends Shape = Shape> extends Traced<S> {
  declare readonly interpreter: Writer
  declare readonly variable: Variable

  constructor(writer: Writer, variable: Variable, shape: Readonly<S>) {
    super(writer.level, shape, variable.dtype)
    this.interpreter = writer
    this.variable = variable
  }
}

/** The equations of a program that outputs depend on, and others that are kept. */
export type Keep = typeof live

/** An interpreter that writes operations down as the equations of a program. */
export abstract class Writer extends Trace {
  private readonly scope = openScope()
  private readonly equations: Equation[] = []
  private readonly inputs: Variable[] = []
  private readonly captures = new Map<Tensor, Variable>()
  private readonly aliases = new Map<Tensor, Variable>()
  private places = 0

  /** A new input of the function. */
  protected newInput(type: TensorType): Variable {
    const variable = this.variable(type)
    this.inputs.push(variable)
    return variable
  }

  /** A new input that stands for a value, also where the function uses that value directly. */
  protected newStandIn(x: Tensor): Variable {
    const variable = this.newInput(x)
    if (!isConcrete(x)) this.aliases.set(x, variable)
    return variable
  }

  private variable(type: TensorType): Variable {
    return new Variable(this.places++, type)
  }

  protected owns(x: Tensor): x is Written {
    return x.level === this.level
  }

  /** Values of other transformations become inputs, each once; concrete ones stay where they are, as constants. */
  private atom(x: Tensor): Atom {
    if (this.owns(x)) return x.variable
    if (isConcrete(x)) return x
    const before = this.aliases.get(x) ?? this.captures.get(x)
    if (before !== undefined) return before
    const variable = this.variable(x)
    this.captures.set(x, variable)
    return variable
  }

  /** Writes down an operation; the variables of its results, whose types are inferred unless they are known. */
  protected write<P extends Params>(
    primitive: Primitive<P>,
    operands: readonly Tensor[],
    given: P,
    types?: readonly TensorType[]
  ): readonly Variable[] {
    this.requireOpen(primitive.name)
    const bound: Bound = primitive.close?.(operands, given) ?? { primitive, params: given }
    requireRecord(bound)
    const params = frozen(bound.params)
    const results = (types ?? bound.primitive.infer(operands, params)).map((type) => this.variable(type))
    const atoms = operands.map((operand) => this.atom(operand))
    this.equations.push(equation(bound.primitive, params, atoms, results, relative(openScope(), this.scope)))
    return results
  }

  /**
   * The program with the given outputs, and the values of other transformations that it reads, which are its last inputs.
   * Equations that nobody reads are left out, unless they are to be kept.
   */
  program(
    outputs: readonly Tensor[],
    keep: Keep = live
  ): { readonly program: Program; readonly captured: readonly Tensor[] } {
    const atoms = outputs.map((output) => this.atom(output))
    const program: Program = Object.freeze({
      inputs: Object.freeze([...this.inputs, ...this.captures.values()]),
      equations: Object.freeze(keep(this.equations, atoms, this.places)),
      outputs: Object.freeze(atoms),
      places: this.places
    })
    return { program, captured: [...this.captures.keys()] }
  }
}

/** A value inside a staging. */
class StagingTracer<S extends Shape = Shape> extends Written<S> {
  override readonly primal: undefined = undefined
}

/** One staging of a function. */
export class StagingTrace extends Writer {
  readonly remedy = 'a staged function knows shapes only, choose by T.where, Control.cond or Control.whileLoop'

  /** A new input of the function. */
  input(type: TensorType): Tensor {
    return this.value(this.newInput(type))
  }

  /** A new input that stands for a value, also where the function uses that value directly. */
  standIn(x: Tensor): Tensor {
    return this.value(this.newStandIn(x))
  }

  private value(variable: Variable): Tensor {
    return new StagingTracer(this, variable, variable.shape)
  }

  apply<P extends Params>(primitive: Primitive<P>, operands: readonly Tensor[], params: P): readonly Tensor[] {
    return this.write(primitive, operands, params).map((result) => this.value(result))
  }
}

// -----------------------------------------------------------------------------
// staging
// -----------------------------------------------------------------------------

/** Writes a program by an interpreter, which ends with it. */
const writing = <A>(interpreter: StagingTrace, write: () => A): A => {
  try {
    return write()
  } finally {
    interpreter.close()
  }
}

const written = (
  interpreter: StagingTrace,
  types: readonly TensorType[],
  f: (inputs: readonly Tensor[]) => readonly Tensor[],
  keep?: Keep
): ReturnType<Writer['program']> => interpreter.program(f(types.map((type) => interpreter.input(type))), keep)

/** A function of tensors as a program, and the values of other transformations that it closes over: its last inputs. */
export const stage = (
  transformation: string,
  types: readonly TensorType[],
  f: (inputs: readonly Tensor[]) => readonly Tensor[],
  keep?: Keep
): { readonly program: Program; readonly captured: readonly Tensor[] } => {
  const interpreter = new StagingTrace(transformation)
  return writing(interpreter, () => written(interpreter, types, f, keep))
}

/** A function that is staged as a whole: its program refuses the values that the function refuses. */
export const stageWhole = (
  transformation: string,
  types: readonly TensorType[],
  f: (inputs: readonly Tensor[]) => readonly Tensor[]
): ReturnType<typeof stage> => stage(transformation, types, f, liveOrRefusing)

/** The body of a loop or a branch as a program, with all operations that it makes. */
export const stageBody: typeof stageWhole = (transformation, types, f) => {
  const interpreter = new StagingTrace(transformation)
  return writing(interpreter, () => writingBody(interpreter, () => written(interpreter, types, f, liveOrRefusing)))
}

/** The same at values, as they stand: each is one operand, also where the function uses it directly. */
export const stageAt = (
  transformation: string,
  values: readonly Tensor[],
  f: (inputs: readonly Tensor[]) => readonly Tensor[]
): { readonly program: Program; readonly operands: readonly Tensor[] } => {
  const interpreter = new StagingTrace(transformation)
  return writing(interpreter, () => {
    const distinct = [...new Set(values)]
    const inputs = new Map(distinct.map((value) => [value, interpreter.standIn(value)]))
    const { program, captured } = interpreter.program(f(values.map((value) => inputs.get(value)!)))
    return { program, operands: [...distinct, ...captured] }
  })
}

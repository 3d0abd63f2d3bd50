/** Values inside transformations, the interpreters that they belong to, and the errors for values that leave them. */
import { requireTensor } from '../internal/require.js'
import { type Concrete, Tensor, isConcrete } from '../tensor/model.js'
import type { DType } from '../DType.js'
import { type Shape, show } from '../shape/model.js'
import type { Pair, Params, Primitive, Single } from './model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** An interpreter of the primitives: the reverse mode, the forward mode, ... */
export interface Interpreter {
  readonly level: number
  /** The transformation as the user called it. */
  readonly transformation: string
  /** The remedy for reading one of its values as numbers. */
  readonly remedy: string
  /** Whether the function that is transformed is still running; its values must not be used later. */
  readonly open: boolean
  /** Applies a primitive to operands of which at least one belongs to this interpreter, and none to a higher one. */
  readonly apply: <P extends Params>(
    primitive: Primitive<P>,
    operands: readonly Tensor[],
    params: P
  ) => readonly Tensor[]
  /** `apply` of the pair's primitive. */
  readonly applyPair: (pair: Pair, x: Tensor, y: Tensor) => Tensor
  /** `apply` of the primitive of one operand. */
  readonly applySingle: (single: Single, x: Tensor) => Tensor
}

/** A value inside a transformation. It stands for a tensor, which may not exist yet. */
export abstract class Traced<S extends Shape = Shape> extends Tensor<S> {
  declare readonly level: number
  abstract readonly interpreter: Interpreter
  /** The value one transformation further out; `undefined` while there are no values. */
  abstract readonly primal: Tensor | undefined

  constructor(level: number, shape: Readonly<S>, dtype: DType) {
    super(shape, dtype)
    this.level = level
  }

  /** Its value, where it may be read as numbers. */
  readable(): Concrete | undefined {
    return undefined
  }

  toString(): string {
    return `Traced<${show(this.shape)}, ${this.dtype}> (inside ${this.interpreter.transformation})`
  }

  toJSON(): never {
    throw unread('toJSON', this.interpreter, 'was read as numbers')
  }

  /** A JavaScript number cannot stand for a value that is not known yet. */
  override [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.toString()
    throw unread('arithmetic', this.interpreter, 'was used as a JavaScript number')
  }
}

// -----------------------------------------------------------------------------
// bodies of loops, and branches
// -----------------------------------------------------------------------------

let body: Interpreter | undefined

/**
 * Writes the body of a loop or a branch: operations on values from outside that it makes are part of it, as they run once a step, or only
 * where the branch is taken. An eager loop runs them so too, and sums the cotangents of each step by itself.
 */
export const writingBody = <A>(writer: Interpreter, write: () => A): A => {
  const before = body
  body = writer
  try {
    return write()
  } finally {
    body = before
  }
}

/** The interpreter of an operation whose highest operand is this one. */
export const interpreterOf = ({ level, interpreter }: Pick<Traced, 'level' | 'interpreter'>): Interpreter =>
  body !== undefined && level < body.level && interpreter.open ? body : interpreter

// -----------------------------------------------------------------------------
// errors
// -----------------------------------------------------------------------------

/**
 * A value was used outside of the transformation that it belongs to, or read as numbers inside it.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import { LeakedTracerError } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const read = (x: T.Tensor<[]>) => T.mul(x, T.item(x))
 * const attempt = () => {
 *   try {
 *     return grad(read)(T.scalar(2))
 *   } catch (error) {
 *     return error instanceof LeakedTracerError ? [error.operation, error.reason] : error
 *   }
 * }
 * attempt() // => ['item', 'read']
 */
export class LeakedTracerError extends Error {
  override readonly name: string = 'LeakedTracerError'
  readonly operation: string
  /**
   * What happened: `finished`, a value was used after its transformation; `closedOver`, a rule uses a value of the
   * transformation that it is a rule for; `read`, a value was read as numbers.
   */
  readonly reason: 'finished' | 'closedOver' | 'read'

  constructor(operation: string, reason: LeakedTracerError['reason'], rule: string) {
    super(`${operation}: ${rule}`)
    this.operation = operation
    this.reason = reason
  }
}

/** The error for an operation on a value whose transformation has finished. */
export const leaked = (operation: string, transformation: string): LeakedTracerError =>
  new LeakedTracerError(
    operation,
    'finished',
    `an operand is a value from inside ${transformation}, which has finished; return values from the function instead of storing them outside it`
  )

/** The error for a rule that returns values of the transformation that it is a rule for. */
export const ownRule = (operation: string, transformation: string): LeakedTracerError =>
  new LeakedTracerError(
    operation,
    'closedOver',
    `a rule closes over a value inside ${transformation}, whose derivative would be lost; pass it as an argument instead`
  )

/** The error for reading a traced value. */
const unread = (
  operation: string,
  { open, transformation, remedy }: Interpreter,
  use: string,
  instead: string = remedy
): LeakedTracerError =>
  open
    ? new LeakedTracerError(operation, 'read', `a value inside ${transformation} ${use}; ${instead}`)
    : leaked(operation, transformation)

// -----------------------------------------------------------------------------
// reading
// -----------------------------------------------------------------------------

/** The values of a tensor, for a destructor: throws a `LeakedTracerError` when a transformation holds it. */
export const read = (operation: string, x: Tensor): Concrete => valuesOf(operation, x, 'was read as numbers')

/** The values of a tensor on which the size of a result depends; the remedy is by default that of the transformation. */
export const readForSize = (operation: string, x: Tensor, remedy?: string): Concrete =>
  valuesOf(operation, x, 'decides the size of the result', remedy)

const valuesOf = (operation: string, x: Tensor, use: string, remedy?: string): Concrete => {
  requireTensor(operation, x)
  if (isConcrete(x)) return x
  if (!(x instanceof Traced)) throw leaked(operation, 'a transformation')
  const value = x.readable()
  if (value !== undefined && x.interpreter.open) return value
  throw unread(operation, x.interpreter, use, remedy)
}

/**
 * The values under all transformations, of the mapped axes in front as well; `undefined` in a staged function, which has
 * no values. Only for checks: the result of a function must not depend on it.
 */
export const bottom = (x: Tensor): Concrete | undefined => {
  let value: Tensor | undefined = x
  while (value instanceof Traced) value = value.primal
  return value !== undefined && isConcrete(value) ? value : undefined
}

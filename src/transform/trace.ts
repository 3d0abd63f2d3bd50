/** The common part of all interpreters: a level, a name, and an end. */
import { type Pair, type Params, type Primitive, type Single, none } from '../primitive/model.js'
import { type Interpreter, Traced, leaked, ownRule } from '../primitive/traced.js'
import type { Tensor } from '../tensor/model.js'
import { freshLevel } from './level.js'

/** One run of a transformation. */
export abstract class Trace implements Interpreter {
  readonly level: number = freshLevel()
  /** The transformation as the user called it. */
  readonly transformation: string
  abstract readonly remedy: string
  /** Whether the function that is transformed is still running; its values must not be used later. */
  open = true

  constructor(transformation: string) {
    this.transformation = transformation
  }

  abstract apply<P extends Params>(primitive: Primitive<P>, operands: readonly Tensor[], params: P): readonly Tensor[]

  /** Applies the primitive as any other; an interpreter with a faster way overrides this, and `applySingle`. */
  applyPair(pair: Pair, x: Tensor, y: Tensor): Tensor {
    return this.apply(pair.primitive, [x, y], none)[0]!
  }

  applySingle(single: Single, x: Tensor): Tensor {
    return this.apply(single.primitive, [x], none)[0]!
  }

  /** Ends the run: operations on its values are errors from now on. */
  close(): void {
    this.open = false
  }

  /** Refuses an operation on a value of a run that has ended. */
  protected requireOpen(operation: string): void {
    if (!this.open) throw leaked(operation, this.transformation)
  }

  /** Refuses a result of a rule that belongs to this run, or to one that has ended: the rule has closed over it. */
  protected requireForeign(operation: string, given: Tensor): void {
    if (given.level === 0 || !(given instanceof Traced)) return
    const { interpreter } = given
    if (given.level === this.level || !interpreter.open) throw ownRule(operation, interpreter.transformation)
  }
}

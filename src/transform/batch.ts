/**
 * The batch mode: a value stands for many examples at once, one per position of a mapped axis that the function does not
 * see. Its tensor carries that axis in front; a value without one is the same for every example.
 */
import {
  type Interpreter,
  type Pair,
  type Primitive,
  type TensorType,
  Traced,
  type TuplePrimitive,
  bind,
  bindPair,
  bindTuple
} from '../primitive/model.js'
import { align } from '../primitive/batch.js'
import { type Shape, ShapeError } from '../shape/model.js'
import { broadcastToShape } from '../tensor/structural.js'
import { type Tensor, fill } from '../tensor/model.js'
import { Interpretation } from './interpretation.js'

/** How examples are taken out of the axis in front and put together again, in dispatching operations. */
export interface Examples {
  readonly take: (x: Tensor, index: number) => Tensor
  readonly stack: (examples: readonly Tensor[]) => Tensor
}

/** One value per example. */
class Batched<S extends Shape = Shape> extends Traced<S> {
  declare readonly interpreter: Batch
  /** All examples, along the axis in front. */
  declare readonly primal: Tensor

  constructor(batch: Batch, primal: Tensor, shape: Readonly<S>) {
    super(batch.level, shape, primal.dtype)
    this.interpreter = batch
    this.primal = primal
  }
}

/** One mapping over an axis. */
export class Batch extends Interpretation implements Interpreter {
  readonly remedy = 'examples differ in it, choose by T.where, Control.cond or Control.whileLoop'
  /** The length of the mapped axis. */
  readonly size: number
  private readonly examples: Examples

  constructor(transformation: string, size: number, examples: Examples) {
    super(transformation)
    this.size = size
    this.examples = examples
  }

  /** A value that differs between examples, which lie along the axis in front. */
  input(primal: Tensor): Tensor {
    return new Batched(this, primal, primal.shape.slice(1))
  }

  /** Whether a value differs between examples. */
  owns(x: Tensor): x is Batched {
    return x.level === this.level
  }

  /** The value without this mapping: all examples along the axis in front, or itself if it is the same for all. */
  primal(x: Tensor): Tensor {
    return this.owns(x) ? x.primal : x
  }

  /** All examples along the axis in front, also of a value that is the same for all. */
  spread(x: Tensor): Tensor {
    return this.owns(x) ? x.primal : broadcastToShape(x, [this.size, ...x.shape])
  }

  apply<P>(primitive: Primitive<P>, operands: readonly Tensor[], params: P): Tensor {
    this.requireOpen(primitive.name)
    const { batch } = primitive
    const primals = operands.map((operand) => this.primal(operand))
    const mapped = operands.map((operand) => this.owns(operand))
    if (batch !== undefined) {
      try {
        return this.input(batch(primals, mapped, params, this.size))
      } catch (error) {
        // What is refused of all examples is said of one, as the user wrote it, if that is refused as well.
        if (error instanceof ShapeError) primitive.infer(operands, params)
        throw error
      }
    }
    const [result] = this.oneByOne(
      primals,
      mapped,
      (each) => [bind(primitive, each, params)],
      () => [primitive.infer(operands, params)]
    )
    return this.input(result!)
  }

  applyPair(pair: Pair, x: Tensor, y: Tensor): Tensor {
    this.requireOpen(pair.primitive.name)
    const a = this.primal(x)
    const b = this.primal(y)
    if (!this.owns(x)) return this.input(bindPair(pair, broadcastToShape(a, b.shape), b))
    if (!this.owns(y)) return this.input(bindPair(pair, a, broadcastToShape(b, a.shape)))
    return this.input(bindPair(pair, a, b))
  }

  applyTuple<P>(primitive: TuplePrimitive<P>, operands: readonly Tensor[], params: P): readonly Tensor[] {
    this.requireOpen(primitive.name)
    const { batch } = primitive
    const primals = operands.map((operand) => this.primal(operand))
    const mapped = operands.map((operand) => this.owns(operand))
    let results: readonly Tensor[]
    try {
      results =
        batch === undefined
          ? this.oneByOne(
              primals,
              mapped,
              (each) => bindTuple(primitive, each, params),
              () => primitive.infer(operands, params)
            )
          : batch(primals, mapped, params, this.size)
    } catch (error) {
      if (error instanceof ShapeError) primitive.infer(operands, params)
      throw error
    }
    return results.map((result) => {
      this.requireForeign(primitive.name, result)
      return this.input(result)
    })
  }

  /** The rule for what has none: a call per example. */
  private oneByOne(
    operands: readonly Tensor[],
    mapped: readonly boolean[],
    call: (operands: readonly Tensor[]) => readonly Tensor[],
    types: () => readonly TensorType[]
  ): readonly Tensor[] {
    const { size } = this
    if (size === 0) return types().map(({ shape, dtype }) => fill([0, ...shape], dtype, 0))
    const all = align(operands, mapped, size)
    const calls = Array.from({ length: size }, (_, i) => call(all.map((operand) => this.examples.take(operand, i))))
    return calls[0]!.map((_, result) => this.examples.stack(calls.map((each) => each[result]!)))
  }
}

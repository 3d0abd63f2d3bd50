/**
 * The batch mode: a value stands for many examples at once, one per position of a mapped axis that the function does not
 * see. Its tensor carries that axis in front; a value without one is the same for every example.
 */
import { bind, bindPair } from '../primitive/bind.js'
import type { CallMapped, Leaves } from '../primitive/leaves.js'
import type { Pair, Params, Primitive, TensorType } from '../primitive/model.js'
import { Traced } from '../primitive/traced.js'
import { align } from '../primitive/batch.js'
import { type Shape, ShapeError } from '../shape/model.js'
import { broadcastToShape } from '../tensor/structural.js'
import { type Tensor, fill } from '../tensor/model.js'
import { Trace } from './trace.js'

/** How examples are taken out of the axis in front and put together again, in dispatching operations. */
export interface Examples {
  readonly take: (x: Tensor, index: number) => Tensor
  readonly stack: (examples: readonly Tensor[]) => Tensor
}

/** One value per example. */
class BatchTracer<S extends Shape = Shape> extends Traced<S> {
  declare readonly interpreter: BatchTrace
  /** All examples, along the axis in front. */
  declare readonly primal: Tensor

  constructor(batch: BatchTrace, primal: Tensor, shape: Readonly<S>) {
    super(batch.level, shape, primal.dtype)
    this.interpreter = batch
    this.primal = primal
  }
}

/** One mapping over an axis. */
export class BatchTrace extends Trace {
  readonly remedy = 'examples differ in it, choose by T.where, Control.cond or Control.whileLoop'
  /** The length of the mapped axis. */
  readonly size: number
  private readonly examples: Examples
  private readonly map: CallMapped

  constructor(transformation: string, size: number, examples: Examples) {
    super(transformation)
    this.size = size
    this.examples = examples
    this.map = (name, n, ...call) => new BatchTrace(name, n, examples).call(...call)
  }

  /** Calls a function of leaves on all examples at once; no value of this mapping may be used afterwards. */
  call(leaves: readonly Tensor[], mapped: readonly boolean[], f: Leaves): readonly Tensor[] {
    try {
      const results = f(leaves.map((leaf, i) => (mapped[i] === true ? this.input(leaf) : leaf)))
      return results.map((leaf) => this.spread(leaf))
    } finally {
      this.close()
    }
  }

  /** A value that differs between examples, which lie along the axis in front. */
  input(primal: Tensor): Tensor {
    return new BatchTracer(this, primal, primal.shape.slice(1))
  }

  /** Whether a value differs between examples. */
  owns(x: Tensor): x is BatchTracer {
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

  apply<P extends Params>(primitive: Primitive<P>, operands: readonly Tensor[], params: P): readonly Tensor[] {
    this.requireOpen(primitive.name)
    const primals = operands.map((operand) => this.primal(operand))
    const mapped = operands.map((operand) => this.owns(operand))
    let results: readonly Tensor[]
    try {
      results =
        primitive.batch?.(primals, mapped, params, this.size, this.map) ??
        this.oneByOne(primitive, primals, mapped, params)
    } catch (error) {
      // The error is about one example, as the user wrote it, if that is refused as well.
      if (error instanceof ShapeError) primitive.infer(operands, params)
      throw error
    }
    return results.map((result) => {
      this.requireForeign(primitive.name, result)
      return this.input(result)
    })
  }

  override applyPair(pair: Pair, x: Tensor, y: Tensor): Tensor {
    this.requireOpen(pair.primitive.name)
    const a = this.primal(x)
    const b = this.primal(y)
    if (!this.owns(x)) return this.input(bindPair(pair, broadcastToShape(a, b.shape), b))
    if (!this.owns(y)) return this.input(bindPair(pair, a, broadcastToShape(b, a.shape)))
    return this.input(bindPair(pair, a, b))
  }

  /** The rule for primitives without one: a call per example. */
  private oneByOne<P extends Params>(
    primitive: Primitive<P>,
    operands: readonly Tensor[],
    mapped: readonly boolean[],
    params: P
  ): readonly Tensor[] {
    const { size } = this
    const all = align(operands, mapped, size)
    if (size === 0) {
      const types = all.map(({ shape, dtype }): TensorType => ({ shape: shape.slice(1), dtype }))
      return primitive.infer(types, params).map(({ shape, dtype }) => fill([0, ...shape], dtype, 0))
    }
    const calls = Array.from({ length: size }, (_, i) =>
      bind(
        primitive,
        all.map((operand) => this.examples.take(operand, i)),
        params
      )
    )
    return calls[0]!.map((_, result) => this.examples.stack(calls.map((each) => each[result]!)))
  }
}

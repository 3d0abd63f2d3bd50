/**
 * The reverse mode: operations on traced values are numbered in creation order, and each leaves on the tape one pullback
 * closure per operand that is being differentiated. The backward pass is a loop downward over the tape.
 *
 * A. Griewank and A. Walther, Evaluating Derivatives, 2nd edition, SIAM 2008, chapter 3.
 */
import { isFloat } from '../DType.js'
import { bind, bindPair, bindSingle } from '../primitive/bind.js'
import type { Derivative, JointPullback, Pair, Params, Primitive, Pullback, Slots, Single } from '../primitive/model.js'
import { missingRule } from '../internal/require.js'
import { Traced } from '../primitive/traced.js'
import type { Shape } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'
import { Trace } from './trace.js'
import { differentiated, duringBackward } from './level.js'
import { type Scope, reopen, pullbackScope, scopeNow } from './scope.js'

type Add = (a: Tensor, b: Tensor) => Tensor
type Seeds = readonly (readonly [output: Tensor, cotangent: Tensor])[]

/** The joint pullback of a primitive with several results, which occupy `width` slots from the edge's on. */
interface Joint {
  readonly width: number
  readonly parents: readonly number[]
  readonly pull: JointPullback
  /** Whether the pullback returns totals instead of contributions. */
  readonly accumulates: boolean
}

/** The record of an operation for the backward pass: the pullback from its result, a slot, to one operand, the parent. */
class Edge {
  declare readonly before: Edge | undefined
  declare readonly slot: number
  declare readonly parent: number
  declare readonly pull: Pullback | Joint
  /** The scope of the operation, which marks that of its pullback. */
  declare readonly scope: Scope

  constructor(before: Edge | undefined, slot: number, parent: number, pull: Pullback | Joint) {
    this.before = before
    this.slot = slot
    this.parent = parent
    this.pull = pull
    this.scope = scopeNow()
  }
}

/** The parent of an operand that is a constant, and of an edge that has several. */
const none = -1

/** A value on a tape. */
class ReverseTracer<S extends Shape = Shape> extends Traced<S> {
  declare readonly interpreter: ReverseTrace
  declare readonly index: number
  declare readonly primal: Tensor<S>

  constructor(tape: ReverseTrace, index: number, primal: Tensor<S>) {
    super(tape.level, primal.shape, primal.dtype)
    this.interpreter = tape
    this.index = index
    this.primal = primal
  }
}

/**
 * One reverse-mode differentiation. Its values are slots, numbered in creation order; the tape itself is the list of edges,
 * the last first. A list of young objects is cheaper than arrays that grow: nothing is copied, and no write is tracked.
 */
export class ReverseTrace extends Trace {
  readonly remedy: string = differentiated
  private readonly sum: Add
  private readonly scope = scopeNow()
  private slots = 0
  private last: Edge | undefined = undefined

  /** @param sum how contributions to one value are added: the dispatching addition. */
  constructor(transformation: string, sum: Add) {
    super(transformation)
    this.sum = sum
  }

  /** A new input of the differentiated function. */
  input(primal: Tensor): ReverseTracer {
    return this.push(primal)
  }

  /** The number of values so far; before any operation, that of the inputs. */
  get size(): number {
    return this.slots
  }

  /** Whether a value lives on this tape. */
  private owns(x: Tensor): x is ReverseTracer {
    return x.level === this.level
  }

  /** The value without this tape: its primal, or itself if it never was on it. */
  primal(x: Tensor): Tensor {
    return this.owns(x) ? x.primal : x
  }

  /** Arrays of the commonest lengths are written out: V8 gives a literal its exact size, and a growing one room to spare. */
  private primals(operands: readonly Tensor[]): readonly Tensor[] {
    if (operands.length === 1) return [this.primal(operands[0]!)]
    if (operands.length === 2) return [this.primal(operands[0]!), this.primal(operands[1]!)]
    return operands.map((operand) => this.primal(operand))
  }

  apply<P extends Params>(primitive: Primitive<P>, operands: readonly Tensor[], params: P): readonly Tensor[] {
    this.requireOpen(primitive.name)
    const primals = this.primals(operands)
    const out = bind(primitive, primals, params)
    const { derivative } = primitive
    if (derivative === undefined) return out
    const { vjp } = derivative
    if (typeof vjp === 'function') {
      return this.jointly(primitive.name, derivative, vjp(primals, out, params), operands, out)
    }
    const result = out[0]!
    for (let i = 0; i < operands.length; i++) {
      const operand = operands[i]!
      if (!this.owns(operand)) continue
      const rule = vjp[i]
      if (rule === undefined) throw missingRule(primitive.name, i)
      this.last = new Edge(this.last, this.slots, operand.index, rule(primals, result, params))
    }
    return [this.push(result)]
  }

  override applySingle(single: Single, x: Tensor): Tensor {
    this.requireOpen(single.primitive.name)
    const a = this.primal(x)
    const out = bindSingle(single, a)
    const { map } = single
    if (map === undefined) return out
    if (this.owns(x)) this.last = new Edge(this.last, this.slots, x.index, map(a, out))
    return this.push(out)
  }

  override applyPair(pair: Pair, x: Tensor, y: Tensor): Tensor {
    this.requireOpen(pair.primitive.name)
    const a = this.primal(x)
    const b = this.primal(y)
    const out = bindPair(pair, a, b)
    const { maps } = pair
    if (maps === undefined) return out
    if (this.owns(x)) this.last = new Edge(this.last, this.slots, x.index, maps[0](a, b, out))
    if (this.owns(y)) this.last = new Edge(this.last, this.slots, y.index, maps[1](a, b, out))
    return this.push(out)
  }

  private jointly<P extends Params>(
    name: string,
    { accumulates = false }: Derivative<P>,
    rule: JointPullback,
    operands: readonly Tensor[],
    out: readonly Tensor[]
  ): readonly Tensor[] {
    const parents = operands.map((operand) => (this.owns(operand) ? operand.index : none))
    const pull: JointPullback = (cotangents, before) => {
      const parts = rule(cotangents, before)
      for (const part of parts) if (part !== undefined) this.requireForeign(name, part)
      return parts
    }
    const joint: Joint = { width: out.length, parents, pull, accumulates }
    this.last = new Edge(this.last, this.slots, none, joint)
    return out.map((each) => (isFloat(each.dtype) ? this.push(each) : this.skip(each)))
  }

  private push(primal: Tensor): ReverseTracer {
    return new ReverseTracer(this, this.slots++, primal)
  }

  /** Takes a slot for a result that has no derivative, and leaves it off the tape. */
  private skip(primal: Tensor): Tensor {
    this.push(primal)
    return primal
  }

  /**
   * The backward pass: from cotangents of outputs to the cotangents of the first `inputs` slots; `undefined` is zero.
   *
   * All contributions to a slot are summed before its pullbacks run, once each. Pullbacks are linear, so this equals the
   * sum over all paths. With `once`, closures are dropped as soon as they have run. `before` is what the inputs have been
   * given already: their totals start from there.
   */
  backward(seeds: Seeds, inputs: number, once: boolean, before: Slots = []): Slots {
    return duringBackward(this.transformation, () => this.sweep(seeds, inputs, once, before))
  }

  private sweep(seeds: Seeds, inputs: number, once: boolean, before: Slots): Slots {
    const cotangents = new Array<Tensor | undefined>(this.slots).fill(undefined)
    for (let i = 0; i < before.length; i++) cotangents[i] = before[i]
    const contribute = (slot: number, part: Tensor): void => {
      const before = cotangents[slot]
      cotangents[slot] = before === undefined ? part : this.sum(before, part)
    }
    for (const [output, cotangent] of seeds) if (this.owns(output)) contribute(output.index, cotangent)
    let current = none
    let cotangent: Tensor | undefined
    const outside = scopeNow()
    // Neighbours on the tape mostly come from one operation, or from one scope: they share its mark.
    let of = this.scope
    let marked = outside
    try {
      for (let edge = this.last; edge !== undefined; edge = edge.before) {
        const { slot, parent, pull, scope } = edge
        if (once) this.last = edge.before
        if (scope !== of) {
          of = scope
          marked = pullbackScope(this.scope, scope)
        }
        if (typeof pull !== 'function') {
          reopen(marked)
          const parts = pullJointly(pull, slot, cotangents)
          reopen(outside)
          for (let i = 0; i < parts.length; i++) {
            const part = parts[i]
            const parent = pull.parents[i] ?? none
            if (part !== undefined && parent !== none) contribute(parent, part)
          }
          continue
        }
        if (slot !== current) {
          current = slot
          cotangent = cotangents[slot]
          cotangents[slot] = undefined
        }
        if (cotangent === undefined) continue
        reopen(marked)
        const part = pull(cotangent)
        reopen(outside)
        contribute(parent, part)
      }
    } finally {
      reopen(outside)
    }
    return cotangents.slice(0, inputs)
  }
}

/** Runs a joint pullback, unless no result was used. */
const pullJointly = (
  { width, parents, pull, accumulates }: Joint,
  slot: number,
  cotangents: (Tensor | undefined)[]
): Slots => {
  const group = cotangents.slice(slot, slot + width)
  if (group.every((each) => each === undefined)) return []
  // A parent that stands twice among the operands is handed its total once.
  const before = accumulates
    ? parents.map((parent, i) => (parents.indexOf(parent) === i ? cotangents[parent] : undefined))
    : []
  if (accumulates) for (const parent of parents) if (parent !== none) cotangents[parent] = undefined
  return pull(group, before)
}

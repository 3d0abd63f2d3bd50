/**
 * The forward mode: every value carries its tangent along. A value without one is a constant.
 */
import { bind, bindPair } from '../primitive/bind.js'
import type { Leaves, PushForward } from '../primitive/leaves.js'
import type { Derivative, Pair, PairMap, Params, Primitive, Rules, Slots } from '../primitive/model.js'
import { missingRule } from '../internal/require.js'
import { Traced, ownRule } from '../primitive/traced.js'
import type { Shape } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'
import { Trace } from './trace.js'
import { differentiated } from './level.js'
import { scopeNow, pushedForward } from './scope.js'

type Add = (a: Tensor, b: Tensor) => Tensor

/** A value and its tangent, of the same shape and type. */
class ForwardTracer<S extends Shape = Shape> extends Traced<S> {
  declare readonly interpreter: ForwardTrace
  declare readonly primal: Tensor<S>
  declare readonly tangent: Tensor

  constructor(forward: ForwardTrace, primal: Tensor<S>, tangent: Tensor) {
    super(forward.level, primal.shape, primal.dtype)
    this.interpreter = forward
    this.primal = primal
    this.tangent = tangent
  }
}

/** One forward-mode differentiation. */
export class ForwardTrace extends Trace {
  readonly remedy: string = differentiated
  private readonly sum: Add
  private readonly scope = scopeNow()

  /** @param sum how the parts of a tangent are added: the dispatching addition. */
  constructor(transformation: string, sum: Add) {
    super(transformation)
    this.sum = sum
  }

  /** A value that moves with a tangent. */
  input(primal: Tensor, tangent: Tensor): Tensor {
    return new ForwardTracer(this, primal, tangent)
  }

  /** Refuses a tangent of a run inside this one as well: tangents come from outside. */
  private requireBelow(operation: string, tangent: Tensor): void {
    this.requireForeign(operation, tangent)
    if (tangent.level > this.level && tangent instanceof Traced) {
      throw ownRule(operation, tangent.interpreter.transformation)
    }
  }

  private owns(x: Tensor): x is ForwardTracer {
    return x.level === this.level
  }

  /** The value without this differentiation: its primal, or itself if it never was in it. */
  primal(x: Tensor): Tensor {
    return this.owns(x) ? x.primal : x
  }

  /** The tangent; `undefined` is zero. */
  tangent(x: Tensor): Tensor | undefined {
    return this.owns(x) ? x.tangent : undefined
  }

  apply<P extends Params>(primitive: Primitive<P>, operands: readonly Tensor[], params: P): readonly Tensor[] {
    this.requireOpen(primitive.name)
    const count = operands.length
    const primals = new Array<Tensor>(count)
    for (let i = 0; i < count; i++) primals[i] = this.primal(operands[i]!)
    const out = bind(primitive, primals, params)
    const jvp = primitive.derivative?.jvp
    if (jvp === undefined) return out
    if (scopeNow() === undefined) return this.moved(primitive, jvp, operands, primals, out, params)
    return pushedForward(this.scope, () => this.moved(primitive, jvp, operands, primals, out, params))
  }

  /** The results with their tangents. */
  private moved<P extends Params>(
    primitive: Primitive<P>,
    jvp: Derivative<P>['jvp'],
    operands: readonly Tensor[],
    primals: readonly Tensor[],
    out: readonly Tensor[],
    params: P
  ): readonly Tensor[] {
    if (typeof jvp === 'function') return this.jointly(primitive, jvp, operands, primals, out, params)
    const result = out[0]!
    let tangent: Tensor | undefined
    for (let i = 0; i < operands.length; i++) {
      const operand = operands[i]!
      if (!this.owns(operand)) continue
      const rule = jvp[i]
      if (rule === undefined) throw missingRule(primitive.name, i)
      const part = rule(operand.tangent, primals, result, params)
      tangent = tangent === undefined ? part : this.sum(tangent, part)
    }
    return tangent === undefined ? out : [new ForwardTracer(this, result, tangent)]
  }

  override applyPair(pair: Pair, x: Tensor, y: Tensor): Tensor {
    this.requireOpen(pair.primitive.name)
    const a = this.primal(x)
    const b = this.primal(y)
    const out = bindPair(pair, a, b)
    const { maps } = pair
    if (maps === undefined) return out
    if (scopeNow() === undefined) return this.pairMoved(maps, x, y, a, b, out)
    return pushedForward(this.scope, () => this.pairMoved(maps, x, y, a, b, out))
  }

  private pairMoved(
    maps: readonly [PairMap, PairMap],
    x: Tensor,
    y: Tensor,
    a: Tensor,
    b: Tensor,
    out: Tensor
  ): Tensor {
    const first = this.owns(x) ? maps[0](a, b, out)(x.tangent) : undefined
    const second = this.owns(y) ? maps[1](a, b, out)(y.tangent) : undefined
    const tangent = first === undefined ? second : second === undefined ? first : this.sum(first, second)
    return tangent === undefined ? out : new ForwardTracer(this, out, tangent)
  }

  /** The value of a function and its tangent; no value of this differentiation may be used afterwards. */
  push(f: Leaves, primals: readonly Tensor[], tangents: Slots): ReturnType<PushForward> {
    try {
      const results = f(
        primals.map((primal, i) => {
          const tangent = tangents[i]
          return tangent === undefined ? primal : this.input(primal, tangent)
        })
      )
      return {
        value: results.map((result) => this.primal(result)),
        tangent: results.map((result) => this.tangent(result))
      }
    } finally {
      this.close()
    }
  }

  private jointly<P extends Params>(
    { name }: Primitive<P>,
    jvp: Rules<P>['jointJvp'],
    operands: readonly Tensor[],
    primals: readonly Tensor[],
    out: readonly Tensor[],
    params: P
  ): readonly Tensor[] {
    const given = operands.map((operand) => this.tangent(operand))
    const push: PushForward = (transformation, ...call) => new ForwardTrace(transformation, this.sum).push(...call)
    const tangents = jvp(given, primals, out, params, push)
    return out.map((each, i) => {
      const tangent = tangents[i]
      if (tangent === undefined) return each
      this.requireBelow(name, tangent)
      return new ForwardTracer(this, each, tangent)
    })
  }
}

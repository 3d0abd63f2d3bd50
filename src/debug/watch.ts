/**
 * The watching mode: a value carries nothing but itself, and every operation on one is checked. It stands below all
 * transformations inside the watched function, and so sees their operations: forward, and in pullbacks.
 */
import { isFloat } from '../DType.js'
import { bind, bindOne } from '../primitive/bind.js'
import { guardedMul } from '../primitive/elementwise.js'
import { type Equation, type Params, type Primitive, Variable } from '../primitive/model.js'
import { Traced } from '../primitive/traced.js'
import type { Shape } from '../shape/model.js'
import { stopGradientPrimitive } from '../tensor/cast.js'
import { type Tensor, isConcrete } from '../tensor/model.js'
import { broadcastToPrimitive, castPrimitive, permutePrimitive, reshapePrimitive } from '../tensor/structural.js'
import { slicePrimitive } from '../tensor/stridedWindow.js'
import { Trace } from '../transform/trace.js'
import { runningBackward } from '../transform/level.js'
import { openScope } from '../transform/scope.js'
import { type Call, calledThrough } from '../transform/program.js'
import { type NonFiniteError, type Operand, type Site, checkFinitePrimitive } from './finite.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** A value whose operations are checked. */
class Watched<S extends Shape = Shape> extends Traced<S> {
  declare readonly interpreter: Watch
  declare readonly primal: Tensor<S>

  constructor(watch: Watch, primal: Tensor<S>) {
    super(watch.level, primal.shape, primal.dtype)
    this.interpreter = watch
    this.primal = primal
  }
}

/** Where a value comes from. */
interface Origin {
  readonly words: string
  readonly path: string | undefined
}

/** Operations whose result is their operand in another form. */
const views: ReadonlySet<object> = /* @__PURE__ */ new Set<object>([
  reshapePrimitive,
  permutePrimitive,
  broadcastToPrimitive,
  castPrimitive,
  stopGradientPrimitive,
  slicePrimitive
])

// -----------------------------------------------------------------------------
// the interpreter
// -----------------------------------------------------------------------------

/** One watched call of a function. */
export class Watch extends Trace {
  readonly remedy = 'return it, and read it outside'
  private readonly origins = new WeakMap<Tensor, Origin>()
  private readonly suspects = new WeakMap<Tensor, NonFiniteError>()
  /** Backward passes that were running before belong to transformations around. */
  private readonly around = runningBackward().length
  /** The staged operations whose programs are running. */
  private inside: readonly string[] = []

  constructor() {
    super('checkFinite')
  }

  /** A leaf of the arguments, which must be finite. */
  argument(x: Tensor, path: string): Tensor {
    const checked = this.check('argument', path, x)
    this.origins.set(checked, { words: path, path })
    return new Watched(this, checked)
  }

  /** A leaf of the result, for the world outside. */
  result(x: Tensor, name: string): Tensor {
    return this.check('result', name, this.primal(x))
  }

  apply<P extends Params>(primitive: Primitive<P>, operands: readonly Tensor[], params: P): readonly Tensor[] {
    const { name } = primitive
    const site = this.site(primitive, operands)
    const primals = this.guarded(operands, site)
    const inside = [...site.inside, name]
    const programs = primitive.programs?.(params) ?? []
    const watched = programs.map((program) => calledThrough(program, (each, call) => this.call(each, call, inside)))
    const along = primitive.withPrograms?.(params, watched) ?? params
    return this.made(primitive, bind(primitive, primals, along), primals, site)
  }

  private owns(x: Tensor): x is Watched {
    return x.level === this.level
  }

  private primal(x: Tensor): Tensor {
    return this.owns(x) ? x.primal : x
  }

  private check(kind: Site['kind'], operation: string, x: Tensor): Tensor {
    const site: Site = {
      kind,
      operation,
      shapes: [x.shape],
      operands: kind === 'argument' ? [{ shape: x.shape, dtype: x.dtype, origin: operation, path: operation }] : [],
      elementwise: false,
      guards: false,
      scope: openScope(),
      within: undefined,
      inside: [],
      suspects: this.suspects
    }
    return isFloat(x.dtype) ? bindOne(checkFinitePrimitive, [x], site) : x
  }

  private site(primitive: Primitive, operands: readonly Tensor[]): Site {
    const { name, kind } = primitive
    this.requireOpen(name)
    return {
      kind: 'operation',
      operation: name,
      shapes: [],
      operands: operands.map((operand) => this.describe(operand)),
      elementwise: kind === 'elementwise',
      guards: primitive === guardedMul.primitive,
      scope: openScope(),
      within: runningBackward().slice(this.around).at(-1),
      inside: this.inside,
      suspects: this.suspects
    }
  }

  private describe(operand: Tensor): Operand {
    const { shape, dtype } = operand
    const { words, path } = this.origins.get(this.primal(operand)) ?? {
      words: this.owns(operand) ? 'an intermediate value' : isConcrete(operand) ? 'a constant' : 'a value from outside',
      path: undefined
    }
    return { shape, dtype, origin: words, path }
  }

  /** The operands without this watching; where a transformation outside may send cotangents back, they are checked. */
  private guarded(operands: readonly Tensor[], site: Site): readonly Tensor[] {
    return operands.map((operand) => {
      const primal = this.primal(operand)
      if (isConcrete(primal) || !this.owns(operand) || !isFloat(primal.dtype)) return primal
      return bindOne(checkFinitePrimitive, [primal], { ...site, kind: 'pullback', shapes: [primal.shape] })
    })
  }

  /** The results of an operation, checked, with their origins. */
  private made(primitive: object, out: readonly Tensor[], primals: readonly Tensor[], site: Site): readonly Tensor[] {
    const floats = out.filter((each) => isFloat(each.dtype))
    const whole = { ...site, shapes: floats.map(({ shape }) => shape) }
    const checked = floats.length === 0 ? [] : bind(checkFinitePrimitive, [...floats, ...primals], whole)
    let next = 0
    return out.map((each) => {
      const result = isFloat(each.dtype) ? checked[next++]! : each
      if (!this.origins.has(result)) this.origins.set(result, originOf(primitive, site))
      return new Watched(this, result)
    })
  }

  /** The call of an equation, watched; after the watching, as it was. */
  private call({ operands }: Equation, call: Call, inside: readonly string[]): Call {
    const enter = (value: Tensor, i: number): Tensor => {
      if (!(operands[i] instanceof Variable)) return value
      const words = `a value inside ${inside.at(-1) ?? ''}`
      if (!this.origins.has(value)) this.origins.set(value, { words, path: undefined })
      return new Watched(this, value)
    }
    return (values) => {
      if (!this.open) return call(values)
      const before = this.inside
      this.inside = inside
      try {
        return call(values.map(enter)).map((result) => this.primal(result))
      } finally {
        this.inside = before
      }
    }
  }
}

const originOf = (primitive: object, { operation, operands }: Site): Origin => {
  const [only] = operands
  if (only === undefined || !views.has(primitive)) return { words: `the result of ${operation}`, path: undefined }
  const { origin, path } = only
  return { words: path === undefined || path !== origin ? origin : `a view of ${path}`, path }
}

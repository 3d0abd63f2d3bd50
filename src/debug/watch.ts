/**
 * The watching mode: a value carries nothing but itself, and every operation on one is checked. It stands below all
 * transformations inside of the watched function, and so sees what they do: forward, and in pullbacks.
 */
import { isFloat } from '../DType.js'
import { bindOne, bindPair, bind } from '../primitive/bind.js'
import { type Equation, type Pair, type Primitive, Variable } from '../primitive/model.js'
import { type Interpreter, Traced } from '../primitive/traced.js'
import type { Shape } from '../shape/model.js'
import { stopGradientPrimitive } from '../tensor/cast.js'
import { type Tensor, isConcrete } from '../tensor/model.js'
import { broadcastToPrimitive, castPrimitive, permutePrimitive, reshapePrimitive } from '../tensor/structural.js'
import { slicePrimitive } from '../tensor/window.js'
import { Interpretation } from '../transform/interpretation.js'
import { runningBackward } from '../transform/level.js'
import { type NonFiniteError, type Operand, type Site, checkFinitePrimitive } from './finite.js'
import { mapEquations } from './programs.js'

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
export class Watch extends Interpretation implements Interpreter {
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

  apply<P>(primitive: Primitive<P>, operands: readonly Tensor[], params: P): Tensor {
    const site = this.site(primitive.name, operands, false)
    const primals = this.guarded(operands, site)
    return this.made(primitive, [bindOne(primitive, primals, params)], primals, site)[0]!
  }

  applyPair(pair: Pair, x: Tensor, y: Tensor): Tensor {
    const site = this.site(pair.primitive.name, [x, y], true)
    const primals = this.guarded([x, y], site)
    return this.made(pair.primitive, [bindPair(pair, primals[0]!, primals[1]!)], primals, site)[0]!
  }

  applyTuple<P>(primitive: Primitive<P>, operands: readonly Tensor[], params: P): readonly Tensor[] {
    const site = this.site(primitive.name, operands, false)
    const primals = this.guarded(operands, site)
    const { name } = primitive
    const watched = mapEquations(params, (equation) => this.equation(equation, [...site.inside, name]))
    return this.made(primitive, bind(primitive, primals, watched), primals, site)
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
      within: undefined,
      inside: [],
      suspects: this.suspects
    }
    return isFloat(x.dtype) ? bind(checkFinitePrimitive, [x], site)[0]! : x
  }

  private site(operation: string, operands: readonly Tensor[], elementwise: boolean): Site {
    this.requireOpen(operation)
    const { suspects, inside, around } = this
    const within = runningBackward().slice(around).at(-1)
    const described = operands.map((operand) => this.describe(operand))
    return { kind: 'operation', operation, shapes: [], operands: described, elementwise, within, inside, suspects }
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
      return bind(checkFinitePrimitive, [primal], { ...site, kind: 'pullback', shapes: [primal.shape] })[0]!
    })
  }

  /** The results of an operation, checked, with what is known of where they come from. */
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

  /** The same equation, watched; after the watching, as it was. */
  private equation(equation: Equation, inside: readonly string[]): Equation {
    const { operands, apply } = equation
    const enter = (value: Tensor, i: number): Tensor => {
      if (!(operands[i] instanceof Variable)) return value
      const words = `a value inside ${inside.at(-1) ?? ''}`
      if (!this.origins.has(value)) this.origins.set(value, { words, path: undefined })
      return new Watched(this, value)
    }
    const watched = (values: readonly Tensor[]): readonly Tensor[] => {
      const before = this.inside
      this.inside = inside
      try {
        return apply(values.map(enter)).map((result) => this.primal(result))
      } finally {
        this.inside = before
      }
    }
    return { ...equation, apply: (values) => (this.open ? watched(values) : apply(values)) }
  }
}

const originOf = (primitive: object, { operation, operands }: Site): Origin => {
  const [only] = operands
  if (only === undefined || !views.has(primitive)) return { words: `the result of ${operation}`, path: undefined }
  const { origin, path } = only
  return { words: path === undefined || path !== origin ? origin : `a view of ${path}`, path }
}

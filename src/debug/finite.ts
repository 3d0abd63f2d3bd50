/** Checks that numbers are finite, as a primitive: it goes through every transformation, and looks when it is run. */
import { isFloat } from '../DType.js'
import { align } from '../primitive/batch.js'
import { real } from '../primitive/domain.js'
import { bind } from '../primitive/bind.js'
import type { Primitive, Slots, TensorType } from '../primitive/model.js'
import { type Shape, show, size, positionAt } from '../shape/model.js'
import { type Concrete, type Tensor, contiguous } from '../tensor/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * An operand of an operation that made a number that is not finite.
 *
 * @example
 * import type { Operand } from 'pullback/Debug'
 *
 * const operand: Operand = { shape: [3], dtype: 'float32', origin: 'a view of args[0].w', path: 'args[0].w' }
 * operand.path // => 'args[0].w'
 */
export interface Operand extends TensorType {
  /** Where it comes from, in words: `args[0].w`, `a view of args[0].w`, `the result of exp`, `a constant`. */
  readonly origin: string
  /** The path of the argument's leaf that it is, or is a view of. */
  readonly path: string | undefined
}

/**
 * The error of `checkFinite`: the first NaN or infinity, and the operation that made it.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as T from 'pullback/Tensor'
 *
 * const attempt = () => {
 *   try {
 *     return Debug.checkFinite(T.log)(T.of([1, 0]))
 *   } catch (error) {
 *     return error instanceof Debug.NonFiniteError ? [error.operation, error.value, error.index] : error
 *   }
 * }
 * attempt() // => ['log', -Infinity, [1]]
 */
export class NonFiniteError extends Error {
  override readonly name: string = 'NonFiniteError'
  /** The name of the operation's primitive; for a bad argument or result, its path. */
  readonly operation: string
  /** NaN, Infinity or -Infinity. */
  readonly value: number
  /** Where it stands in the result of the operation. */
  readonly index: readonly number[]
  /** The example of each `vmap` around the checked function, the outermost first. */
  readonly example: readonly number[]
  /** The transformation whose backward pass ran. */
  readonly within: string | undefined
  /** The scope that the operation stands in. */
  readonly scope: string | undefined
  readonly operands: readonly Operand[]
  /**
   * The path of the first operand that is a leaf of the arguments, or a view of one; of the argument that is bad
   * itself.
   */
  readonly path: string | undefined

  constructor(site: Site, value: number, index: readonly number[], example: readonly number[], rule: string) {
    super(`checkFinite: ${rule}`)
    this.operation = site.operation
    this.value = value
    this.index = index
    this.example = example
    this.within = site.within
    this.scope = site.scope
    this.operands = site.operands
    this.path = site.operands.find(({ path }) => path !== undefined)?.path
  }
}

/** The value that is checked: a result, a derivative of an operation, an argument or the whole result. */
type Kind =
  | 'operation'
  | 'tangent'
  | 'cotangent'
  | 'argument'
  | 'tangent of an argument'
  | 'result'
  | 'cotangent of a result'
  /** Nothing on the way forward, the cotangent on the way back. */
  | 'pullback'

/** The place of a check. */
export interface Site {
  readonly kind: Kind
  /** The name of the operation; the path of an argument or result. */
  readonly operation: string
  /** The shapes of the checked values, without the axes of mappings around; their operands stand behind them. */
  readonly shapes: readonly Shape[]
  readonly operands: readonly Operand[]
  /** Whether every element is made of the operands' elements at its place alone. */
  readonly elementwise: boolean
  /** Whether zero is strong in it, so that it shows whether an infinity is harmless. */
  readonly guards: boolean
  /** The scope that it stands in. */
  readonly scope: string | undefined
  /** The transformation whose backward pass is running. */
  readonly within: string | undefined
  /** The staged operations that it stands in, the outermost first. */
  readonly inside: readonly string[]
  /** The infinities in backward passes that are not errors yet. */
  readonly suspects: WeakMap<Tensor, NonFiniteError>
}

// -----------------------------------------------------------------------------
// sentences
// -----------------------------------------------------------------------------

const enumerate = (list: readonly string[]): string =>
  list.length < 2 ? list.join('') : `${list.slice(0, -1).join(', ')} and ${list.at(-1) ?? ''}`

const showExample = (example: readonly number[]): string =>
  example.length === 0 ? '' : `, in example ${example.length === 1 ? example.join('') : show(example)}`

const context = ({ inside, scope, within }: Site): string =>
  `${inside.map((name) => `, inside ${name}`).join('')}${scope === undefined ? '' : `, in ${scope}`}${within === undefined ? '' : `, in the pullback of ${within}`}`

const called = ({ operation, operands }: Site): string =>
  operands.length === 0 ? operation : `${operation} of ${enumerate(operands.map(({ shape }) => show(shape)))}`

const origins = (operands: readonly Operand[], isNaNAlready: readonly boolean[]): string => {
  if (operands.length === 0) return ''
  const words = operands.map(({ origin }, i) => (isNaNAlready[i] === true ? `${origin}, which is NaN already` : origin))
  return `; its ${operands.length === 1 ? 'operand is' : 'operands are'} ${enumerate(words)}`
}

const remedies: { readonly [K in Kind]: string } = {
  operation: '',
  tangent: '',
  cotangent: '',
  pullback: '',
  argument: 'expected finite arguments',
  'tangent of an argument': 'expected finite tangents',
  result: 'look at the constants, as no operation on the arguments made it',
  'cotangent of a result': 'expected finite cotangents'
}

const subject = (site: Site): string => {
  switch (site.kind) {
    case 'tangent':
      return `the derivative of ${called(site)} made`
    case 'cotangent':
    case 'pullback':
      return `the pullback of ${called(site)} made`
    case 'operation':
      return `${called(site)} made`
    case 'tangent of an argument':
      return `the tangent of ${site.operation} is`
    case 'cotangent of a result':
      return `the cotangent of ${site.operation} is`
    case 'argument':
    case 'result':
      return `${site.operation} is`
  }
}

/** The error for the element of result `which` at a position. */
const failure = (
  site: Site,
  which: number,
  x: Concrete,
  position: number,
  isNaNAlready: readonly boolean[]
): NonFiniteError => {
  const { data, offset } = contiguous(x)
  const value = data[offset + position] ?? NaN
  const lead = x.shape.length - (site.shapes[which]?.length ?? 0)
  const all = positionAt(position, x.shape)
  const index = all.slice(lead)
  const example = all.slice(0, lead)
  const result = site.shapes.length === 1 ? '' : ` in result ${which}`
  const at = `${result}${index.length === 0 ? '' : ` at ${show(index)}`}${showExample(example)}`
  const remedy = remedies[site.kind]
  const reason = remedy === '' ? origins(site.operands, isNaNAlready) : `; ${remedy}`
  return new NonFiniteError(site, value, index, example, `${subject(site)} ${value}${at}${context(site)}${reason}`)
}

// -----------------------------------------------------------------------------
// the check
// -----------------------------------------------------------------------------

const some = (x: Concrete, holds: (value: number) => boolean): boolean => {
  if (!isFloat(x.dtype)) return false
  const { data, offset } = contiguous(x)
  const end = offset + size(x.shape)
  for (let i = offset; i < end; i++) if (holds(data[i]!)) return true
  return false
}

const isNotFinite = (value: number): boolean => !Number.isFinite(value)

const elementOf = (x: Concrete): ((position: number) => number) => {
  const { data, offset } = contiguous(x)
  return (position) => data[offset + position]!
}

/** Tells whether an infinity at a position is explained by infinite operands, or by one that has no elements. */
const excuse = (site: Site, given: readonly Concrete[]): ((position: number) => boolean) => {
  if (site.elementwise) {
    const elements = given.map(elementOf)
    return (position) => elements.some((element) => isNotFinite(element(position)))
  }
  let excused: boolean | undefined
  return () => (excused ??= given.some((x) => size(x.shape) === 0 || some(x, isNotFinite)))
}

/**
 * The first element that is not finite, and not explained by the operands: an infinity may come from an infinity, a NaN
 * is always found.
 */
const find = (site: Site, x: Concrete, given: readonly Concrete[]): number | undefined => {
  if (!isFloat(x.dtype)) return undefined
  const excused = site.kind === 'result' ? () => true : excuse(site, given)
  const { data, offset } = contiguous(x)
  const n = size(x.shape)
  for (let i = 0; i < n; i++) {
    const value = data[offset + i]!
    if (!Number.isFinite(value) && (Number.isNaN(value) || !excused(i))) return i
  }
  return undefined
}

/**
 * In a backward pass an infinity is a suspect first: a local derivative at a singular point, which a zero cotangent may
 * still make harmless, since zero is strong in `guardedMul`. It is an error once a product, a NaN or the result shows
 * it.
 */
const inspect = (site: Site, which: number, x: Concrete, given: readonly Concrete[]): void => {
  const { suspects, within, guards, kind } = site
  const suspect = given.map((each) => suspects.get(each)).find((each) => each !== undefined)
  const position = find(site, x, given)
  if (position === undefined) {
    if (kind === 'result' && suspects.has(x) && some(x, isNotFinite)) throw suspects.get(x)
    if (suspect === undefined || !some(x, isNotFinite)) return
    if (guards) throw suspect
    suspects.set(x, suspect)
    return
  }
  const isNaNAlready = given.map((each) => some(each, Number.isNaN))
  const error = suspect ?? failure(site, which, x, position, isNaNAlready)
  const waits = kind === 'operation' && within !== undefined && !guards
  if (!waits || Number.isNaN(elementOf(x)(position)) || some(x, Number.isNaN)) throw error
  suspects.set(x, error)
}

/** The kinds of the checks of derivatives. */
const onTangents: { readonly [K in Kind]?: Kind } = { operation: 'tangent', argument: 'tangent of an argument' }
const onCotangents: { readonly [K in Kind]?: Kind } = { pullback: 'cotangent', result: 'cotangent of a result' }

const checkParts = (parts: Slots, kind: Kind | undefined, site: Site): Slots =>
  kind === undefined
    ? parts
    : parts.map((part, i) =>
        part === undefined
          ? part
          : bind(checkFinitePrimitive, [part], { ...site, kind, shapes: site.shapes.slice(i, i + 1) })[0]
      )

/**
 * The identity on as many operands as the site has shapes, which throws when they are not finite; the further operands
 * explain them.
 */
export const checkFinitePrimitive: Primitive<Site> = {
  name: 'checkFinite',
  kind: 'view',
  effect: () => true,
  infer: (operands, { shapes }) => operands.slice(0, shapes.length),
  evaluate: (operands, site) => {
    const count = site.shapes.length
    const checked = operands.slice(0, count)
    if (site.kind !== 'pullback') checked.forEach((x, i) => inspect(site, i, x, operands.slice(count)))
    return checked
  },
  derivative: {
    jvp: (tangents, _operands, _out, site) =>
      checkParts(tangents.slice(0, site.shapes.length), onTangents[site.kind], site),
    vjp: (operands, _out, site) => (cotangents) => {
      const checked = checkParts(cotangents, onCotangents[site.kind], site)
      return operands.map((_, i) => checked[i])
    }
  },
  batch: (operands, mapped, site, length) => bind(checkFinitePrimitive, align(operands, mapped, length), site),
  sample: (draw) => {
    const shape = draw.shape()
    const operands = [draw.tensor(shape, real), draw.tensor(shape, real)]
    // The kind that lets NaN through forward, as the laws require.
    const site: Site = {
      kind: 'pullback',
      operation: 'sample',
      shapes: [shape],
      operands: [],
      elementwise: draw.integer(0, 1) === 1,
      guards: false,
      scope: undefined,
      within: undefined,
      inside: [],
      suspects: new WeakMap()
    }
    return { operands, params: site }
  }
}

/** Functions of trees as functions of vectors. */
import { requireFloat, zeroLike } from '../calculus/arguments.js'
import { pullBack } from '../calculus/leafwise.js'
import { linearize } from '../calculus/products.js'
import { differentiate } from '../calculus/reverse.js'
import { epsilon as spacing } from '../DType.js'
import { unknownLike } from '../implicit/unknown.js'
import { type Vector, dot, norm, pack, plus, precisionOf, unpack } from '../implicit/vector.js'
import { refusal } from '../internal/describe.js'
import { options } from '../internal/options.js'
import { LeakedTracerError, Traced } from '../primitive/traced.js'
import { ShapeError, show } from '../shape/model.js'
import { type Concrete, type Tensor, isConcrete, isTensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { type Flat, flattenAs, requireSameShape, zipWithAs } from '../tree/model.js'
import type { Bounds, Method, Objectives, Point, Problem } from './model.js'

// -----------------------------------------------------------------------------
// values
// -----------------------------------------------------------------------------

/** Refuses values that are not numbers yet. */
const concrete = (what: string, x: Tensor): Concrete => {
  if (isConcrete(x)) return x
  const where = x instanceof Traced ? `inside ${x.interpreter.transformation}` : 'inside a transformation'
  const why = 'a loop that reads numbers cannot run there'
  const remedy = 'use Implicit.argmin, which takes minimize as its solver'
  throw new LeakedTracerError('minimize', 'read', `${what} is a value ${where}; ${why}, ${remedy}`)
}

const requireResult = (kind: keyof Objectives, value: unknown): Concrete => {
  const [rank, expected] =
    kind === 'scalar' ? [0, 'a scalar, reduce it with T.sum or T.mean'] : [1, 'a vector of residuals']
  if (isTensor(value) && value.shape.length === rank) {
    requireFloat('minimize', value, 'the result')
    return concrete('the result', value)
  }
  const found = isTensor(value) ? `shape ${show(value.shape)}` : 'no tensor'
  throw new ShapeError(
    'minimize',
    isTensor(value) ? [value.shape] : [],
    `the function returned ${found}; expected ${expected}`
  )
}

/** The residuals, whose values may be unknown yet. */
const residualsOf = (value: Tensor): Tensor => {
  if (!isTensor(value)) requireResult('residuals', value)
  return value
}

// -----------------------------------------------------------------------------
// bounds
// -----------------------------------------------------------------------------

const checkBounds = options<Bounds<unknown>>('minimize: bounds', {
  lower: { expected: '', holds: () => true },
  upper: { expected: '', holds: () => true }
})

/** A bound for each element. */
const boundOf = <X>(name: string, given: unknown, flat: Flat<X>, none: number): Vector => {
  const length = pack(flat.leaves.map((leaf) => concrete('x0', leaf))).length
  if (given === undefined || typeof given === 'number') {
    if (Number.isNaN(given)) throw new RangeError(refusal('minimize', `bounds.${name}`, given, 'a number'))
    return new Float64Array(length).fill(given ?? none)
  }
  const leaves: Concrete[] = []
  zipWithAs(`minimize: bounds.${name}`, flat.unflatten(flat.leaves), given, (leaf, bound, path) => {
    requireSameShape(`minimize: bounds.${name}`, path, leaf, bound)
    leaves.push(concrete(`bounds.${name}`, bound))
    return leaf
  })
  return pack(leaves)
}

/** The projection on a box. */
const projection = <X>(bounds: Bounds<X>, flat: Flat<X>): ((x: Vector) => Vector) => {
  checkBounds(bounds)
  const lower = boundOf('lower', bounds.lower, flat, -Infinity)
  const upper = boundOf('upper', bounds.upper, flat, Infinity)
  const crossed = lower.findIndex((low, i) => !(low <= upper[i]!))
  if (crossed >= 0) {
    const given = `bounds are ${lower[crossed]} to ${upper[crossed]} for element ${crossed}`
    throw new RangeError(`minimize: ${given}; expected a lower bound of at most the upper one`)
  }
  return (x) => x.map((each, i) => Math.min(Math.max(each, lower[i]!), upper[i]!))
}

// -----------------------------------------------------------------------------
// problems
// -----------------------------------------------------------------------------

/** A problem, the structure of its unknown, and how often its function has been called. */
export interface Posed<X> {
  readonly problem: Problem<X>
  readonly flat: Flat<X>
  readonly precision: 'float32' | 'float64'
  readonly evaluations: () => number
}

const vectorOf = (what: string, tree: unknown): Vector =>
  pack(flattenAs('minimize', tree).leaves.map((leaf) => concrete(what, leaf)))

/** The value of f, and its gradient if there is one: of half the squares for residuals. */
const evaluate = <X>(
  { kind, gradient }: Pick<Method<keyof Objectives>, 'kind' | 'gradient'>,
  f: (x: X) => Tensor,
  flat: Flat<X>,
  leaves: readonly Concrete[]
): { readonly value: number; readonly gradient: Vector } => {
  if (!gradient)
    return { value: pack([requireResult(kind, f(flat.unflatten(leaves)))])[0]!, gradient: new Float64Array() }
  if (kind === 'scalar') {
    const [value, slopes] = differentiate(
      'minimize',
      (x: X) => {
        const result = f(x)
        return [result, undefined]
      },
      flat.unflatten(leaves)
    )
    const height = pack([requireResult(kind, value)])[0]!
    return { value: height, gradient: vectorOf('the gradient', slopes) }
  }
  const { value, pull } = pullBack('minimize', (inputs) => [residualsOf(f(flat.unflatten(inputs)))], leaves)
  const residuals = requireResult(kind, value[0])
  const slopes = pull([residuals]).map((leaf, i) => concrete('the gradient', leaf ?? zeroLike(leaves[i]!)))
  const numbers = pack([residuals])
  return { value: dot(numbers, numbers) / 2, gradient: pack(slopes) }
}

/** The function as methods see it. */
export const pose = <X>(
  f: (x: X) => Tensor,
  x0: X,
  method: Pick<Method<keyof Objectives>, 'kind' | 'gradient'>,
  bounds: Bounds<X> | undefined
): Posed<X> => {
  const flat = unknownLike('minimize', x0, 'x0')
  const types = flat.leaves.map(({ shape, dtype }) => ({ shape, dtype }))
  const precision = precisionOf(types)
  const project = bounds === undefined ? undefined : projection(bounds, flat)
  const rounded = (x: Vector): Vector => (precision === 'float64' ? x : pack(unpack(x, types)))
  const within = (x: Vector): Vector => rounded(project === undefined ? x : project(x))
  let evaluations = 0
  const counted = (x: X): Tensor => {
    evaluations++
    return f(x)
  }
  const tree = (x: Vector): X => flat.unflatten(unpack(x, types))
  const at = (to: Vector): Point => {
    const x = within(to)
    const { value, gradient } = evaluate(method, counted, flat, unpack(x, types))
    const slope = !method.gradient
      ? NaN
      : project === undefined
        ? norm(gradient)
        : norm(plus(x, -1, project(plus(x, -1, gradient))))
    return { x, value, gradient, slope }
  }
  const gradientAt = (x: X): X => differentiate('minimize', (y: X) => [counted(y), undefined], x)[1]
  const problem: Problem<X> = {
    initial: within(pack(flat.leaves.map((leaf) => concrete('x0', leaf)))),
    epsilon: spacing(precision),
    at,
    tree,
    vector: (of) => vectorOf('the update', of),
    hessian: (x) => {
      const [, product] = linearize(gradientAt)(tree(x))
      return (direction) => vectorOf('the Hessian', product(tree(direction)))
    },
    linear: (x) => {
      const [value, product] = linearize(counted)(tree(x))
      const columns = Array.from(x, (_, i) => {
        const unit = new Float64Array(x.length)
        unit[i] = 1
        return pack([concrete('the Jacobian', product(tree(unit)))])
      })
      return { residuals: pack([concrete('the result', value)]), columns }
    },
    f: (x) => scalarOf(counted(x))
  }
  return { problem, flat, precision, evaluations: () => evaluations }
}

/** The result of a function whose results are scalars, as its type says. */
const scalarOf = (value: Tensor): Tensor<[]> => {
  if (value.shape.length > 0) requireResult('scalar', value)
  return typed<[]>(value)
}

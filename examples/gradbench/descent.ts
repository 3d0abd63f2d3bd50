// Gradient descent as the problems `particle` and `saddle` have it, with gradients of either mode.
import { jvp, valueAndGrad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'

// -----------------------------------------------------------------------------
// gradients
// -----------------------------------------------------------------------------

export type Scalar = T.Tensor<[]>

/** A point of the plane. Two numbers of rank 0 are cheaper than a vector of two. */
export type Point = readonly [x: Scalar, y: Scalar]

/** A way to the value and the gradient of a function of a tree of scalars, in one go. */
export type Gradient = <P>(f: (x: P) => Scalar) => (x: P) => readonly [value: Scalar, gradient: P]

const zero = T.scalar(0, 'float64')
const one = T.scalar(1, 'float64')

/** The gradient by the forward mode: one pass for each coordinate, any of which gives the value too. */
export const forward: Gradient = (f) => (x) => {
  const { leaves, unflatten } = Tree.flatten(x)
  const passes = leaves.map((_, i) => jvp(f)([x], [unflatten(leaves.map((_leaf, j) => (i === j ? one : zero)))]))
  return [passes[0]?.[0] ?? f(x), unflatten(passes.map(([, slope]) => slope))]
}

/** The gradient by the reverse mode: one pass there and back. */
export const reverse: Gradient = (f) => valueAndGrad(f)

/** The four nestings of an outer and an inner gradient: f is forward, r reverse, the outer one first. */
export const nestings = {
  ff: [forward, forward],
  fr: [forward, reverse],
  rf: [reverse, forward],
  rr: [reverse, reverse]
} as const

/** The name of a nesting. */
export type Nesting = keyof typeof nestings

// -----------------------------------------------------------------------------
// descent
// -----------------------------------------------------------------------------

/**
 * A number to decide by. Decisions are piecewise constant, so that nothing is lost when they are made beside the
 * differentiation around them.
 */
export const decide = (x: Scalar): number => T.item(T.stopGradient(x))

const length = (tree: unknown): number => decide(Tree.norm(Tree.map(tree, T.stopGradient)))

/** a + k b. */
export const move = <P>(a: P, k: number, b: NoInfer<P>): P => Tree.add(a, Tree.scale(b, k))

const firstRate = 1e-5
const tolerance = 1e-5
const patience = 10
const mostSteps = 10_000

/**
 * Where a function is least, by gradient descent from a start: the rate is doubled after ten steps down, and halved instead
 * of a step up. It ends where the gradient or the step is no longer than 1e-5.
 *
 * It can be differentiated itself: the derivative is that of the steps taken.
 *
 * J. M. Siskind and B. A. Pearlmutter, Using programming language theory to make automatic differentiation sound and
 * efficient, Advances in Automatic Differentiation, Springer (2008).
 */
export const argmin = <P>(f: (x: P) => Scalar, gradient: Gradient, start: P): P => {
  const at = gradient(f)
  let x = start
  let [value, slope] = at(x)
  let rate = firstRate
  let successes = 0
  for (let step = 0; step < mostSteps; step++) {
    if (length(slope) <= tolerance) return x
    if (successes === patience) {
      rate *= 2
      successes = 0
    }
    const next = move(x, -rate, slope)
    if (length(Tree.sub(x, next)) <= tolerance) return x
    const [nextValue, nextSlope] = at(next)
    if (decide(nextValue) < decide(value)) {
      x = next
      value = nextValue
      slope = nextSlope
      successes++
    } else {
      rate /= 2
      successes = 0
    }
  }
  throw new RangeError(
    `argmin: the function still decreases after ${mostSteps} steps; expected one that is bounded below`
  )
}

/** Where a function is greatest. */
export const argmax = <P>(f: (x: P) => Scalar, gradient: Gradient, start: P): P =>
  argmin((x: P) => T.neg(f(x)), gradient, start)

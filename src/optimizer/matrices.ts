/** Scalings that know that a leaf is a matrix: factored second moments, and orthogonal updates. */
import { type Kinds, options as optionsOf, number, positiveCount } from '../internal/options.js'
import { add, div, hypot, matmul, maximum, mul, norm, pow, sqrt, sub } from '../Tensor.js'
import { type Tensor, fill } from '../tensor/model.js'
import { permuteTo } from '../tensor/structural.js'
import { hypotWith, positive, rootOf, stepsAt, times, zerosOf } from './coefficient.js'
import { rmsAlong } from './lengths.js'
import { mapLeaves } from './lift.js'
import type { ByPath, Optimizer } from './model.js'
import { type Moments, stateful, stateless } from './rule.js'

/**
 * The constants of factored second moments.
 *
 * @example
 * import type * as Optimizer from 'pullback/Optimizer'
 *
 * const options: Optimizer.FactoredOptions = { minSize: 128, decay: 0.8 }
 * options.minSize // => 128
 */
export interface FactoredOptions {
  /** Leaves with two axes of at least this size are factored; 128 by default. */
  readonly minSize?: number
  /** The running mean at step t keeps 1 - t^-decay; 0.8 by default. */
  readonly decay?: number
  /** Added to the squares of gradients; 1e-30 by default. */
  readonly epsilon?: number | Tensor<[]>
}

/** What the constants of factored second moments may be. */
export const factoredKinds: Kinds<FactoredOptions> = {
  minSize: positiveCount,
  decay: /* @__PURE__ */ number('a number above 0, at most 1', (decay) => decay > 0 && decay <= 1),
  epsilon: positive
}

/** The two largest axes of a leaf, in order, where both are large. */
const factors = ({ shape }: Tensor, minSize: number): readonly [number, number] | undefined => {
  const [first, second] = Array.from(shape.keys()).sort((a, b) => shape[b]! - shape[a]! || b - a)
  if (first === undefined || second === undefined || shape[second]! < minSize) return undefined
  return first < second ? [first, second] : [second, first]
}

const without = ({ shape, dtype }: Tensor, axis: number): Tensor =>
  fill(
    shape.map((size, i) => (i === axis ? 1 : size)),
    dtype,
    0
  )

/**
 * Divides by the root of a running mean of squares of which, for a matrix, only the means of rows and columns are kept: m + n numbers
 * in place of m n. Their product over their mean stands for the whole. The running mean at step t keeps 1 - t^-decay. The state
 * holds roots: `rows` and `columns` of leaves that are factored, `root` of the others.
 *
 * N. Shazeer and M. Stern, Adafactor: Adaptive Learning Rates with Sublinear Memory Cost, ICML 2018.
 *
 * @throws RangeError when a constant is out of its range
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const factored = Optimizer.scaleByFactoredRms({ minSize: 2 })
 * const w = T.of([[1, 2, 3], [2, 4, 6]])
 * const [updates, state] = factored.update(w, factored.init(w), w)
 * updates // => T.of([[0.99999994, 0.99999994, 1], [0.99999994, 0.99999994, 1]])
 * state[0]?.moments['rows']?.['']?.shape // => [2, 1]
 * state[0]?.moments['columns']?.['']?.shape // => [1, 3]
 */
/* @__NO_SIDE_EFFECTS__ */
export const scaleByFactoredRms = (options: FactoredOptions = {}): Optimizer => {
  optionsOf<FactoredOptions>('scaleByFactoredRms', factoredKinds)(options)
  const { minSize = 128, decay = 0.8, epsilon = 1e-30 } = options
  const least = rootOf(epsilon)
  return stateful(
    (params) =>
      gatheredParts(
        mapEntries(params, (leaf) => {
          const axes = factors(leaf, minSize)
          if (axes === undefined) return { root: zerosOf(leaf) }
          return { rows: without(leaf, axes[1]), columns: without(leaf, axes[0]) }
        })
      ),
    (gradient, before, { count }) => {
      const fresh = pow(stepsAt(count), -decay)
      const [keep, added] = [sqrt(sub(1, fresh)), sqrt(fresh)]
      const next = (root: Tensor, size: Tensor): Tensor =>
        hypot(times(root, keep), times(hypotWith(size, least), added))
      const done = mapEntries(gradient, (leaf, path) => {
        const axes = factors(leaf, minSize)
        if (axes === undefined) {
          const root = next(before.root[path]!, leaf)
          return { update: div(leaf, root), root }
        }
        const rows = next(before.rows[path]!, rmsAlong(leaf, [axes[1]]))
        const columns = next(before.columns[path]!, rmsAlong(leaf, [axes[0]]))
        return { update: div(div(leaf, div(rows, rmsAlong(rows, [axes[0]]))), columns), rows, columns }
      })
      return [part(done, 'update'), gatheredParts(done)]
    }
  )
}

/** What is computed for a leaf whose moments are factored, or are not. */
interface Parts {
  readonly update?: Tensor
  readonly rows?: Tensor
  readonly columns?: Tensor
  readonly root?: Tensor
}

type ByEntry = readonly (readonly [path: string, parts: Parts])[]

const mapEntries = (leaves: ByPath, f: (leaf: Tensor, path: string) => Parts): ByEntry =>
  Object.entries(leaves).map(([path, leaf]) => [path, f(leaf, path)])

/** One of the parts, of the leaves that have it. */
const part = (entries: ByEntry, name: keyof Parts): ByPath =>
  Object.fromEntries(
    entries.flatMap(([path, parts]) => (parts[name] === undefined ? [] : [[path, parts[name]] as const]))
  )

const gatheredParts = (entries: ByEntry): Moments<'rows' | 'columns' | 'root'> => ({
  rows: part(entries, 'rows'),
  columns: part(entries, 'columns'),
  root: part(entries, 'root')
})

const orthogonalizeOptions = optionsOf<{ readonly steps?: number }>('orthogonalize', { steps: positiveCount })

/** The quintic of Newton and Schulz with the largest slope at 0: it takes singular values to between 0.7 and 1.2. */
const [linear, cubic, quintic] = [3.4445, -4.775, 2.0315]

const transposed = (x: Tensor): Tensor => permuteTo(x, [1, 0])

/**
 * Replaces each matrix by one near the orthogonal factor of its polar decomposition, by `steps` (5) iterations of Newton and Schulz,
 * times sqrt(max(1, rows / columns)): all directions get updates of about one size. Other leaves stay as they are.
 *
 * K. Jordan et al., Muon: An optimizer for hidden layers in neural networks, 2024.
 *
 * @throws RangeError when the number of steps is not an integer of 1 or more
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const w = T.of([[3, 0], [0, -50]])
 * Optimizer.orthogonalize().update(w, [], w)[0] // => T.of([[1.0023429, 0], [0, -0.69834614]])
 */
/* @__NO_SIDE_EFFECTS__ */
export const orthogonalize = (options: { readonly steps?: number } = {}): Optimizer => {
  orthogonalizeOptions(options)
  const { steps = 5 } = options
  return stateless((gradient) =>
    mapLeaves(gradient, (leaf) => {
      const [rows, columns] = leaf.shape
      if (leaf.shape.length !== 2 || rows === undefined || columns === undefined) return leaf
      const isTall = rows > columns
      const whole = isTall ? transposed(leaf) : leaf
      let x = div(whole, maximum(norm(whole), smallest))
      for (let i = 0; i < steps; i++) {
        const gram = matmul(x, transposed(x))
        const bent = add(mul(gram, cubic), mul(matmul(gram, gram), quintic))
        x = add(mul(x, linear), matmul(bent, x))
      }
      return mul(isTall ? transposed(x) : x, Math.sqrt(Math.max(1, rows / columns)))
    })
  )
}

/** What a zero matrix is divided by. */
const smallest = 1e-30

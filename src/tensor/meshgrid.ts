/** Coordinates on a grid. */
import { listFirst } from '../internal/dual.js'
import { oneOf, options } from '../internal/options.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import type { Tensor } from './model.js'
import { broadcastToShape, reshapeTo } from './structural.js'

/**
 * The order of the axes of a grid.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const byMatrix: T.MeshgridOptions = { indexing: 'ij' }
 * T.meshgrid([T.of([1, 2]), T.of([5])], byMatrix) // => [T.of([[1], [2]]), T.of([[5], [5]])]
 */
export interface MeshgridOptions {
  /** `'xy'`, the default, where the second vector runs along the first axis; or `'ij'`, each along its own. */
  readonly indexing?: 'xy' | 'ij'
}

/** As many axes as there are vectors. */
type GridShape<Vectors extends readonly Tensor[]> = number extends Vectors['length']
  ? Shape
  : { -readonly [Axis in keyof Vectors]: number }

type Grids<Vectors extends readonly Tensor[]> =
  GridShape<Vectors> extends infer S extends Shape ? { readonly [I in keyof Vectors]: Tensor<S> } : never

interface Meshgrid {
  <const Vectors extends readonly Tensor[]>(vectors: Vectors, options?: MeshgridOptions): Grids<Vectors>
  (options: MeshgridOptions): <const Vectors extends readonly Tensor[]>(vectors: Vectors) => Grids<Vectors>
}

/**
 * The coordinates of the points of a grid, one tensor per vector: `numpy.meshgrid`. They are views; nothing is copied.
 *
 * Of vectors of sizes `n0, n1, n2, ...` each result has shape `[n1, n0, n2, ...]`, and with `indexing: 'ij'`, PyTorch's
 * default, `[n0, n1, n2, ...]`. The gradient of a vector is the sum over the other axes.
 *
 * @throws ShapeError when one of the tensors is not a vector
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const [x, y] = T.meshgrid([T.of([1, 2, 3]), T.of([10, 20])])
 * x // => T.of([[1, 2, 3], [1, 2, 3]])
 * y // => T.of([[10, 10, 10], [20, 20, 20]])
 * pipe([T.of([1, 2]), T.of([5])], T.meshgrid({ indexing: 'ij' })) // => [T.of([[1], [2]]), T.of([[5], [5]])]
 */
export const meshgrid: Meshgrid = listFirst<Meshgrid>(
  options<MeshgridOptions>('meshgrid', { indexing: oneOf('xy', 'ij') }),
  (vectors: readonly Tensor[], { indexing = 'xy' }: MeshgridOptions = {}): readonly Tensor[] => {
    vectors.forEach(({ shape }, i) => {
      if (shape.length === 1) return
      throw new ShapeError('meshgrid', [shape], `tensor ${i} has shape ${show(shape)}; expected a vector`)
    })
    const axisOf = (i: number): number => (indexing === 'xy' && i < 2 && vectors.length > 1 ? 1 - i : i)
    const shape = vectors.map((_, axis) => vectors[axisOf(axis)]!.shape[0]!)
    return vectors.map((x, i) =>
      broadcastToShape(
        reshapeTo(
          x,
          shape.map((n, axis) => (axis === axisOf(i) ? n : 1))
        ),
        shape
      )
    )
  }
)

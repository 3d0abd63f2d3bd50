/** The symmetric part of matrices that should be symmetric. */
import { counted, perMatrix } from '../primitive/cost.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { interval } from '../primitive/domain.js'
import { size, positionAt } from '../shape/model.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { LinalgError, ofMatrix } from './error.js'
import { doublesOf, drawStack, fromDoubles, rowsOf, stackOf, symmetricPart } from './matrix.js'

/** The largest difference between (i, j) and (j, i), as a part of the largest element, and the operation for errors. */
interface Symmetry {
  readonly operation: string
  readonly tolerance: number
}

const largestOf = (a: Float64Array, at: number, count: number): number => {
  let most = 0
  for (let i = at; i < at + count; i++) {
    const each = Math.abs(a[i]!)
    if (each > most) most = each
  }
  return most
}

const evaluate = (a: Concrete, { operation, tolerance }: Symmetry): Concrete => {
  const n = rowsOf(a.shape)
  const stack = stackOf(a.shape)
  const x = doublesOf(a)
  for (let matrix = 0; matrix < size(stack); matrix++) {
    const at = matrix * n * n
    const most = tolerance * largestOf(x, at, n * n)
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) {
        const p = at + i * n + j
        const q = at + j * n + i
        const below = x[p]!
        const above = x[q]!
        if (Math.abs(below - above) > most) throw refuse(operation, positionAt(matrix, stack), i, j, below, above)
        // The sum may be out of range.
        x[p] = x[q] = below === above ? below : below + (above - below) / 2
      }
    }
  }
  return fromDoubles(a.shape, a.dtype, x)
}

const refuse = (
  operation: string,
  matrix: readonly number[],
  i: number,
  j: number,
  below: number,
  above: number
): LinalgError =>
  new LinalgError(
    operation,
    `the matrix is not symmetric, elements [${i}, ${j}] and [${j}, ${i}]${ofMatrix(matrix)} are ${below} and ${above}; expected a symmetric matrix, such as (a + a^T) / 2`,
    matrix
  )

/** (a + a^T) / 2 of matrices that are symmetric to a tolerance; of tangents and cotangents, which need not be, without check. */
export const symmetrisePrimitive: Primitive<Symmetry> = op<1, Symmetry>({
  name: 'symmetrise',
  kind: 'opaque',
  cost: counted(perMatrix((_m, n) => 2 * n * n)),
  arity: 1,
  refuses: [0],
  infer: (a) => a,
  evaluate,
  jvp: [(tangent) => symmetricPart(tangent)],
  vjp: [() => (ct) => symmetricPart(ct)],
  batch: ([a], _mapped, params) => bindOne(symmetrisePrimitive, [a!], params),
  sample: (draw) => {
    const n = draw.integer(0, 3)
    // Numbers between 1 and 2 differ by less than the largest of them, also when they move a little.
    const a = draw.tensor([...drawStack(draw), n, n], interval(1, 2))
    return { operands: [a], params: { operation: 'symmetrise', tolerance: 1 } }
  }
})

/** How far elements that should be equal may differ, as a part of the largest element of the matrix. */
const tolerance = 1e-3

/**
 * The symmetric part (a + a^T) / 2, of a square float matrix that should be symmetric: what an operation on symmetric
 * matrices looks at. A matrix that is not, by more than 1e-3 of its largest element, is refused in the operation's name.
 */
export const symmetrise = (operation: string, a: Tensor): Tensor =>
  bindOne(symmetrisePrimitive, [a], { operation, tolerance })

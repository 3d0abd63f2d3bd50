/** Test operands of decompositions: singular values and eigenvalues far apart, columns far from dependent. */
import type { Draw } from '../primitive/domain.js'
import { bindOne } from '../primitive/bind.js'
import type { Shape } from '../shape/model.js'
import { add } from '../tensor/arithmetic.js'
import { type Tensor, fromData } from '../tensor/model.js'
import { flip } from '../tensor/slice.js'
import { diagonalMatrixPrimitive } from '../tensor/triangular.js'
import { drawMatrix } from './matrix.js'

const rectangular = (rows: number, columns: number, values: readonly number[]): Tensor =>
  bindOne(diagonalMatrixPrimitive, [fromData([values.length], 'float64', Float64Array.from(values))], {
    rows,
    columns,
    offset: 0
  })

/** A matrix with values far apart on its diagonal, in one order or the other. */
export const spread = (draw: Draw, rows: number, columns: number): Tensor => {
  const values = Array.from({ length: Math.min(rows, columns) }, (_, i) => 2 + 3 * i + i * i)
  return rectangular(rows, columns, draw.pick([false, true]) ? [...values].reverse() : values)
}

/** Tall matrices whose columns are far from dependent; some with their rows in reverse. */
export const drawTall = (draw: Draw, stack: Shape, rows: number, columns: number): Tensor => {
  const dominant = rectangular(rows, columns, new Array<number>(columns).fill(columns + 1))
  const x = add(drawMatrix(draw, stack, rows, columns), dominant)
  return draw.pick([false, true]) ? flip(x, { axis: -2 }) : x
}

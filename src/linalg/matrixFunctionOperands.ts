/**
 * Test operands of functions of symmetric matrices: a matrix, points, lengths and jets.
 *
 * Laws move the elements of float64 operands one by one, and leave float32 alone. Points and lengths are constants,
 * and so float32 here. Where eigenvalues are far apart, jets move freely. Where eigenvalues are equal or nearly so,
 * there is a derivative along the matrix only for the jets of one function, and these would no longer be that if one
 * element moved. So there the jets are float32 too, those of a cubic, which Taylor's formula carries without error
 * wherever the matrix moves.
 */
import { bind } from '../primitive/bind.js'
import { type Draw, interval } from '../primitive/domain.js'
import { none } from '../primitive/model.js'
import type { Shape } from '../shape/model.js'
import { add, mul } from '../tensor/arithmetic.js'
import { type Tensor, fill, fromData } from '../tensor/model.js'
import { broadcastToShape, cast } from '../tensor/structural.js'
import { eighPrimitive } from './eigh.js'
import { drawMatrix, drawStack, symmetricPart } from './matrix.js'
import { spread } from './operands.js'

type Operands = readonly [x: Tensor, points: Tensor, lengths: Tensor, jets: Tensor]

/** Eigenvalues far apart, points beside them, and at each jets of another function. */
export const drawApart = (draw: Draw): Operands => {
  const n = draw.integer(0, 3)
  const stack = drawStack(draw)
  const x = add(mul(drawMatrix(draw, stack, n, n), 0.5), spread(draw, n, n))
  const w = bind(eighPrimitive, [symmetricPart(x)], none)[0]!
  const points = cast(add(w, draw.tensor(w.shape, interval(0.1, 0.4))), 'float32')
  const jets = draw.tensor([...stack, 4, n], interval(-1, 1))
  return [x, points, fill(points.shape, 'float32', 1), jets]
}

const single = (stack: Shape, shape: Shape, values: readonly number[]): Tensor =>
  broadcastToShape(fromData(shape, 'float32', Float32Array.from(values)), [...stack, ...shape])

/** Equal and nearly equal eigenvalues, and jets of a cubic there; with lengths by which all of them count as near. */
export const drawNear = (draw: Draw): Operands => {
  const u = draw.pick([
    [0.6, 0.8],
    [1 / 3, 2 / 3, 2 / 3]
  ])
  const n = u.length
  const stack = drawStack(draw)
  // I + d u u^T has the eigenvalue 1 but for one, 1 + d.
  const d = draw.pick([-3, 0, 2])
  const gap = d === 0 ? 0 : draw.pick([0, 1e-12, 1e-8, 1e-3])
  const x = u.flatMap((row, i) => u.map((column, j) => (i === j ? 1 + gap * i : 0) + d * row * column))
  const points = [1 + Math.min(d, 0), ...new Array<number>(n - 2).fill(1), 1 + Math.max(d, 0)]
  const [a, b] = [draw.integer(-2, 2), draw.pick([-1, 1])]
  const jets = [
    points.map((w) => b * w ** 3 + w ** 2 + a * w + 1),
    points.map((w) => 3 * b * w ** 2 + 2 * w + a),
    points.map((w) => 6 * b * w + 2),
    points.map(() => 6 * b)
  ]
  return [
    broadcastToShape(fromData([n, n], 'float64', Float64Array.from(x)), [...stack, n, n]),
    single(stack, [n], points),
    fill([...stack, n], 'float32', 2 ** 14),
    single(stack, [4, n], jets.flat())
  ]
}

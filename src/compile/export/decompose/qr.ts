/** The QR decomposition as a loop of reflections. */
import { scan } from '../../../control/scan.js'
import { diagonalOf, identity, mT, stackOf, upper } from '../../../linalg/matrix.js'
import { qrPrimitive } from '../../../linalg/qr.js'
import { size } from '../../../shape/model.js'
import { abs, add, div, mul, square, sub } from '../../../tensor/arithmetic.js'
import { equal, greater, greaterEqual, less } from '../../../tensor/comparison.js'
import { gather } from '../../../tensor/indexing.js'
import { matmul } from '../../../tensor/matmul.js'
import { max } from '../../../tensor/minMaxOverAxes.js'
import type { Tensor } from '../../../tensor/model.js'
import { sum } from '../../../tensor/reduce.js'
import { sqrt } from '../../../tensor/root.js'
import { where } from '../../../tensor/select.js'
import { reshapeTo } from '../../../tensor/structural.js'
import { type Entry, flatStack, iota, on, windowOf } from './model.js'

/** What reflections have made so far: of the identity, and of the matrix. */
interface Reflected {
  readonly q: Tensor
  readonly r: Tensor
}

const overRows = { axis: 1, keepDims: true } as const

/** Reflects the part of column `k` from the diagonal on to the diagonal: A. S. Householder, J. ACM 5 (1958). */
const reflected = ({ q, r }: Reflected, k: Tensor): Reflected => {
  const [count, m] = r.shape
  const row = iota(m!, 3, 1)
  const part = where(greaterEqual(row, k), reshapeTo(gather(r, k, { axis: 2 }), [count!, m!, 1]), 0)
  const largest = max(abs(part), overRows)
  const scale = where(greater(largest, 0), largest, 1)
  const scaled = div(part, scale)
  const length = sqrt(sum(square(scaled), overRows))
  const head = gather(scaled, reshapeTo(k, [1]), { axis: 1 })
  const end = where(less(head, 0), length, mul(length, -1))
  const v = where(equal(row, k), sub(scaled, end), scaled)
  const norm = sum(square(v), overRows)
  const factor = where(greater(norm, 0), div(2, where(greater(norm, 0), norm, 1)), where(equal(norm, 0), 0, norm))
  const turned = mul(v, factor)
  return { q: sub(q, matmul(matmul(q, v), mT(turned))), r: sub(r, matmul(turned, matmul(mT(v), r))) }
}

/** Q and R, whose diagonal is not negative. */
const qr = (a: Tensor): readonly Tensor[] => {
  const [m, n] = a.shape.slice(-2)
  const stack = stackOf(a.shape)
  const x = flatStack(a)
  const step = (now: Reflected, k: Tensor): readonly [Reflected, readonly []] => [reflected(now, k), []]
  const start: Reflected = { q: identity([x.shape[0]!], m!, x.dtype), r: x }
  const { q, r } = size(x.shape) === 0 ? start : scan(step)(start, iota(n!, 1, 0))[0]
  const [left, right] = [windowOf(q, [x.shape[0]!, m!, n!]), windowOf(r, [x.shape[0]!, n!, n!])]
  const diagonal = diagonalOf(right)
  const sign = add(mul(diagonal, 0), where(less(diagonal, 0), -1, 1))
  return [
    reshapeTo(mul(left, reshapeTo(sign, [x.shape[0]!, 1, n!])), a.shape),
    reshapeTo(upper(mul(right, reshapeTo(sign, [x.shape[0]!, n!, 1]))), [...stack, n!, n!])
  ]
}

/** The decomposition of the QR decomposition. */
export const ofReflections: readonly Entry[] = [on(qrPrimitive, ([a]) => qr(a!))]

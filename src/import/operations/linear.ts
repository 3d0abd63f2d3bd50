/** Products of matrices, and sums of products over named axes. */
import * as Linalg from '../../Linalg.js'
import * as T from '../../Tensor.js'
import type { Tensor } from '../../tensor/model.js'
import { type Operations, operation, plain } from '../operation.js'

const transposedIf = (x: Tensor, isTransposed: boolean): Tensor => (isTransposed ? T.transpose(x) : x)

const scaled = (x: Tensor, by: number): Tensor => (by === 1 ? x : T.mul(x, T.full([], by, x.dtype)))

export const linear: Operations = {
  MatMul: plain(2, T.matmul),
  Gemm: operation(2, 3, (node) => {
    const [alpha, beta] = [node.float('alpha', 1), node.float('beta', 1)]
    const [transA, transB] = [node.flag('transA', false), node.flag('transB', false)]
    return (a, b, c?: Tensor) => {
      const product = scaled(T.matmul(transposedIf(a, transA), transposedIf(b, transB)), alpha)
      return c === undefined ? product : T.add(product, scaled(c, beta))
    }
  }),
  Einsum: operation(1, Infinity, (node) => {
    const equation = node.text('equation', '')
    if (equation === '') node.fault('has no equation; expected the attribute equation')
    return (...xs) => T.einsum(equation.replaceAll(' ', ''), ...xs)
  }),
  Det: plain(1, Linalg.det)
}

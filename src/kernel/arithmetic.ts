/** The loops of the commonest operations, by dtype. */
import * as single from './arithmeticFloat32.js'
import * as double from './arithmeticFloat64.js'
import type { BinaryLoop, LoopsByType, UnaryLoop } from './elementwise.js'

/** x + y */
export const addLoops: LoopsByType<BinaryLoop> = { float32: single.addFloat32, float64: double.addFloat64 }

/** x - y */
export const subLoops: LoopsByType<BinaryLoop> = { float32: single.subFloat32, float64: double.subFloat64 }

/** x y */
export const mulLoops: LoopsByType<BinaryLoop> = { float32: single.mulFloat32, float64: double.mulFloat64 }

/** x / y */
export const divLoops: LoopsByType<BinaryLoop> = { float32: single.divFloat32, float64: double.divFloat64 }

/** x y, where 0 is strong */
export const guardedMulLoops: LoopsByType<BinaryLoop> = {
  float32: single.guardedMulFloat32,
  float64: double.guardedMulFloat64
}

/** -x */
export const negLoops: LoopsByType<UnaryLoop> = { float32: single.negFloat32, float64: double.negFloat64 }

/** max(x, 0) */
export const reluLoops: LoopsByType<UnaryLoop> = { float32: single.reluFloat32, float64: double.reluFloat64 }

/** t where x > 0, else 0 */
export const gateLoops: LoopsByType<BinaryLoop> = { float32: single.gateFloat32, float64: double.gateFloat64 }

/** x x */
export const squareLoops: LoopsByType<UnaryLoop> = {
  float32: (n, x, p, s, out, to) => single.mulFloat32(n, x, p, s, x, p, s, out, to),
  float64: (n, x, p, s, out, to) => double.mulFloat64(n, x, p, s, x, p, s, out, to)
}

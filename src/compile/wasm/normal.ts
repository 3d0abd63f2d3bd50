/** Draws of float32 by a logarithm, which is that of the library: normal and Gumbel numbers. That of float64 is the engine's. */
import { type Quotient, centralRange, nearRange } from '../../kernel/special/quantile.js'
import { op } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import type { DrawParams } from '../../random/unit.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { type Body, keep } from './body.js'
import { callOfTwo } from './intrinsics.js'
import { floats, open } from './random.js'
import { type Strip, double, widened } from './strip.js'

const kept = (body: Body, v: Instruction): Instruction => keep(body, 'v128', v)

const log = (body: Body, v: Instruction): Instruction => callOfTwo(body, 'log', 'float32', [v])

/** Draws of float32 by a function of two float64 numbers in [0, 1). */
const byTwo = (
  operation: Whole,
  params: DrawParams,
  prepared: (body: Body, unit: Strip) => Strip,
  of: (body: Body, u: Instruction) => Instruction
): Emitter | undefined =>
  params.dtype === 'float32'
    ? floats(operation, params, (body, unit) => {
        const { lo, hi } = widened(body, prepared(body, unit))
        return { type: 'f64', lo: of(body, lo), hi: of(body, hi) }
      })
    : undefined

// -----------------------------------------------------------------------------
// Gumbel numbers
// -----------------------------------------------------------------------------

/** -log(-log(u)). */
export const gumbel = (operation: Whole, params: DrawParams): Emitter | undefined => {
  const minusLog = (body: Body, v: Instruction): Instruction => kept(body, op('f64x2.neg', log(body, v)))
  return byTwo(operation, params, open, (body, u) => minusLog(body, minusLog(body, u)))
}

// -----------------------------------------------------------------------------
// normal numbers
// -----------------------------------------------------------------------------

const polynomial = (coefficients: readonly number[], r: Instruction): Instruction =>
  coefficients
    .slice(1)
    .reduce<Instruction>(
      (sum, each) => op('f64x2.add', op('f64x2.mul', sum, r), double(each)),
      double(coefficients[0]!)
    )

const quotient = ({ above, below }: Quotient, r: Instruction): Instruction =>
  op('f64x2.div', polynomial(above, r), polynomial(below, r))

/** sqrt(2) erfInv(x), with x = 2 u - 1 + 2^-24, of which |x| is at least 2^-24 and so far below 1 that the far tail is not met. */
export const normal = (operation: Whole, params: DrawParams): Emitter | undefined =>
  byTwo(
    operation,
    params,
    (_body, unit) => unit,
    (body, u) => {
      const x = kept(body, op('f64x2.add', op('f64x2.sub', op('f64x2.mul', double(2), u), double(1)), double(2 ** -24)))
      const y = kept(body, op('f64x2.abs', x))
      const q = kept(body, op('f64x2.mul', double(0.5), x))
      const near = kept(body, op('f64x2.sub', double(0.180625), op('f64x2.mul', q, q)))
      const inside = kept(body, op('f64x2.add', x, op('f64x2.mul', x, quotient(centralRange, near))))
      const share = kept(body, op('f64x2.mul', double(0.5), op('f64x2.sub', double(1), y)))
      const s = kept(body, op('f64x2.sqrt', op('f64x2.neg', log(body, share))))
      const r = kept(body, op('f64x2.sub', s, double(1.6)))
      const tail = op('f64x2.add', s, quotient(nearRange, r))
      const outside = kept(body, op('v128.or', tail, op('v128.and', x, double(-0))))
      const inverse = op('v128.bitselect', inside, outside, op('f64x2.le', y, double(0.85)))
      return kept(body, op('f64x2.mul', double(Math.SQRT2), inverse))
    }
  )

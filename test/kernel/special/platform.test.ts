import { describe, it } from 'vitest'
import * as elementary from './reference/elementary.js'
import * as hyperbolic from './reference/hyperbolic.js'
import { expectUlps } from './ulps.js'

// The elementary functions are those of the engine. V8's are within 1 ulp or, from sinh down, 2 ulp (worst seen: tanh, 1.94), so none
// of them is replaced; this holds the engine at hand to the same.
describe('the elementary functions of the engine', () => {
  it('are within 1 ulp: exp, expm1, log, log1p, log2, sin, cos, tan, asin, acos, atan', () => {
    expectUlps(elementary.expTable, Math.exp, 1)
    expectUlps(hyperbolic.expm1Table, Math.expm1, 1)
    expectUlps(elementary.logTable, Math.log, 1)
    expectUlps(hyperbolic.log1pTable, Math.log1p, 1)
    expectUlps(elementary.log2Table, Math.log2, 1)
    expectUlps(elementary.sinTable, Math.sin, 1)
    expectUlps(elementary.cosTable, Math.cos, 1)
    expectUlps(elementary.tanTable, Math.tan, 1)
    expectUlps(elementary.asinTable, Math.asin, 1)
    expectUlps(elementary.acosTable, Math.acos, 1)
    expectUlps(elementary.atanTable, Math.atan, 1)
  })

  it('are within 2 ulp: sinh, cosh, tanh, asinh, acosh, atanh, log10', () => {
    expectUlps(hyperbolic.sinhTable, Math.sinh, 2)
    expectUlps(hyperbolic.coshTable, Math.cosh, 2)
    expectUlps(hyperbolic.tanhTable, Math.tanh, 2)
    expectUlps(hyperbolic.asinhTable, Math.asinh, 2)
    expectUlps(hyperbolic.acoshTable, Math.acosh, 2)
    expectUlps(hyperbolic.atanhTable, Math.atanh, 2)
    expectUlps(elementary.log10Table, Math.log10, 2)
  })
})

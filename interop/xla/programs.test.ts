// 10^3 generated programs as StableHLO under XLA, beside eager ones: values, gradients, second derivatives.
import { isLeft } from 'fp-ts/lib/Either.js'
import * as Export from 'pullback/Export'
import * as T from 'pullback/Tensor'
import { afterAll } from 'vitest'
import { testPrograms } from '../programs.js'
import { withoutSubnormals } from '../rounding.js'
import { startXla } from './engine.js'

const xla = startXla()
afterAll(() => {
  xla.stop()
})

/** Numbers whose squares are in the range of float32, in which XLA computes moments and lengths; infinities and NaN stay. */
const squarable = (x: T.Tensor): T.Tensor =>
  x.dtype === 'float32' ? T.where(T.logicalAnd(T.isFinite(x), T.greater(T.abs(x), 2 ** 60)), 2 ** 60, x) : x

await testPrograms(
  ['python:jax'],
  (x) => squarable(withoutSubnormals(x)),
  async (f, inputs) => {
    const text = Export.stableHlo(f)(...inputs)
    return isLeft(text) ? text.left.message : xla.run(text.right, inputs)
  }
)

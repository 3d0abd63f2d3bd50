/** Placing a strided view into a strided part of another array: what padding, joining and scattering are made of. */
import type { Data } from '../DType.js'
import { forEachRow, plan } from './strided.js'

/** Writes each element of a view to its place in `out`, which has the view's shape under other strides. */
export const placeStrided = (
  data: Data,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
  out: Data,
  to: number,
  toStrides: readonly number[]
): void => {
  if (shape.includes(0)) return
  const steps = plan(shape, [strides, toStrides])
  const n = steps.inner
  const step = steps.innerStrides[0]!
  const toStep = steps.innerStrides[1]!
  const whole = step === 1 && toStep === 1 && n > 16
  forEachRow(steps, [offset, to], (from, at) => {
    if (whole) out.set(data.subarray(from, from + n), at)
    else for (let i = 0, p = from, q = at; i < n; i++, p += step, q += toStep) out[q] = data[p]!
  })
}

/**
 * Reflections H = I - tau v v^T with v[0] = 1, which is not stored: what QR, eigh and svd are made of. All vectors lie one
 * element after another.
 *
 * G. H. Golub and C. F. Van Loan, Matrix Computations, 4th edition (2013), section 5.1.
 */

/** The Euclidean length of a stretch of numbers; their squares neither overflow nor underflow. */
export const lengthOf = (x: Float64Array, at: number, n: number): number => {
  let sum = 0
  for (let i = at; i < at + n; i++) sum += x[i]! * x[i]!
  if (sum > 1e-280 && sum < 1e280) return Math.sqrt(sum)
  let most = 0
  for (let i = at; i < at + n; i++) most = Math.max(most, Math.abs(x[i]!))
  if (most === 0 || !Number.isFinite(most)) return most
  sum = 0
  for (let i = at; i < at + n; i++) {
    const part = x[i]! / most
    sum += part * part
  }
  return most * Math.sqrt(sum)
}

/**
 * What counts as 0 whatever it stands beside, in vectors and matrices whose largest element is about 1: what is smaller has no
 * digits left to be orthogonal with.
 */
export const negligible: number = 2 ** -960

/**
 * Makes the reflection that takes a vector x to a multiple of the first axis: afterwards x[0] is that multiple, and behind
 * it lies v. Returns tau; 0 where there is nothing to reflect. What is negligible behind x[0] becomes 0.
 */
export const makeReflection = (x: Float64Array, at: number, n: number): number => {
  if (n < 2) return 0
  const rest = lengthOf(x, at + 1, n - 1)
  if (rest < negligible) {
    x.fill(0, at + 1, at + n)
    return 0
  }
  const first = x[at]!
  const length = Math.hypot(first, rest)
  const image = first >= 0 ? -length : length
  const scale = first - image
  for (let i = at + 1; i < at + n; i++) x[i] = x[i]! / scale
  x[at] = image
  return (image - first) / image
}

/** Reflects the vector y: y - tau v (v . y). */
export const reflect = (v: Float64Array, vAt: number, n: number, tau: number, y: Float64Array, yAt: number): void => {
  if (tau === 0) return
  let sum = y[yAt]!
  for (let i = 1; i < n; i++) sum += v[vAt + i]! * y[yAt + i]!
  if (sum === 0) return
  sum *= tau
  y[yAt] = y[yAt]! - sum
  for (let i = 1; i < n; i++) y[yAt + i] = y[yAt + i]! - sum * v[vAt + i]!
}

/** Whether no number of a stretch is infinite or NaN. */
export const allFinite = (x: Float64Array, at: number, n: number): boolean => {
  for (let i = at; i < at + n; i++) if (!Number.isFinite(x[i]!)) return false
  return true
}

/**
 * The power of two by which to multiply so that the largest absolute value lies between 1/2 and 1: exact, and it keeps
 * squares within range. 1 for zeros.
 */
export const binaryScale = (x: Float64Array, at: number, n: number): number => {
  let most = 0
  for (let i = at; i < at + n; i++) most = Math.max(most, Math.abs(x[i]!))
  return most === 0 ? 1 : 2 ** Math.min(1022, -Math.floor(Math.log2(most)) - 1)
}

/** How much smaller than the largest component one may be and still count as equally large: symmetric vectors have ties. */
const tie = 0.99

/**
 * Whether a direction is to be turned around. Of a vector and its negative, the one is taken whose largest component in
 * absolute value is positive; of several within 1 % of the largest, the first decides.
 */
export const isNegative = (x: Float64Array, at: number, n: number): boolean => {
  let most = 0
  for (let i = at; i < at + n; i++) most = Math.max(most, Math.abs(x[i]!))
  for (let i = at; i < at + n; i++) if (Math.abs(x[i]!) >= tie * most) return x[i]! < 0
  return false
}

/** Rotates two vectors of one list: x and y become c x - s y and s x + c y. */
export const rotate = (list: Float64Array, x: number, y: number, n: number, c: number, s: number): void => {
  for (let k = 0; k < n; k++) {
    const p = list[x + k]!
    const q = list[y + k]!
    list[x + k] = c * p - s * q
    list[y + k] = s * p + c * q
  }
}

/** Turns a vector around. */
export const negate = (x: Float64Array, at: number, n: number): void => {
  for (let i = at; i < at + n; i++) x[i] = 0 - x[i]!
}

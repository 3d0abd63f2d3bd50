/**
 * The loops of the commonest operations in float32.
 *
 * They are written out for each dtype, because V8 shares what it learns of types among all closures made at one place in
 * the source. Where the first operand lies in step with the result, they take four elements at a time and share one index:
 * that is faster than a plain loop, most of whose cost is not the arithmetic. The last line of each does what is left, and
 * operands of any other stride.
 */
import type { BinaryLoop, UnaryLoop } from './elementwise.js'
import { guarded, passed, rectified } from './scalars.js'

export const addFloat32: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
  const end = i + n
  if (s === 1 && p === i) {
    if (t === 1) {
      for (; i < end - 3; i += 4, q += 4) {
        out[i] = x[i]! + y[q]!
        out[i + 1] = x[i + 1]! + y[q + 1]!
        out[i + 2] = x[i + 2]! + y[q + 2]!
        out[i + 3] = x[i + 3]! + y[q + 3]!
      }
    } else if (t === 0) {
      const c = y[q]!
      for (; i < end - 3; i += 4) {
        out[i] = x[i]! + c
        out[i + 1] = x[i + 1]! + c
        out[i + 2] = x[i + 2]! + c
        out[i + 3] = x[i + 3]! + c
      }
    }
    p = i
  }
  for (; i < end; i++, p += s, q += t) out[i] = x[p]! + y[q]!
}

export const subFloat32: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
  const end = i + n
  if (s === 1 && p === i) {
    if (t === 1) {
      for (; i < end - 3; i += 4, q += 4) {
        out[i] = x[i]! - y[q]!
        out[i + 1] = x[i + 1]! - y[q + 1]!
        out[i + 2] = x[i + 2]! - y[q + 2]!
        out[i + 3] = x[i + 3]! - y[q + 3]!
      }
    } else if (t === 0) {
      const c = y[q]!
      for (; i < end - 3; i += 4) {
        out[i] = x[i]! - c
        out[i + 1] = x[i + 1]! - c
        out[i + 2] = x[i + 2]! - c
        out[i + 3] = x[i + 3]! - c
      }
    }
    p = i
  }
  for (; i < end; i++, p += s, q += t) out[i] = x[p]! - y[q]!
}

export const mulFloat32: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
  const end = i + n
  if (s === 1 && p === i) {
    if (t === 1) {
      for (; i < end - 3; i += 4, q += 4) {
        out[i] = x[i]! * y[q]!
        out[i + 1] = x[i + 1]! * y[q + 1]!
        out[i + 2] = x[i + 2]! * y[q + 2]!
        out[i + 3] = x[i + 3]! * y[q + 3]!
      }
    } else if (t === 0) {
      const c = y[q]!
      for (; i < end - 3; i += 4) {
        out[i] = x[i]! * c
        out[i + 1] = x[i + 1]! * c
        out[i + 2] = x[i + 2]! * c
        out[i + 3] = x[i + 3]! * c
      }
    }
    p = i
  }
  for (; i < end; i++, p += s, q += t) out[i] = x[p]! * y[q]!
}

export const divFloat32: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
  const end = i + n
  if (s === 1 && p === i) {
    if (t === 1) {
      for (; i < end - 3; i += 4, q += 4) {
        out[i] = x[i]! / y[q]!
        out[i + 1] = x[i + 1]! / y[q + 1]!
        out[i + 2] = x[i + 2]! / y[q + 2]!
        out[i + 3] = x[i + 3]! / y[q + 3]!
      }
    } else if (t === 0) {
      const c = y[q]!
      for (; i < end - 3; i += 4) {
        out[i] = x[i]! / c
        out[i + 1] = x[i + 1]! / c
        out[i + 2] = x[i + 2]! / c
        out[i + 3] = x[i + 3]! / c
      }
    }
    p = i
  }
  for (; i < end; i++, p += s, q += t) out[i] = x[p]! / y[q]!
}

export const guardedMulFloat32: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
  const end = i + n
  if (s === 1 && p === i) {
    if (t === 1) {
      for (; i < end - 3; i += 4, q += 4) {
        out[i] = guarded(x[i]!, y[q]!)
        out[i + 1] = guarded(x[i + 1]!, y[q + 1]!)
        out[i + 2] = guarded(x[i + 2]!, y[q + 2]!)
        out[i + 3] = guarded(x[i + 3]!, y[q + 3]!)
      }
    } else if (t === 0) {
      const c = y[q]!
      for (; i < end - 3; i += 4) {
        out[i] = guarded(x[i]!, c)
        out[i + 1] = guarded(x[i + 1]!, c)
        out[i + 2] = guarded(x[i + 2]!, c)
        out[i + 3] = guarded(x[i + 3]!, c)
      }
    }
    p = i
  }
  for (; i < end; i++, p += s, q += t) out[i] = guarded(x[p]!, y[q]!)
}

export const negFloat32: UnaryLoop = (n, x, p, s, out, i) => {
  const end = i + n
  if (s === 1 && p === i) {
    for (; i < end - 3; i += 4) {
      out[i] = -x[i]!
      out[i + 1] = -x[i + 1]!
      out[i + 2] = -x[i + 2]!
      out[i + 3] = -x[i + 3]!
    }
    p = i
  }
  for (; i < end; i++, p += s) out[i] = -x[p]!
}

export const reluFloat32: UnaryLoop = (n, x, p, s, out, i) => {
  const end = i + n
  if (s === 1 && p === i) {
    for (; i < end - 3; i += 4) {
      out[i] = rectified(x[i]!)
      out[i + 1] = rectified(x[i + 1]!)
      out[i + 2] = rectified(x[i + 2]!)
      out[i + 3] = rectified(x[i + 3]!)
    }
    p = i
  }
  for (; i < end; i++, p += s) out[i] = rectified(x[p]!)
}

export const gateFloat32: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
  const end = i + n
  if (s === 1 && p === i && t === 1) {
    for (; i < end - 3; i += 4, q += 4) {
      out[i] = passed(x[i]!, y[q]!)
      out[i + 1] = passed(x[i + 1]!, y[q + 1]!)
      out[i + 2] = passed(x[i + 2]!, y[q + 2]!)
      out[i + 3] = passed(x[i + 3]!, y[q + 3]!)
    }
    p = i
  }
  for (; i < end; i++, p += s, q += t) out[i] = passed(x[p]!, y[q]!)
}

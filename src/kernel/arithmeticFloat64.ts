/** The text of arithmeticFloat32.ts for float64, made by scripts/generate-kernels.ts: change that file, not this one. */
import type { BinaryLoop, UnaryLoop } from './elementwise.js'
import { guarded, passed, rectified } from './scalars.js'

export const addFloat64: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
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

export const subFloat64: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
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

export const mulFloat64: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
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

export const divFloat64: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
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

export const guardedMulFloat64: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
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

export const negFloat64: UnaryLoop = (n, x, p, s, out, i) => {
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

export const reluFloat64: UnaryLoop = (n, x, p, s, out, i) => {
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

export const gateFloat64: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
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

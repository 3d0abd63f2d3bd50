/**
 * The loops of the commonest operations.
 *
 * They are written out for each type of elements, because V8 shares what it learns of types among all closures made at one
 * place in the source. Where the first operand lies in step with the result, they take four elements at a time and share one
 * index: that is faster than a plain loop, most of whose cost is not the arithmetic. The last line of each does what is left,
 * and operands of any other stride.
 */
import type { BinaryLoop, LoopsByType, UnaryLoop } from './elementwise.js'

/** The product in which 0 is strong: 0 times infinity or NaN is 0. */
export const guarded = (x: number, y: number): number => {
  const product = x * y
  return product === product || (x !== 0 && y !== 0) ? product : 0
}

// -----------------------------------------------------------------------------
// x + y
// -----------------------------------------------------------------------------

const addFloat32: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
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

const addFloat64: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
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

export const addLoops: LoopsByType<BinaryLoop> = { float32: addFloat32, float64: addFloat64 }

// -----------------------------------------------------------------------------
// x - y
// -----------------------------------------------------------------------------

const subFloat32: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
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

const subFloat64: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
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

export const subLoops: LoopsByType<BinaryLoop> = { float32: subFloat32, float64: subFloat64 }

// -----------------------------------------------------------------------------
// x y
// -----------------------------------------------------------------------------

const mulFloat32: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
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

const mulFloat64: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
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

export const mulLoops: LoopsByType<BinaryLoop> = { float32: mulFloat32, float64: mulFloat64 }

export const squareLoops: LoopsByType<UnaryLoop> = {
  float32: (n, x, p, s, out, to) => mulFloat32(n, x, p, s, x, p, s, out, to),
  float64: (n, x, p, s, out, to) => mulFloat64(n, x, p, s, x, p, s, out, to)
}

// -----------------------------------------------------------------------------
// x / y
// -----------------------------------------------------------------------------

const divFloat32: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
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

const divFloat64: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
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

export const divLoops: LoopsByType<BinaryLoop> = { float32: divFloat32, float64: divFloat64 }

// -----------------------------------------------------------------------------
// x y, where 0 is strong
// -----------------------------------------------------------------------------

const guardedMulFloat32: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
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

const guardedMulFloat64: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
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

export const guardedMulLoops: LoopsByType<BinaryLoop> = { float32: guardedMulFloat32, float64: guardedMulFloat64 }

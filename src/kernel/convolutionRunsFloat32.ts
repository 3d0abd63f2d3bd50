/** The loops of convolutions over runs of elements. A text for each type of float: V8 keeps what it learns of types with it. */

type Elements = Float32Array | Int32Array

/**
 * Copies the elements of runs: triples of a start in a channel of `x`, a place in a plane of `to` and a count. There is a list of runs for each
 * position of a window, and a plane of `to` for each position and channel; the channels change fastest.
 */
export const gatherFloat32 = (
  x: Elements,
  xAt: number,
  channel: number,
  channels: number,
  step: number,
  positions: readonly Int32Array[],
  to: Elements,
  toAt: number,
  plane: number
): void => {
  let base = toAt
  for (const runs of positions) {
    for (let c = 0, image = xAt; c < channels; c++, image += channel, base += plane) {
      for (let r = 0; r < runs.length; r += 3) {
        let source = image + runs[r]!
        const target = base + runs[r + 1]!
        const end = target + runs[r + 2]!
        if (step === 1) {
          let i = target
          for (; i < end - 3; i += 4, source += 4) {
            to[i] = x[source]!
            to[i + 1] = x[source + 1]!
            to[i + 2] = x[source + 2]!
            to[i + 3] = x[source + 3]!
          }
          for (; i < end; i++) to[i] = x[source++]!
        } else for (let i = target; i < end; i++, source += step) to[i] = x[source]!
      }
    }
  }
}

/** Adds elements to those of runs. */
export const addRunsFloat32 = (
  x: Elements,
  xAt: number,
  step: number,
  runs: Int32Array,
  from: Elements,
  fromAt: number
): void => {
  for (let r = 0; r < runs.length; r += 3) {
    let target = xAt + runs[r]!
    const source = fromAt + runs[r + 1]!
    const end = source + runs[r + 2]!
    for (let i = source; i < end; i++, target += step) x[target] = x[target]! + from[i]!
  }
}

/** The text of convolutionRunsFloat32.ts for float64, made by scripts/generate-kernels.ts: change that file, not this one. */

type Elements = Float64Array | Int32Array

/** Copies the elements of runs: triples of a start in `x`, a place in `to` and a count. */
export const copyRunsFloat64 = (
  x: Elements,
  xAt: number,
  step: number,
  runs: Int32Array,
  to: Elements,
  toAt: number
): void => {
  for (let r = 0; r < runs.length; r += 3) {
    let source = xAt + runs[r]!
    const target = toAt + runs[r + 1]!
    const end = target + runs[r + 2]!
    if (step === 1) for (let i = target; i < end; i++) to[i] = x[source++]!
    else for (let i = target; i < end; i++, source += step) to[i] = x[source]!
  }
}

/** Adds elements to those of runs. */
export const addRunsFloat64 = (
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

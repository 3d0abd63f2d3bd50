// Truncated power series: functions of one variable with their derivatives, computed without any of the library. They are
// the reference for what nested transformations must give.

/** The coefficients of a power series around a point: `c[0] + c[1] t + c[2] t^2 + ...`. */
export type Jet = readonly number[]

/** A function that is known by what it does to power series. */
export type JetFunction = (x: Jet) => Jet

const at = (x: Jet, k: number): number => x[k] ?? 0

const make = (length: number, coefficient: (k: number) => number): Jet =>
  Array.from({ length }, (_, k) => coefficient(k))

export const add = (x: Jet, y: Jet): Jet => make(x.length, (k) => at(x, k) + at(y, k))

export const scale = (x: Jet, by: number): Jet => x.map((each) => each * by)

export const mul = (x: Jet, y: Jet): Jet =>
  make(x.length, (k) => {
    let total = 0
    for (let i = 0; i <= k; i++) total += at(x, i) * at(y, k - i)
    return total
  })

/** sin and cos together, from s' = c x' and c' = -s x'. */
const sinAndCos = (x: Jet): readonly [sin: Jet, cos: Jet] => {
  const s = [Math.sin(at(x, 0))]
  const c = [Math.cos(at(x, 0))]
  for (let k = 1; k < x.length; k++) {
    let ds = 0
    let dc = 0
    for (let i = 1; i <= k; i++) {
      ds += i * at(x, i) * at(c, k - i)
      dc -= i * at(x, i) * at(s, k - i)
    }
    s.push(ds / k)
    c.push(dc / k)
  }
  return [s, c]
}

export const sin = (x: Jet): Jet => sinAndCos(x)[0]

/** The series of f at f's argument, composed with the argument's own. */
const compose = (outer: Jet, x: Jet): Jet => {
  const step = make(x.length, (k) => (k === 0 ? 0 : at(x, k)))
  let total: Jet = make(x.length, () => 0)
  for (let k = outer.length - 1; k >= 0; k--) {
    total = mul(total, step)
    total = make(x.length, (i) => at(total, i) + (i === 0 ? at(outer, k) : 0))
  }
  return total
}

/** The derivative of a function, as a function of series again. */
export const derivative =
  (f: JetFunction): JetFunction =>
  (x) => {
    const expansion = f(make(x.length + 1, (k) => (k === 0 ? at(x, 0) : k === 1 ? 1 : 0)))
    const slope = make(x.length, (k) => (k + 1) * at(expansion, k + 1))
    return compose(slope, x)
  }

/** The value of a function at a point. */
export const valueAt = (f: JetFunction, x: number): number => at(f([x]), 0)

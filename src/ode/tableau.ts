/** Explicit Runge-Kutta methods, by their coefficients. */

/** An explicit method: stage i is at time `c[i]` of the step and reads stage j by `a[i][j]`; the result weighs them by `b`. */
export interface Tableau {
  readonly a: readonly (readonly number[])[]
  readonly b: readonly number[]
  readonly c: readonly number[]
}

/** A method that estimates its own error, by weights `error` of the stages; its last stage is the first of the next step. */
export interface Embedded extends Tableau {
  readonly error: readonly number[]
  /** The order of the result. */
  readonly order: number
}

/** The classical method of order 4. W. Kutta, Zeitschrift fuer Mathematik und Physik 46, 1901. */
export const rungeKutta4: Tableau = {
  a: [[], [1 / 2], [0, 1 / 2], [0, 0, 1]],
  b: [1 / 6, 1 / 3, 1 / 3, 1 / 6],
  c: [0, 1 / 2, 1 / 2, 1]
}

/**
 * The method of order 5 with an estimate of order 4. J. R. Dormand and P. J. Prince, A family of embedded Runge-Kutta
 * formulae, Journal of Computational and Applied Mathematics 6, 1980, table 2.
 */
export const dormandPrince: Embedded = {
  a: [
    [],
    [1 / 5],
    [3 / 40, 9 / 40],
    [44 / 45, -56 / 15, 32 / 9],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
    [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84]
  ],
  b: [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84, 0],
  c: [0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1],
  error: [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40],
  order: 5
}

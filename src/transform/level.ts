/**
 * Levels tell the values of different transformations apart. Each call of a transformation takes a fresh one, so that an
 * inner transformation is always above those around it, and two that run side by side never share one.
 */
let last = 0

/** A level that no other transformation has. Only the order of levels matters, never their value. */
export const freshLevel = (): number => ++last

/** What to do instead of reading a value that is being differentiated. */
export const differentiated = 'take T.stopGradient(x) first, or return it with an aux form'

const backwardPasses: string[] = []

/** Runs a backward pass of a transformation, which `runningBackward` tells of meanwhile. */
export const duringBackward = <A>(transformation: string, pass: () => A): A => {
  backwardPasses.push(transformation)
  try {
    return pass()
  } finally {
    backwardPasses.pop()
  }
}

/** The transformations whose backward passes are running, the innermost last: for what messages say, and nothing else. */
export const runningBackward = (): readonly string[] => backwardPasses

/**
 * Levels tell the values of different transformations apart. Each call of a transformation takes a fresh one, so that an
 * inner transformation is always above those around it, and two that run side by side never share one.
 */
let last = 0

/** A level that no other transformation has. Only the order of levels matters, never their value. */
export const freshLevel = (): number => ++last

/** The remedy for reading a value that is being differentiated. */
export const differentiated = 'read T.stopGradient(x) instead, or return it as aux with gradWithAux'

const backwardPasses: string[] = []

/** Runs a backward pass of a transformation, which is in `runningBackward` while it runs. */
export const duringBackward = <A>(transformation: string, pass: () => A): A => {
  backwardPasses.push(transformation)
  try {
    return pass()
  } finally {
    backwardPasses.pop()
  }
}

/** The transformations whose backward passes are running, the innermost last. Only for messages. */
export const runningBackward = (): readonly string[] => backwardPasses

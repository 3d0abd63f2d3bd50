/**
 * Which loops and branches are being run now. A layer that draws, or that changes its state, may not do so from inside the body of
 * a loop that it is called in: every step would draw alike, and no step would see the state of the one before.
 *
 * The counters are variables of the moment: they are raised while a body runs, and lowered when it returns or throws.
 */

let loops = 0
let branches = 0

/** How many bodies of loops are open. */
export const loopDepth = (): number => loops

/** How many bodies of loops and branches are open. */
export const bodyDepth = (): number => loops + branches

/** The function as the body of a loop. */
export const inLoop =
  <Args extends readonly unknown[], R>(body: (...args: Args) => R): ((...args: Args) => R) =>
  (...args) => {
    loops++
    try {
      return body(...args)
    } finally {
      loops--
    }
  }

/** The function as a branch. */
export const inBranch =
  <Args extends readonly unknown[], R>(branch: (...args: Args) => R): ((...args: Args) => R) =>
  (...args) => {
    branches++
    try {
      return branch(...args)
    } finally {
      branches--
    }
  }

/** Errors of the compiler, which say where they happened. */
import { reasonOf } from '../internal/describe.js'

/** Runs a part of the compiler; an error in it names the part. */
export const during = <A>(part: string, f: () => A): A => {
  try {
    return f()
  } catch (error) {
    throw new Error(`${part} failed: ${reasonOf(error)}`, { cause: error })
  }
}

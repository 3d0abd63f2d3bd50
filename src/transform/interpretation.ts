/** What every reading of the primitives has: a level, a name, and an end. */
import { leaked } from '../primitive/model.js'
import { freshLevel } from './level.js'

/** One run of a transformation. */
export abstract class Interpretation {
  readonly level: number = freshLevel()
  /** The transformation as the user called it. */
  readonly transformation: string
  /** Whether the function that is being transformed still runs; afterwards its values are leaks. */
  open = true

  constructor(transformation: string) {
    this.transformation = transformation
  }

  /** Ends it: from here on, operations on its values are leaks. */
  close(): void {
    this.open = false
  }

  /** Refuses an operation on a value of a run that has ended. */
  protected requireOpen(operation: string): void {
    if (!this.open) throw leaked(operation, this.transformation)
  }
}

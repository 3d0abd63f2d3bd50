/** Reporters behind a guard: a run gives the same result with every reporter, even one that throws. */
import { reasonOf } from '../internal/describe.js'
import type { Event, Reporter } from './event.js'
import type { Report } from './model.js'

/** A reporter that neither throws nor rejects. */
export type Tell<R extends Report> = (event: Event<R>) => void | Promise<void>

/** The part of `console` that every host has. */
declare const console: { readonly warn: (line: string) => void }

/**
 * Guards a reporter: one that throws, or whose promise is rejected, is told nothing more, and a line on the console says so. Without a
 * reporter there is nothing to tell.
 */
export const teller = <R extends Report>(reporter: Reporter<R> | undefined): Tell<R> | undefined => {
  if (reporter === undefined) return undefined
  let listens = true
  const dismiss = (error: unknown, { _tag }: Event<R>): void => {
    listens = false
    // oxlint-disable-next-line no-console -- neither the result of the run nor its errors can carry it
    console.warn(`Train: the reporter threw at ${_tag} and is told nothing more; the run goes on: ${reasonOf(error)}`)
  }
  return (event) => {
    if (!listens) return undefined
    try {
      const waited = reporter(event)
      return waited === undefined ? undefined : Promise.resolve(waited).catch((error: unknown) => dismiss(error, event))
    } catch (error) {
      return dismiss(error, event)
    }
  }
}

/** Functions and programs alike: a program with the names of its inputs and outputs. */
import { type StagedProgram, trace } from '../../debug/trace.js'
import { refusal } from '../../internal/describe.js'
import type { Program } from '../../primitive/model.js'
import { isProgram } from '../../transform/program.js'

/** A program with names: where each input stands among the arguments, and each output in the result. */
export interface Named {
  readonly program: Program
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

const pathsOf = (program: Program, key: 'inputPaths' | 'outputPaths'): readonly string[] => {
  const paths: unknown = Reflect.get(program, key)
  return Array.isArray(paths) ? paths.map(String) : []
}

const inResult = (path: string): string => (path === '' || path.startsWith('[') ? `result${path}` : `result.${path}`)

/** The names of a traced program are its paths; inputs and outputs without one are counted. */
export const named = (program: Program): Named => {
  const [inputs, outputs] = [pathsOf(program, 'inputPaths'), pathsOf(program, 'outputPaths')]
  return {
    program,
    inputs: program.inputs.map((_, i) => inputs[i] ?? `inputs[${i}]`),
    outputs: program.outputs.map((_, i) => (outputs[i] === undefined ? `outputs[${i}]` : inResult(outputs[i])))
  }
}

/** The program of a function at arguments, which are all that it reads. */
export const closedAt = <Args extends readonly unknown[], R>(
  operation: string,
  f: (...args: Args) => R,
  args: Args
): StagedProgram<Args, R> => {
  const traced = trace(f)(...args)
  if (traced.captured.length === 0) return traced
  const subject = 'the function reads a value of the transformation around it'
  throw new TypeError(`${operation}: ${subject}; expected all that it reads among its arguments`)
}

/**
 * An export: of a program, or of a function at arguments, of which only shapes and types are used.
 *
 * @example
 * import type { Either } from 'fp-ts/lib/Either.js'
 * import * as Export from 'pullback/Export'
 *
 * const write: Export.Exports<Either<Export.Unsupported, string>> = Export.stableHlo
 * write.length // => 1
 */
export interface Exports<A> {
  (program: Program): A
  <Args extends readonly unknown[], R>(f: (...args: Args) => R): (...args: Args) => A
}

/** Refuses what is neither a program nor a function. */
export const requireProgram = (operation: string, given: unknown): Program => {
  if (typeof given === 'object' && given !== null && isProgram(given)) return given
  throw new TypeError(refusal(operation, 'the first argument', given, 'a program or a function'))
}

/** The two forms of an export. */
/* @__NO_SIDE_EFFECTS__ */
export const exporting = <A>(operation: string, write: (named: Named) => A): Exports<A> => {
  function both(program: Program): A
  function both<Args extends readonly unknown[], R>(f: (...args: Args) => R): (...args: Args) => A
  function both<Args extends readonly unknown[], R>(
    given: Program | ((...args: Args) => R)
  ): A | ((...args: Args) => A) {
    if (typeof given === 'function') return (...args) => write(named(closedAt(operation, given, args)))
    return write(named(requireProgram(operation, given)))
  }
  return both
}

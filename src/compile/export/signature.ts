/** Functions and programs alike: a program with the names of its inputs and outputs. */
import { trace } from '../../debug/trace.js'
import type { Program } from '../../primitive/model.js'

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

/** A function of trees of tensors. */
export type Traceable = (...args: never) => unknown

/** How a format exports: a program, or a function at arguments, of which only shapes and types are used. */
export interface Exports<A> {
  (program: Program): A
  <Args extends readonly unknown[], R>(f: (...args: Args) => R): (...args: Args) => A
}

/** The two forms of an export. */
export const exporting = <A>(write: (named: Named) => A): Exports<A> => {
  function both(program: Program): A
  function both<Args extends readonly unknown[], R>(f: (...args: Args) => R): (...args: Args) => A
  function both<Args extends readonly unknown[], R>(
    given: Program | ((...args: Args) => R)
  ): A | ((...args: Args) => A) {
    return typeof given === 'function' ? (...args) => write(named(trace(given)(...args))) : write(named(given))
  }
  return both
}

/** What can go wrong with an engine, as values that name the equation. */
import { reasonOf } from '../internal/describe.js'
import type { Unsupported } from '../compile/export/refusals.js'

/**
 * An engine that is not there, with the line that installs it.
 *
 * @example
 * import type { EngineMissing } from 'pullback/engine/OnnxRuntime'
 *
 * const install = ({ package: name }: EngineMissing): string => `npm install ${name}`
 * install.length // => 1
 */
export interface EngineMissing {
  readonly _tag: 'EngineMissing'
  readonly package: string
  readonly message: string
  readonly error: unknown
}

/**
 * An engine that does not take a program. The equation is the scope and name of the one that it complains of, if it says so.
 *
 * @example
 * import type { EngineFailed } from 'pullback/engine/OnnxRuntime'
 *
 * const place = ({ equation }: EngineFailed): string => equation ?? 'somewhere'
 * place.length // => 1
 */
export interface EngineFailed {
  readonly _tag: 'EngineFailed'
  readonly equation?: string
  readonly message: string
  readonly error: unknown
}

/**
 * Why a function does not run on an engine: operations that ONNX does not have, an engine that is not installed, or one that refuses.
 *
 * @example
 * import type { EngineError } from 'pullback/engine/OnnxRuntime'
 *
 * const say = (error: EngineError): string => error.message
 * say.length // => 1
 */
export type EngineError = Unsupported | EngineMissing | EngineFailed

/** How ONNX Runtime names the node that it complains of, when it loads a model and when it runs one. */
const naming = [
  /running (?<kind>\w+) node\. Name:'(?<name>[^']*)' Status Message: (?<why>[^]*)/,
  /in node \((?<name>[^)]*)\)/,
  /implementation for (?<kind>\w+)\(\d+\) node with name '(?<name>[^']*)'/,
  /\(op_type:(?<kind>\w+), node name: (?<name>[^)]*)\):?(?<why>[^]*)/,
  /Node ?\((?<name>[^)]*)\) Op ?\((?<kind>\w+)\)(?<why>[^]*)/
]

/** The failure of an engine: what it was doing, and the equation that it names. */
export const engineFailed = (operation: string, doing: string, error: unknown): EngineFailed => {
  const text = reasonOf(error).trim()
  const found = naming.map((pattern) => pattern.exec(text)?.groups).find((groups) => groups !== undefined)
  const equation = found?.['name']
  const why = (found?.['why'] ?? '').trim() || text
  if (equation === undefined || equation === '')
    return { _tag: 'EngineFailed', message: `${operation}: ${doing} failed: ${text}`, error }
  const kind = found?.['kind'] === undefined ? '' : ` (${found['kind']})`
  return {
    _tag: 'EngineFailed',
    equation,
    message: `${operation}: ${doing} failed at the equation ${equation}${kind}: ${why}`,
    error
  }
}

/** The absence of an engine. */
export const engineMissing = (operation: string, name: string, error: unknown): EngineMissing => ({
  _tag: 'EngineMissing',
  package: name,
  message: `${operation}: ${name} does not load; expected it to be installed, npm install ${name}: ${reasonOf(error).split('\n')[0] ?? ''}`,
  error
})

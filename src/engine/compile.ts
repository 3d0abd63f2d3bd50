/** Functions that run on an engine from arguments to result. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { requireFunction } from '../internal/check.js'
import { isLeft, right } from '../internal/either.js'
import type { EngineError } from './errors.js'
import type { Exporter } from './exporter.js'
import { type Options, checkOf } from './load.js'
import { concrete, open } from './session.js'

/**
 * A function on an engine: that of the same arguments, asynchronous. A promise is rejected with the sentence of the engine, by equation, and
 * with those of `Debug.evaluate` for arguments of other shapes, types or structure. `release` gives its memory back; calls after that are
 * rejected, calls before it are finished.
 *
 * @example
 * import type { Compiled } from 'pullback/engine/OnnxRuntime'
 * import type * as T from 'pullback/Tensor'
 *
 * const twice = async (f: Compiled<[T.Tensor], T.Tensor>, x: T.Tensor): Promise<T.Tensor> => f(await f(x))
 * twice.length // => 2
 */
export interface Compiled<Args extends readonly unknown[], R> {
  (...args: Args): Promise<R>
  readonly release: () => Promise<void>
}

const operation = 'OnnxRuntime.compile'
const check = /* @__PURE__ */ checkOf(operation)

/** `compile` with an exporter of its own. */
export const compileBy =
  (exporter: Exporter) =>
  <Args extends readonly unknown[], R>(
    f: (...args: Args) => R,
    options: Options = {}
  ): ((...args: Args) => TaskEither<EngineError, Compiled<Args, R>>) => {
    requireFunction(operation, f, 'the first argument')
    check(options)
    return (...args) =>
      async () => {
        const result = await open(operation, exporter, f, args, options, () => 0)()
        if (isLeft(result)) return result
        const { program, run, read, release } = result.right
        const call = async (...given: Args): Promise<R> => {
          const values = await run(program.flatten(given).map((leaf) => concrete(operation, leaf)))
          return program.unflatten(await Promise.all(values.map(read)))
        }
        return right(Object.assign(call, { release: () => release() }))
      }
  }

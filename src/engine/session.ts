/** A function on an engine: exported once, loaded once, and run in the order of its calls. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { closedAt, named } from '../compile/export/signature.js'
import type { StagedProgram } from '../debug/trace.js'
import { isLeft, left, right } from '../internal/either.js'
import { type Concrete, type Tensor, isConcrete } from '../tensor/model.js'
import { type EngineError, engineFailed } from './errors.js'
import type { Exporter } from './exporter.js'
import { type Options, load } from './load.js'
import { type Runtime, type Session, type Value, tensorOf, valueOf } from './runtime.js'

/** What is fed to a function: a tensor, or what another run left with the engine. */
export type Leaf = Concrete | Value

/** Whether a leaf is with the engine. */
export const isValue = (leaf: Leaf): leaf is Value => 'dims' in leaf

/** A loaded function. */
export interface Opened<Args extends readonly unknown[], R> {
  readonly program: StagedProgram<Args, R>
  /** Runs it on leaves in the order of the inputs; rejects with the sentence of what went wrong. */
  readonly run: (leaves: readonly Leaf[]) => Promise<readonly Value[]>
  /** A result of it as a tensor. */
  readonly read: (value: Value, output: number) => Promise<Concrete>
  /** Gives the memory back when its runs have ended; `first` lets go of what they left on the device, which must go before. */
  readonly release: (first?: () => void) => Promise<void>
}

/** Refuses tensors that have no values. */
export const concrete = (operation: string, x: Tensor): Concrete => {
  if (isConcrete(x)) return x
  throw new TypeError(`${operation}: an argument is a value inside a transformation; expected tensors that hold values`)
}

/** Where a session on a GPU is told to leave the results of a function whose first outputs, so many, stay there. */
const locations = (names: readonly string[], kept: number): object =>
  kept === 0
    ? {}
    : { preferredOutputLocation: Object.fromEntries(names.map((name, i) => [name, i < kept ? 'gpu-buffer' : 'cpu'])) }

/** Runs tasks one behind the other: a session has one run at a time. */
const inTurn = (): (<A>(task: () => Promise<A>) => Promise<A>) => {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const next = last.then(task)
    last = next.catch(() => undefined)
    return next
  }
}

const opened = <Args extends readonly unknown[], R>(
  operation: string,
  program: StagedProgram<Args, R>,
  runtime: Runtime,
  session: Session
): Opened<Args, R> => {
  const names = named(program)
  const turn = inTurn()
  let isOpen = true
  const run = async (leaves: readonly Leaf[]): Promise<readonly Value[]> => {
    const values = leaves.map((leaf) => (isValue(leaf) ? leaf : valueOf(runtime, leaf)))
    const feeds = Object.fromEntries(names.inputs.map((name, i) => [name, values[i]!]))
    try {
      const results = await session.run(feeds)
      return names.outputs.map((name) => results[name]!)
    } catch (error) {
      throw new Error(engineFailed(operation, 'the run', error).message, { cause: error })
    }
  }
  return {
    program,
    run: async (leaves) => {
      if (!isOpen)
        throw new Error(`${operation}: the function was released; expected one that is in use, compile it again`)
      return turn(() => run(leaves))
    },
    read: (value, output) => tensorOf(value, program.outputs[output]!.dtype),
    release: async (first) => {
      if (!isOpen) return
      isOpen = false
      await turn(() => {
        first?.()
        return session.release()
      })
    }
  }
}

/** Traces a function at arguments, exports it, and loads it; of its outputs, those that `kept` counts stay on the device. */
export const open =
  <Args extends readonly unknown[], R>(
    operation: string,
    exporter: Exporter,
    f: (...args: Args) => R,
    args: Args,
    options: Options,
    kept: (program: StagedProgram<Args, R>) => number
  ): TaskEither<EngineError, Opened<Args, R>> =>
  async () => {
    const program = closedAt(operation, f, args)
    const count = kept(program)
    const found = await load(operation, options)()
    if (isLeft(found)) return found
    const { runtime, isGpu, settings } = found.right
    const bytes = exporter(program, isGpu)
    if (isLeft(bytes)) return bytes
    try {
      const places = isGpu ? locations(named(program).outputs, count) : {}
      const session = await runtime.InferenceSession.create(bytes.right, { ...places, ...settings })
      return right(opened(operation, program, runtime, session))
    } catch (error) {
      return left(engineFailed(operation, 'loading the program', error))
    }
  }

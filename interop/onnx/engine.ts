/** ONNX Runtime on tensors: its kernels for the processor in Node, or its WebAssembly. */
import { type Either, isLeft } from 'fp-ts/lib/Either.js'
import * as Debug from 'pullback/Debug'
import * as Export from 'pullback/Export'
import * as T from 'pullback/Tensor'
import { imported } from '../engines.js'

/** The packages that run a model. */
export type Engine = 'onnxruntime-node' | 'onnxruntime-web'

type Values = Float32Array | Float64Array | Int32Array | Uint8Array

interface Held {
  readonly data: Values
  readonly dims: readonly number[]
}

interface Session {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  readonly run: (feeds: Readonly<Record<string, Held>>) => Promise<Readonly<Record<string, Held>>>
  readonly release: () => Promise<void>
}

interface Runtime {
  readonly Tensor: new (type: string, data: Values, dims: readonly number[]) => Held
  readonly InferenceSession: { readonly create: (bytes: Uint8Array, options: object) => Promise<Session> }
  readonly env: { readonly wasm: { numThreads: number } }
}

/** A model that runs on tensors, in the order of its inputs and outputs. */
export interface Model {
  readonly inputs: readonly string[]
  readonly run: (inputs: readonly T.Tensor[]) => Promise<readonly T.Tensor[]>
  /** A run on the same inputs again and again, whose outputs stay with the engine. */
  readonly again: (inputs: readonly T.Tensor[]) => () => Promise<unknown>
  readonly release: () => Promise<void>
}

/** A model on one thread. */
export const modelOn = async (engine: Engine, bytes: Uint8Array): Promise<Model> => {
  const runtime = (await imported(engine)) as Runtime
  if (engine === 'onnxruntime-web') runtime.env.wasm.numThreads = 1
  const session = await runtime.InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4
  })
  const held = (x: T.Tensor): Held => new runtime.Tensor(x.dtype, T.toArray(x).slice(), [...x.shape])
  const feedsOf = (inputs: readonly T.Tensor[]): Readonly<Record<string, Held>> =>
    Object.fromEntries(session.inputNames.map((name, i) => [name, held(inputs[i]!)] as const))
  return {
    inputs: session.inputNames,
    again: (inputs) => {
      const feeds = feedsOf(inputs)
      return () => session.run(feeds)
    },
    run: async (inputs) => {
      const found = await session.run(feedsOf(inputs))
      return session.outputNames.map((name) => {
        const { data, dims } = found[name]!
        return T.fromTypedArray(data, dims)
      })
    },
    release: () => session.release()
  }
}

/** The bytes, or an error with what is not supported. */
export const bytesOf = (made: Either<Export.Unsupported, Uint8Array>): Uint8Array => {
  if (isLeft(made)) throw new Error(made.left.message)
  return made.right
}

/** A function on an engine, which takes and gives trees as it does. */
export const onEngine = async (
  engine: Engine,
  f: (...args: readonly unknown[]) => unknown,
  args: readonly unknown[]
): Promise<((...args: readonly unknown[]) => Promise<unknown>) & Pick<Model, 'release'>> => {
  const program = Debug.trace(f)(...args)
  const model = await modelOn(engine, bytesOf(Export.onnx(program)))
  const run = async (...given: readonly unknown[]): Promise<unknown> =>
    program.unflatten(await model.run(program.flatten([...given])))
  return Object.assign(run, { release: model.release })
}

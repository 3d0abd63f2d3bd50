/** What is called of ONNX Runtime, and how tensors go there and back. Its packages are never imported for their types: nothing needs them installed. */
import type { Data, DType } from '../DType.js'
import { size } from '../shape/model.js'
import { type Concrete, contiguous, fromData } from '../tensor/model.js'

/**
 * A module of ONNX Runtime, as `import * as ort from 'onnxruntime-web/webgpu'` gives it: `onnxruntime-node`, `onnxruntime-web` or one of the
 * entries of the latter.
 *
 * @example
 * import type { Engine, Options } from 'pullback/engine/OnnxRuntime'
 *
 * const on = (engine: Engine): Options => ({ engine, executionProviders: ['webgpu'] })
 * on.length // => 1
 */
export interface Engine {
  readonly Tensor: new (...args: never[]) => object
  readonly InferenceSession: { readonly create: (...args: never[]) => Promise<object> }
}

/** A value of the engine; `getData` copies it from the device where it lies. */
export interface Value {
  readonly type: string
  readonly dims: readonly number[]
  readonly location?: string
  readonly data: Data
  readonly getData?: () => Promise<Data>
  readonly dispose?: () => void
}

/** A model that was loaded. */
export interface Session {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  readonly run: (feeds: Readonly<Record<string, Value>>) => Promise<Readonly<Record<string, Value>>>
  readonly release: () => Promise<void>
}

/** The part of an engine that is called, by the names that its packages have for it. */
export interface Runtime {
  readonly Tensor: new (type: DType, data: Data, dims: readonly number[]) => Value
  readonly InferenceSession: {
    readonly create: (model: Uint8Array, options: Readonly<Record<string, unknown>>) => Promise<Session>
  }
  readonly env?: { readonly wasm?: object }
}

/** Casts an engine to what is called of it: the declarations of its versions differ, these calls do not. */
export const runtimeOf = (engine: Engine): Runtime => engine as unknown as Runtime

/** A tensor as a value of the engine; the elements are shared where they lie in order. */
export const valueOf = ({ Tensor }: Runtime, x: Concrete): Value => {
  const { data, offset } = contiguous(x)
  return new Tensor(x.dtype, data.subarray(offset, offset + size(x.shape)), x.shape)
}

/** Whether a value lies elsewhere than in the memory of the host. */
export const isOnDevice = ({ location }: Value): boolean => location !== undefined && location !== 'cpu'

/** A value of the engine as the tensor that the program has there. */
export const tensorOf = async (value: Value, dtype: DType): Promise<Concrete> => {
  const data = isOnDevice(value) ? await value.getData?.() : value.data
  return fromData([...value.dims], dtype, data ?? value.data)
}

/** Lets go of a value on a device. */
export const dispose = (value: Value): void => {
  if (isOnDevice(value)) value.dispose?.()
}

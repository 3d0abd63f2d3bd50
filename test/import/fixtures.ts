// The models and cases that models.py and cases.py have written: reading them, and how far tensors are apart.
import { readFileSync } from 'node:fs'
import * as Import from 'pullback/Import'
import * as T from 'pullback/Tensor'

/** A tensor in a file. JSON has no NaN and no infinities: they are text. */
export interface Values {
  readonly type: string
  readonly shape: readonly number[]
  readonly values: readonly (number | string)[]
}

export interface Model {
  readonly name: string
  readonly anyBatch: boolean
  readonly model: string
  readonly inputs: readonly Values[]
  readonly outputs: readonly Values[]
  readonly gradient: Readonly<Record<string, Values>>
}

export interface Case {
  readonly name: string
  readonly operations: readonly string[]
  readonly model: string
  readonly inputs: readonly Values[]
  readonly outputs: readonly Values[]
  /** Why a case cannot be run at all. */
  readonly reason?: string
}

const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))

export const models = (): readonly Model[] => (read('models.json') as { readonly cases: readonly Model[] }).cases

export const cases = (): readonly Case[] => (read('cases.json') as { readonly cases: readonly Case[] }).cases

const numberOf = (value: number | string): number =>
  typeof value === 'number' ? value : Number(value.replace('inf', 'Infinity'))

/** The tensor of a value; unsigned integers of 32 bits are int32 of the same bits. */
export const tensor = ({ type, shape, values }: Values): T.Tensor => {
  const numbers = values.map(numberOf)
  switch (type) {
    case 'float64':
      return T.fromTypedArray(Float64Array.from(numbers), shape)
    case 'float32':
    case 'float16':
    case 'bfloat16':
      return T.fromTypedArray(Float32Array.from(numbers), shape)
    case 'bool':
      return T.fromTypedArray(Uint8Array.from(numbers), shape)
    default:
      return T.fromTypedArray(
        Int32Array.from(numbers, (n) => n | 0),
        shape
      )
  }
}

export const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'))

/** The model in bytes that must be right. */
export const imported = (bytes: Uint8Array, options?: Import.ImportOptions): Import.Imported => {
  const result = Import.onnx(bytes, options)
  if (result._tag === 'Left') throw new Error(result.left.message)
  return result.right
}

/**
 * The largest difference of two tensors beside their largest element; infinite where shapes or types differ, or where one has a
 * NaN or an infinity and the other has not.
 */
export const distance = (found: T.Tensor, wanted: T.Tensor): number => {
  if (found.dtype !== wanted.dtype || String(found.shape) !== String(wanted.shape)) return Infinity
  const [a, b] = [T.toArray(found), T.toArray(wanted)]
  const finite = Array.from(b).filter(Number.isFinite).map(Math.abs)
  const scale = Math.max(1e-30, ...finite)
  return Math.max(
    0,
    ...Array.from(a, (value, i) => {
      if (Object.is(value, b[i]) || value === b[i]) return 0
      const difference = Math.abs(value - b[i]!) / scale
      return Number.isNaN(difference) ? Infinity : difference
    })
  )
}

/** Cases whose values are written with four digits. */
const rough: ReadonlySet<string> = new Set(['averagepool_2d_ceil_last_window_starts_on_pad'])

/** How far apart the results of a case may be: by the precision of the types in its file. */
export const toleranceOf = ({ name, inputs, outputs }: Case): number => {
  const types = [...inputs, ...outputs].map(({ type }) => type)
  if (types.includes('bfloat16')) return 2e-2
  return types.includes('float16') ? 2e-3 : rough.has(name) ? 2e-4 : 1e-5
}

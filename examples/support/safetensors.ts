// Trees of tensors as safetensors files, which Python and many tools read: the length of a header, the header as JSON, and the bytes of all
// tensors, little-endian. A leaf is named by its path.
import { type DType, allocate } from 'pullback/DType'
import { size } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'

const kinds: Readonly<Record<DType, string>> = { float32: 'F32', float64: 'F64', int32: 'I32', bool: 'BOOL' }

/** What the header says of a tensor; offsets count from the end of the header. */
interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [from: number, to: number]
}

/** A file with the leaves of a tree. */
export const toSafetensors = (tree: unknown): Uint8Array => {
  const { leaves, paths } = Tree.flatten(tree)
  const parts = leaves.map((leaf) => {
    const { buffer, byteOffset, byteLength } = T.toArray(leaf)
    return new Uint8Array(buffer, byteOffset, byteLength)
  })
  const starts = parts.reduce<readonly number[]>((so, { length }) => [...so, so.at(-1)! + length], [0])
  const entries = leaves.map(({ dtype, shape }, i): readonly [string, Entry] => [
    paths[i]!,
    { dtype: kinds[dtype], shape, data_offsets: [starts[i]!, starts[i + 1]!] }
  ])
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)))
  // Spaces after the header take the first tensor to a multiple of eight bytes.
  const begin = 8 + Math.ceil(header.length / 8) * 8
  const file = new Uint8Array(begin + starts.at(-1)!).fill(0x20, 8, begin)
  new DataView(file.buffer).setBigUint64(0, BigInt(begin - 8), true)
  file.set(header, 8)
  parts.forEach((part, i) => file.set(part, begin + starts[i]!))
  return file
}

/** The tree of another with leaves of a file in it; an error names a leaf that stands in the file with another shape or type, or not at all. */
export const fromSafetensors = <P>(file: Uint8Array, example: P): P => {
  const begin = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, begin))) as Readonly<Record<string, Entry>>
  const { leaves, paths, unflatten } = Tree.flatten(example)
  return unflatten(
    leaves.map(({ shape, dtype }, i) => {
      const path = paths[i]!
      const wanted = `${kinds[dtype]} [${shape.join(', ')}]`
      const entry = header[path]
      const found = entry === undefined ? 'missing' : `${entry.dtype} [${entry.shape.join(', ')}]`
      if (entry === undefined || found !== wanted)
        throw new Error(`${path} is ${found} in the file; expected ${wanted}`)
      const [from, to] = entry.data_offsets
      const data = allocate(dtype, size(shape))
      new Uint8Array(data.buffer).set(file.subarray(begin + from, begin + to))
      return T.fromTypedArray(data, shape, dtype)
    })
  )
}

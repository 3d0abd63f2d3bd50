// The digest of results: of every bit, where all NaN count as one.
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { sha256 } from './sha256.js'

/** Numbers as bytes, the lowest first on every machine, with one NaN. */
const bytesOf = (x: T.Tensor): Uint8Array => {
  const data = T.toArray(x)
  const width = data.BYTES_PER_ELEMENT
  const bytes = new Uint8Array(data.length * width)
  const view = new DataView(bytes.buffer)
  data.forEach((value: number, i: number) => {
    if (x.dtype === 'float32') view.setFloat32(4 * i, value, true)
    else if (x.dtype === 'float64') view.setFloat64(8 * i, value, true)
    else if (x.dtype === 'int32') view.setInt32(4 * i, value, true)
    else view.setUint8(i, value)
    if (value !== value) for (let j = 0; j < width; j++) view.setUint8(width * i + j, 0xff)
  })
  return bytes
}

/** ASCII text as bytes. */
const coded = (text: string): readonly number[] => Array.from(text, (letter) => letter.charCodeAt(0))

/** The first 16 digits of the SHA-256 of a tree of tensors: its paths, types, shapes and bits. */
export const digest = (tree: unknown): string => {
  const { leaves, paths } = Tree.flatten(tree)
  const parts = leaves.map((leaf, i) => ({
    head: coded(`${paths[i] ?? ''} ${leaf.dtype} [${leaf.shape.join()}] `),
    body: bytesOf(leaf)
  }))
  const all = new Uint8Array(parts.reduce((length, { head, body }) => length + head.length + body.length, 0))
  let at = 0
  for (const { head, body } of parts) {
    all.set(head, at)
    all.set(body, at + head.length)
    at += head.length + body.length
  }
  return sha256(all).slice(0, 16)
}

/** Batches of one loop have one structure. */
import { describe } from '../internal/describe.js'
import { isTensor } from '../tensor/model.js'
import { below, isRecord } from '../tree/error.js'

/** How a batch differs from the first one, as a clause, if it does. Lists may have any length, as tensors any size. */
const difference = (first: unknown, other: unknown, path: string): string | undefined => {
  const place = path === '' ? '' : `at ${path} `
  if (isTensor(first)) {
    if (!isTensor(other)) return `${place}is ${describe(other)}; expected a tensor`
    const [rank, expected] = [other.shape.length, first.shape.length]
    return rank === expected ? undefined : `${place}is a tensor of rank ${rank}; expected rank ${expected}`
  }
  if (Array.isArray(first)) {
    if (!Array.isArray(other)) return `${place}is ${describe(other)}; expected an array`
    const length = Math.min(first.length, other.length)
    for (let i = 0; i < length; i++) {
      const found = difference(first[i], other[i], `${path}[${i}]`)
      if (found !== undefined) return found
    }
    return undefined
  }
  if (!isRecord(first)) return undefined
  if (!isRecord(other)) return `${place}is ${describe(other)}; expected an object with ${Object.keys(first).join(', ')}`
  const extra = Object.keys(other).find((key) => !Object.hasOwn(first, key))
  if (extra !== undefined) return `has ${below(path, extra)}; expected no such entry`
  for (const key of Object.keys(first)) {
    if (!Object.hasOwn(other, key)) return `is without ${below(path, key)}; expected that entry`
    const found = difference(first[key], other[key], below(path, key))
    if (found !== undefined) return found
  }
  return undefined
}

/** Refuses a batch whose structure is not that of the first. */
export const requireAlike = (first: unknown, batch: unknown, index: number): void => {
  if (first === batch) return
  const found = difference(first, batch, '')
  if (found !== undefined) throw new TypeError(`Train: batch ${index} ${found}, as in the first batch`)
}

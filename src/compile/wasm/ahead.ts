/**
 * Reading ahead: a processor fetches one stream of memory at a time less fast than several, and sees little ahead while it computes, so
 * that long loops read a byte of each line that they need a little later.
 */
import { access, get, op } from '../../kernel/wasm/build.js'
import type { Body } from './body.js'

/** Bytes that come into the cache together. */
export const line = 64

/** Fewer bytes than these may be in the cache anyhow. */
const large = 2 ** 20

/** Whether so many elements are read from memory, and not from the cache. */
export const isLarge = (elements: number, bytes: number): boolean => elements * bytes >= large

/** Reads a byte of lines that are needed later: nothing waits for it, and they are in the cache then. */
export const touch = (body: Body, pointer: string, distances: readonly number[]): void => {
  for (const distance of distances) {
    body.instructions.push(op('drop', access('i32.load8_u', distance, get(pointer))))
  }
}

/** Calls of the library of products, whose functions a module imports on its own memory. */
import { call } from '../../kernel/wasm/build.js'
import type { Import, Instruction } from '../../kernel/wasm/model.js'
import type { Body, LibraryName } from './body.js'

/** How many numbers each takes, by the beginning of its name; see kernel/library/module.ts and pack.ts. */
const arities = { compact: 5, pack: 6, product: 14, contraction: 15 } as const

const arityOf = (name: LibraryName): number =>
  Object.entries(arities).find(([start]) => name.startsWith(start))?.[1] ?? 0

/** The import of a function. */
export const libraryImport = (name: LibraryName): Import => ({
  name,
  params: Array.from({ length: arityOf(name) }, () => 'i32'),
  results: []
})

/** A call, whose operands are addresses, strides in bytes, and counts. */
export const callLibrary = (body: Body, name: LibraryName, ...args: readonly Instruction[]): Instruction => {
  body.library.add(name)
  return call(name, ...args)
}

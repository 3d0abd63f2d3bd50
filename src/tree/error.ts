/** The errors of trees: leaves that are not tensors, structures that differ, cycles. */
import { describe, isCopy, isPlain, isTensorLike, restore } from '../internal/describe.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A value whose leaves are not all tensors, or two trees that differ in structure. Names the path of the first one found.
 *
 * @example
 * import * as Tree from 'pullback/Tree'
 * import * as T from 'pullback/Tensor'
 *
 * const attempt = () => {
 *   try {
 *     return Tree.leaves({ layer: { w: T.zeros([2]), rate: 0.1 } })
 *   } catch (error) {
 *     return error instanceof Tree.TreeError ? error.path : error
 *   }
 * }
 * attempt() // => 'layer.rate'
 */
export class TreeError extends Error {
  override readonly name: string = 'TreeError'
  readonly operation: string
  /** Where in the tree, as one would write it: `layers[0].w`. */
  readonly path: string

  constructor(operation: string, path: string, rule: string) {
    super(`${operation}: ${rule}`)
    this.operation = operation
    this.path = path
  }
}

// -----------------------------------------------------------------------------
// words
// -----------------------------------------------------------------------------

/** A key that is written as it is in a path. */
export const identifier: RegExp = /^[A-Za-z_$][\w$]*$/

/** The path of an entry: `layer.w`, or `layer["2 w"]` for a key that is not an identifier. */
export const below = (path: string, key: string): string =>
  !identifier.test(key) ? `${path}[${JSON.stringify(key)}]` : path === '' ? key : `${path}.${key}`

/** Whether a node is a record: neither an instance of a class nor a copy of a tensor. */
export const isRecord = (node: unknown): node is { readonly [key: string | symbol]: unknown } =>
  typeof node === 'object' && node !== null && isPlain(node) && !isTensorLike(node)

/** How an error says where a bad leaf is, and what is expected there. */
export interface Wording {
  readonly at: (path: string) => string
  readonly required: string
}

const plain: Wording = {
  at: (path) => `${path === '' ? 'the value' : path} is`,
  required: 'expected a tensor'
}

export const notATree = (operation: string, path: string, node: unknown, wording: Wording = plain): TreeError => {
  const isNumber = typeof node === 'number' || typeof node === 'boolean'
  const remedy = isNumber ? ', make one with T.scalar' : isCopy(node) ? restore : ''
  return new TreeError(operation, path, `${wording.at(path)} ${describe(node)}; ${wording.required}${remedy}`)
}

/** The most levels of a tree: one with more has a cycle, or would overflow the stack. */
const deepest = 1000

/** Refuses a node below the deepest level, and one with a symbol among its keys, which would be lost. */
export const requireNode = (operation: string, path: string, node: unknown, depth: number): void => {
  if (depth > deepest) {
    throw new TreeError(operation, path, `${path.slice(0, 30)}... is over ${deepest} levels deep; expected no cycles`)
  }
  const [key] = Object.getOwnPropertySymbols(Object(node))
  if (key === undefined) return
  throw new TreeError(operation, path, `${plain.at(path)} an object with key ${String(key)}; expected strings`)
}

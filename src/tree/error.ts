/** What is refused of trees, in words: leaves that are not tensors, structures that differ, cycles. */
import { isTensor } from '../tensor/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A value whose leaves are not all tensors, or two trees that differ in structure. Names the path of the first culprit.
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

/** Whether a node is a record, and not of a class. */
export const isRecord = (node: unknown): node is { readonly [key: string | symbol]: unknown } => {
  if (typeof node !== 'object' || node === null) return false
  const prototype: unknown = Object.getPrototypeOf(node)
  return prototype === Object.prototype || prototype === null
}

const describe = (node: unknown): string => {
  if (typeof node === 'object')
    return node === null ? 'null' : `an object of class ${node.constructor?.name ?? 'unknown'}`
  if (typeof node === 'number' || typeof node === 'string' || typeof node === 'boolean' || typeof node === 'bigint') {
    return `a ${typeof node} (${String(node)})`
  }
  return node === undefined ? 'undefined' : `a ${typeof node}`
}

/** What a value is, where another structure is required. */
export const kindOf = (node: unknown): string => {
  if (isTensor(node)) return 'a tensor'
  if (Array.isArray(node)) return `an array of ${node.length}`
  if (isRecord(node)) return `a record of ${Object.keys(node).join(', ')}`
  if (typeof node === 'number' || typeof node === 'boolean') return `a ${typeof node} (${String(node)})`
  return node === undefined || node === null ? String(node) : `a value of type ${typeof node}`
}

/** How an error words where a bad leaf is, and what is required there. */
export interface Wording {
  readonly at: (path: string) => string
  readonly required: string
}

const plain: Wording = {
  at: (path) => `${path === '' ? 'the value' : path} is`,
  required: 'leaves must be tensors'
}

export const notATree = (operation: string, path: string, node: unknown, wording: Wording = plain): TreeError => {
  const remedy = typeof node === 'number' || typeof node === 'boolean' ? ', make it one with T.scalar' : ''
  return new TreeError(operation, path, `${wording.at(path)} ${describe(node)}; ${wording.required}${remedy}`)
}

/** Levels of a tree: one with more has a cycle, or would overflow the stack. */
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

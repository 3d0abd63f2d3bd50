/** The structure of a tree, taken once, so that loops take apart and rebuild trees of it without looking at paths. */
import type { DType } from '../DType.js'
import { DTypeError } from '../internal/require.js'
import { type Shape, ShapeError, equals, show } from '../shape/model.js'
import { type Tensor, isTensor } from '../tensor/model.js'
import { TreeError, type Wording, kindOf } from '../tree/error.js'
import { flattenAs } from '../tree/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

type Spec =
  | { readonly kind: 'nothing'; readonly value: undefined | null }
  | { readonly kind: 'leaf'; readonly path: string; readonly shape: Shape; readonly dtype: DType }
  | { readonly kind: 'list'; readonly path: string; readonly children: readonly Spec[] }
  | {
      readonly kind: 'record'
      readonly path: string
      readonly keys: readonly string[]
      readonly children: readonly Spec[]
    }

/** How a difference is said, after the operation's name: where it is and what is required. */
export interface Difference {
  readonly structure: (path: string, before: string, after: string) => string
  readonly shape: (path: string, before: Shape, after: Shape) => string
  readonly dtype: (path: string, before: DType, after: DType) => string
}

/** The structure of a tree of type `P`, with the shapes and types of its leaves. */
export interface Structure<P> {
  /** The leaves that it was taken from. */
  readonly leaves: readonly Tensor[]
  readonly paths: readonly string[]
  /** A tree of that structure around other leaves. */
  readonly build: (leaves: readonly Tensor[]) => P
  /** The leaves of another tree, which must have the same structure, shapes and types. */
  readonly match: (tree: unknown, difference: Difference) => readonly Tensor[]
}

const identifier = /^[A-Za-z_$][\w$]*$/

const below = (path: string, key: string): string =>
  !identifier.test(key) ? `${path}[${JSON.stringify(key)}]` : path === '' ? key : `${path}.${key}`

type Fields = { readonly [key: string]: unknown }

const isRecord = (node: unknown): node is Fields => {
  if (typeof node !== 'object' || node === null || Array.isArray(node) || isTensor(node)) return false
  const prototype: unknown = Object.getPrototypeOf(node)
  return prototype === null || prototype === Object.prototype
}

/** What has been built from a structure has its type. */
const vouched = <P>(tree: unknown): P => tree as P

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const specOf = (node: unknown, path: string): Spec => {
  if (isTensor(node)) return { kind: 'leaf', path, shape: node.shape, dtype: node.dtype }
  if (Array.isArray(node)) {
    return { kind: 'list', path, children: node.map((child: unknown, i) => specOf(child, `${path}[${i}]`)) }
  }
  if (!isRecord(node)) return { kind: 'nothing', value: node === null ? null : undefined }
  const keys = Object.keys(node)
  return { kind: 'record', path, keys, children: keys.map((key) => specOf(node[key], below(path, key))) }
}

/** The structure of a tree; `undefined` and `null` are trees without leaves. */
export const structureOf = <P>(operation: string, tree: P, wording?: Wording): Structure<P> => {
  const nothing = tree === undefined || tree === null
  const { leaves, paths } = nothing ? { leaves: [], paths: [] } : flattenAs(operation, tree, wording)
  const spec = specOf(tree, '')
  return {
    leaves,
    paths,
    build: (others) => vouched(build(spec, { others, next: 0 })),
    match: (other, difference) => {
      if (spec.kind === 'leaf' && isTensor(other)) {
        requireSame(operation, spec, other, difference)
        return [other]
      }
      const found: Tensor[] = []
      match(operation, spec, other, found, difference)
      return found
    }
  }
}

interface Cursor {
  readonly others: readonly Tensor[]
  next: number
}

const build = (spec: Spec, at: Cursor): unknown => {
  if (spec.kind === 'leaf') return at.others[at.next++]
  if (spec.kind === 'nothing') return spec.value
  if (spec.kind === 'list') return spec.children.map((child) => build(child, at))
  const { keys, children } = spec
  if (keys.includes('__proto__')) return Object.fromEntries(keys.map((key, i) => [key, build(children[i]!, at)]))
  const result: { [key: string]: unknown } = {}
  for (let i = 0; i < keys.length; i++) result[keys[i]!] = build(children[i]!, at)
  return result
}

// -----------------------------------------------------------------------------
// matching
// -----------------------------------------------------------------------------

const requireSame = (
  operation: string,
  { path, shape, dtype }: Spec & { readonly kind: 'leaf' },
  given: Tensor,
  difference: Difference
): void => {
  if (given.shape !== shape && !equals(given.shape, shape)) {
    throw new ShapeError(operation, [shape, given.shape], difference.shape(path, shape, given.shape))
  }
  if (given.dtype !== dtype) throw new DTypeError(operation, difference.dtype(path, dtype, given.dtype))
}

const kindOfSpec = (spec: Spec): string =>
  spec.kind === 'leaf'
    ? 'a tensor'
    : spec.kind === 'list'
      ? `an array of ${spec.children.length}`
      : spec.kind === 'record'
        ? `a record of ${spec.keys.join(', ')}`
        : String(spec.value)

const fits = (spec: Spec, node: unknown): boolean => {
  if (spec.kind === 'leaf') return isTensor(node)
  if (spec.kind === 'nothing') return node === spec.value
  if (spec.kind === 'list') return Array.isArray(node) && node.length === spec.children.length
  if (!isRecord(node)) return false
  const keys = Object.keys(node)
  return keys.length === spec.keys.length && spec.keys.every((key) => Object.hasOwn(node, key))
}

const match = (operation: string, spec: Spec, node: unknown, found: Tensor[], difference: Difference): void => {
  if (!fits(spec, node)) {
    const path = spec.kind === 'nothing' ? '' : spec.path
    throw new TreeError(operation, path, difference.structure(path, kindOfSpec(spec), kindOf(node)))
  }
  if (spec.kind === 'nothing') return
  if (spec.kind === 'leaf') {
    if (!isTensor(node)) return
    requireSame(operation, spec, node, difference)
    found.push(node)
    return
  }
  if (spec.kind === 'list') {
    if (Array.isArray(node)) spec.children.forEach((child, i) => match(operation, child, node[i], found, difference))
    return
  }
  if (isRecord(node)) spec.keys.forEach((key, i) => match(operation, spec.children[i]!, node[key], found, difference))
}

// -----------------------------------------------------------------------------
// sentences
// -----------------------------------------------------------------------------

/** How something that does not stay as it is, but must, is refused. */
export const changes = (what: string, rule: string): Difference => {
  const from = (path: string, before: string, after: string): string =>
    `${path === '' ? what : `${what}'s ${path}`} changes from ${before} to ${after}; ${rule}`
  return {
    structure: from,
    shape: (path, before, after) =>
      `${from(path, `shape ${show(before)}`, `shape ${show(after)}`)}, reshape it with T.reshape`,
    dtype: (path, before, after) => `${from(path, before, after)}, cast it with T.cast`
  }
}

/** How a carry that a body does not return as it came is refused. */
export const carryChanges: Difference = /* @__PURE__ */ changes('the carry', 'the body must return it as it came')

/** How results that must be alike, but are not, are refused. */
export const differs = (what: string, rule: string): Difference => {
  const at = (path: string): string => (path === '' ? '' : ` at ${path}`)
  return {
    structure: (path, a, b) => `${what} differ${at(path)}: ${a} and ${b}; ${rule}`,
    shape: (path, a, b) => `${what} differ${at(path)}: shape ${show(a)} and shape ${show(b)}; ${rule}`,
    dtype: (path, a, b) => `${what} differ${at(path)}: ${a} and ${b}; ${rule}`
  }
}

/** Where in the elements of a loop a leaf stands. */
export const inXs = (path: string): string => (path === '' ? 'xs' : path.startsWith('[') ? `xs${path}` : `xs.${path}`)

/** How a first carry that is no tree is refused. */
export const ofInit: Wording = {
  at: (path) => `${path === '' ? 'init' : `init's ${path}`} is`,
  required: 'leaves must be tensors'
}

/** How elements that are no tree are refused. */
export const ofXs: Wording = { at: (path) => `${inXs(path)} is`, required: 'leaves must be tensors' }

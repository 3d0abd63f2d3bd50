/** The structure of a tree, taken once, so that loops take apart and rebuild trees of it without looking at paths. */
import type { DType } from '../DType.js'
import { aTensor } from '../calculus/arguments.js'
import { describe } from '../internal/describe.js'
import { DTypeError } from '../internal/require.js'
import { type Shape, ShapeError, equals, show } from '../shape/model.js'
import { type Tensor, fill, isTensor } from '../tensor/model.js'
import { TreeError, type Wording, below, isRecord } from '../tree/error.js'
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

/** The sentences about a difference, after the operation's name: where it is and what was expected. */
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

/** Casts a tree built from a structure to the type of the structure. */
const asTree = <P>(tree: unknown): P => tree as P

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
    build: (others) => asTree(build(spec, { others, next: 0 })),
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

/** Tensors that fit a structure. */
const examplesOf = (spec: Spec): readonly Tensor[] =>
  spec.kind === 'leaf'
    ? [fill(spec.shape, spec.dtype, 0)]
    : spec.kind === 'nothing'
      ? []
      : spec.children.flatMap(examplesOf)

const describeSpec = (spec: Spec): string => describe(build(spec, { others: examplesOf(spec), next: 0 }))

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
    throw new TreeError(operation, path, difference.structure(path, describeSpec(spec), describe(node)))
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

/** The sentences about a value that must stay alike from step to step, and does not. */
export const changes = (what: string): Difference => {
  const from = (path: string, before: string, after: string): string =>
    `${path === '' ? what : `${what}'s ${path}`} changes from ${before} to ${after}; expected the same`
  return {
    structure: (path, before, after) => `${from(path, before, after)} structure`,
    shape: (path, before, after) =>
      `${from(path, `shape ${show(before)}`, `shape ${show(after)}`)} shape, reshape it with T.reshape`,
    dtype: (path, before, after) => `${from(path, before, after)} dtype, cast it with T.cast`
  }
}

/** The sentences about a carry that the body returns changed. */
export const carryChanges: Difference = /* @__PURE__ */ changes('the carry')

/** The sentences about results that must be alike, and are not. */
export const differs = (what: string): Difference => {
  const both = (path: string, a: string, b: string): string =>
    `${what} differ${path === '' ? '' : ` at ${path}`}: ${a} and ${b}; expected equal structures, shapes and dtypes`
  return {
    structure: both,
    shape: (path, a, b) => both(path, `shape ${show(a)}`, `shape ${show(b)}`),
    dtype: both
  }
}

/** Where in the elements of a loop a leaf stands. */
export const inXs = (path: string): string => (path === '' ? 'xs' : path.startsWith('[') ? `xs${path}` : `xs.${path}`)

/** The sentences about a first carry that is not a tree of tensors. */
export const ofInit: Wording = {
  at: (path) => `${path === '' ? 'init' : `init's ${path}`} is`,
  required: aTensor
}

/** The sentences about elements that are not trees of tensors. */
export const ofXs: Wording = { at: (path) => `${inXs(path)} is`, required: aTensor }

/** What a traced function depends on besides the elements of tensors: structure, shapes, element types, and all other values. */
import type { TensorType } from '../primitive/model.js'
import { equals } from '../shape/model.js'
import { describe } from '../internal/describe.js'
import { type Tensor, isConcrete, isTensor } from '../tensor/model.js'
import { isPromise } from '../transform/scope.js'
import { TreeError, below, isRecord, requireNode } from '../tree/error.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** Where a list or a record stands among arguments. */
export type Path = readonly string[]

/**
 * The form of a value: a tensor by its number among the leaves and its type, a list by its items, a record by its fields and their names,
 * and any other value as it is. In a result, a list or a record of the arguments is an `Argument`. All forms have all fields: reading
 * objects of one class is fast.
 */
export interface Form {
  readonly _tag: 'Tensor' | 'List' | 'Record' | 'Argument' | 'Other'
  readonly index: number
  readonly type: TensorType | undefined
  /** Items or fields; a hole in a list is a hole here. */
  readonly parts: readonly Form[]
  readonly names: readonly string[]
  readonly prototype: object | null
  readonly isFrozen: boolean
  readonly path: Path
  readonly value: unknown
}

const form = (_tag: Form['_tag'], given: Partial<Form>): Form => ({
  _tag,
  index: given.index ?? 0,
  type: given.type,
  parts: given.parts ?? [],
  names: given.names ?? [],
  prototype: given.prototype ?? null,
  isFrozen: given.isFrozen ?? false,
  path: given.path ?? [],
  value: given.value
})

/** A value has no form: something in it would be lost if it were taken apart and put together again. */
export class FormlessError extends TreeError {}

// -----------------------------------------------------------------------------
// taking apart
// -----------------------------------------------------------------------------

const isIndex = (list: readonly unknown[], key: string): boolean =>
  String(Number(key)) === key && Number(key) < list.length

/** Refuses a list or a record that is more than its elements or fields. */
const requireForm = (operation: string, path: string, value: object, depth: number): void => {
  try {
    requireNode(operation, path, value, depth)
  } catch (error) {
    throw error instanceof TreeError
      ? new FormlessError(operation, path, error.message.slice(operation.length + 2))
      : error
  }
  const refuse = (what: string): FormlessError =>
    new FormlessError(operation, path, `${path} is ${what}; expected a list of elements or a record of fields`)
  const isList = Array.isArray(value)
  if (isList && Object.getPrototypeOf(value) !== Array.prototype) throw refuse('a list of a class of its own')
  for (const [key, found] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    if (isList && key === 'length') continue
    if (isList && !isIndex(value, key)) throw refuse(`a list with key ${key}`)
    if (found.enumerable !== true) throw refuse(`an object with hidden key ${key}`)
    if (!('value' in found)) throw refuse(`an object with accessor ${key}`)
  }
}

/** The lists and records of arguments, and where they stand. */
export type Containers = ReadonlyMap<unknown, Path>

/** Finds the lists and records in a value. */
export const containersOf = (value: unknown, path: Path = [], found: Map<unknown, Path> = new Map()): Containers => {
  if (!Array.isArray(value) && !isRecord(value)) return found
  found.set(value, path)
  for (const [name, each] of Object.entries(value)) containersOf(each, [...path, name], found)
  return found
}

const none: Containers = /* @__PURE__ */ new Map()

/**
 * The form of a value; its tensors are added to `leaves`. Lists keep their holes. In a result, lists and records of the arguments are
 * `given`.
 *
 * @throws FormlessError when the value holds itself, or has a list or a record that is more than its elements or fields
 */
export const formOf = (
  operation: string,
  path: string,
  value: unknown,
  leaves: Tensor[],
  given: Containers = none,
  depth = 0
): Form => {
  if (isTensor(value)) {
    const index = leaves.push(value) - 1
    return form('Tensor', { index, type: { shape: value.shape, dtype: value.dtype } })
  }
  const argument = given.get(value)
  if (argument !== undefined) return form('Argument', { path: argument })
  const isList = Array.isArray(value)
  if (!isList && !isRecord(value)) return form('Other', { value })
  requireForm(operation, path, value, depth)
  const at = (each: unknown, under: string): Form => formOf(operation, under, each, leaves, given, depth + 1)
  const isFrozen = Object.isFrozen(value)
  if (isList) {
    const parts = value.map((each: unknown, i) => at(each, `${path}[${i}]`))
    return form('List', { parts, isFrozen })
  }
  const names = Object.keys(value)
  const parts = names.map((name) => at(value[name], below(path, name)))
  return form('Record', { names, parts, prototype: Reflect.getPrototypeOf(value), isFrozen })
}

/** The entries of an object that is neither a list nor a record. */
const entriesOf = (value: unknown): readonly unknown[] => {
  if (value instanceof Map || value instanceof Set) return [...value.values()]
  return typeof value !== 'object' || value === null || ArrayBuffer.isView(value) ? [] : Object.values(value)
}

/** Refuses a result with tensors of the trace where they are not found, and one that is not there yet. */
export const requireFound = (operation: string, { _tag, parts, value }: Form): void => {
  parts.forEach((each) => requireFound(operation, each))
  if (_tag !== 'Other') return
  if (isPromise(value)) {
    throw new TypeError(`${operation}: the function returned a promise; expected a synchronous function`)
  }
  if (!entriesOf(value).some((entry) => isTensor(entry) && !isConcrete(entry))) return
  const what = `the function returned ${describe(value)} with tensors in it`
  throw new TypeError(`${operation}: ${what}; expected tensors in lists and records`)
}

// -----------------------------------------------------------------------------
// comparing
// -----------------------------------------------------------------------------

/**
 * Whether a value has a form; its tensors are put into `leaves`. What has the elements or fields of a list or a record that had a form is
 * taken to have nothing else.
 */
export const hasForm = (of: Form, value: unknown, leaves: Tensor[]): boolean => {
  const { _tag, parts } = of
  if (_tag === 'Tensor') {
    const { shape, dtype } = of.type!
    if (!isTensor(value) || value.dtype !== dtype || !equals(value.shape, shape)) return false
    leaves[of.index] = value
    return true
  }
  if (_tag === 'Record') {
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== of.prototype) return false
    const { names } = of
    let next = 0
    for (const name in value) {
      // a field that is being enumerated is read fast, whatever the class of the object
      if (name !== names[next] || !hasForm(parts[next]!, value[name as keyof typeof value], leaves)) return false
      next++
    }
    return next === names.length
  }
  if (_tag === 'List') {
    if (!Array.isArray(value) || value.length !== parts.length) return false
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]
      if (part === undefined ? i in value : !hasForm(part, value[i], leaves)) return false
    }
    return true
  }
  return Object.is(of.value, value)
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

/** The number at which a value first differs from a form that it has otherwise, and its path. */
export const otherNumber = (
  { _tag, parts, names, value: known }: Form,
  value: unknown,
  path: string
): { readonly path: string; readonly number: number } | undefined => {
  if (_tag === 'Other') {
    return typeof value === 'number' && typeof known === 'number' && !Object.is(value, known)
      ? { path, number: value }
      : undefined
  }
  const isList = _tag === 'List' && Array.isArray(value)
  if (!isList && !(_tag === 'Record' && isRecord(value))) return undefined
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]
    const name = isList ? String(i) : names[i]!
    const found = part && otherNumber(part, fieldOf(value, name), isList ? `${path}[${i}]` : below(path, name))
    if (found !== undefined) return found
  }
  return undefined
}

// -----------------------------------------------------------------------------
// putting together
// -----------------------------------------------------------------------------

const recordOf = ({ names, parts, prototype }: Form, leaves: readonly Tensor[], args: unknown): object => {
  const record: { [name: string]: unknown } = {}
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!
    const value = build(parts[i]!, leaves, args)
    if (name !== '__proto__') record[name] = value
    else Object.defineProperty(record, name, { value, writable: true, enumerable: true, configurable: true })
  }
  if (prototype === null) Object.setPrototypeOf(record, null)
  return record
}

const listOf = ({ parts }: Form, leaves: readonly Tensor[], args: unknown): readonly unknown[] => {
  const list = new Array<unknown>(parts.length)
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]
    if (part !== undefined) list[i] = build(part, leaves, args)
  }
  return list
}

/** Makes a value of a form from its tensors, and from arguments, if lists and records of them are in it. */
export const build = (of: Form, leaves: readonly Tensor[], args: unknown): unknown => {
  const { _tag } = of
  if (_tag === 'Tensor') return leaves[of.index]
  if (_tag === 'Argument') return of.path.reduce(fieldOf, args)
  if (_tag === 'Other') return of.value
  const made = _tag === 'Record' ? recordOf(of, leaves, args) : listOf(of, leaves, args)
  return of.isFrozen ? Object.freeze(made) : made
}

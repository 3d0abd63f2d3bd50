/** What a traced function depends on besides the elements of tensors: structure, shapes, element types, and all other values. */
import type { TensorType } from '../primitive/model.js'
import { equals } from '../shape/model.js'
import { describe } from '../internal/describe.js'
import { type Tensor, isConcrete, isTensor } from '../tensor/model.js'
import { isPromise } from '../transform/scope.js'
import { below, isRecord, requireNode } from '../tree/error.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** The form of a value: tensors by their types, all else as it is. */
export type Form =
  | { readonly _tag: 'Tensor'; readonly type: TensorType }
  | { readonly _tag: 'List'; readonly items: readonly Form[] }
  | { readonly _tag: 'Record'; readonly names: readonly string[]; readonly fields: readonly Form[] }
  | { readonly _tag: 'Other'; readonly value: unknown }

// -----------------------------------------------------------------------------
// taking apart
// -----------------------------------------------------------------------------

/**
 * The form of a value; its tensors are added to `leaves`. Lists keep their holes.
 *
 * @throws TreeError when the value holds itself, or has a record with a symbol among its keys
 */
export const formOf = (operation: string, path: string, value: unknown, leaves: Tensor[], depth = 0): Form => {
  if (isTensor(value)) {
    leaves.push(value)
    return { _tag: 'Tensor', type: { shape: value.shape, dtype: value.dtype } }
  }
  const isList = Array.isArray(value)
  if (!isList && !isRecord(value)) return { _tag: 'Other', value }
  requireNode(operation, path, value, depth)
  const at = (each: unknown, under: string): Form => formOf(operation, under, each, leaves, depth + 1)
  if (isList) return { _tag: 'List', items: value.map((each: unknown, i) => at(each, `${path}[${i}]`)) }
  const names = Object.keys(value)
  return { _tag: 'Record', names, fields: names.map((name) => at(value[name], below(path, name))) }
}

/** The entries of an object that is neither a list nor a record. */
const entriesOf = (value: unknown): readonly unknown[] => {
  if (value instanceof Map || value instanceof Set) return [...value.values()]
  return typeof value !== 'object' || value === null || ArrayBuffer.isView(value) ? [] : Object.values(value)
}

/** Refuses a result with tensors of the trace where they are not found, and one that is not there yet. */
export const requireFound = (operation: string, form: Form): void => {
  if (form._tag === 'List') form.items.forEach((item) => requireFound(operation, item))
  if (form._tag === 'Record') form.fields.forEach((field) => requireFound(operation, field))
  if (form._tag !== 'Other') return
  const { value } = form
  if (isPromise(value)) {
    throw new TypeError(`${operation}: the function returned a promise; expected a synchronous function`)
  }
  if (!entriesOf(value).some((entry) => isTensor(entry) && !isConcrete(entry))) return
  const what = `the function returned ${describe(value)} with tensors in it`
  throw new TypeError(`${operation}: ${what}; expected tensors in lists and records`)
}

/** Whether a value is an object without a class. */
const isPlain = (value: unknown): value is { readonly [name: string]: unknown } => {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Whether a value has a form; its tensors are added to `leaves` as far as it has. */
export const hasForm = (form: Form, value: unknown, leaves: Tensor[]): boolean => {
  switch (form._tag) {
    case 'Tensor': {
      if (!isTensor(value) || value.dtype !== form.type.dtype || !equals(value.shape, form.type.shape)) return false
      leaves.push(value)
      return true
    }
    case 'List': {
      const { items } = form
      if (!Array.isArray(value) || value.length !== items.length) return false
      for (let i = 0; i < items.length; i++) {
        const item = items[i]
        if (item === undefined ? i in value : !hasForm(item, value[i], leaves)) return false
      }
      return true
    }
    case 'Record': {
      // what has these names was a record when the form was made
      if (!isPlain(value)) return false
      const { names, fields } = form
      let next = 0
      for (const name in value) {
        if (name !== names[next] || !hasForm(fields[next]!, value[name], leaves)) return false
        next++
      }
      return next === names.length
    }
    case 'Other':
      return Object.is(form.value, value)
  }
}

/** The number at which a value first differs from a form that it has otherwise, and its path. */
export const otherNumber = (
  form: Form,
  value: unknown,
  path: string
): { readonly path: string; readonly number: number } | undefined => {
  if (form._tag === 'Other') {
    return typeof value === 'number' && typeof form.value === 'number' && !Object.is(value, form.value)
      ? { path, number: value }
      : undefined
  }
  const among = (
    forms: readonly Form[],
    at: (i: number) => readonly [unknown, string]
  ): ReturnType<typeof otherNumber> => {
    for (let i = 0; i < forms.length; i++) {
      const known = forms[i]
      const found = known && otherNumber(known, ...at(i))
      if (found !== undefined) return found
    }
    return undefined
  }
  if (form._tag === 'List' && Array.isArray(value)) {
    return among(form.items, (i) => [value[i], `${path}[${i}]`])
  }
  if (form._tag === 'Record' && isRecord(value)) {
    return among(form.fields, (i) => [value[form.names[i]!], below(path, form.names[i]!)])
  }
  return undefined
}

// -----------------------------------------------------------------------------
// putting together
// -----------------------------------------------------------------------------

/** Makes a value of a form from its tensors. */
export const builder = (form: Form): ((leaves: readonly Tensor[]) => unknown) => {
  let count = 0
  const make = (of: Form): ((leaves: readonly Tensor[]) => unknown) => {
    switch (of._tag) {
      case 'Tensor': {
        const index = count++
        return (leaves) => leaves[index]
      }
      case 'List': {
        const items = of.items.map(make)
        return (leaves) => items.map((item) => item(leaves))
      }
      case 'Record': {
        const fields = of.fields.map((field, i) => [of.names[i]!, make(field)] as const)
        return (leaves) => {
          const result: { [name: string]: unknown } = {}
          for (const [name, field] of fields) result[name] = field(leaves)
          return result
        }
      }
      case 'Other':
        return () => of.value
    }
  }
  return make(form)
}

/** What the report of a step has in numbers, by name. */
import { isPlain } from '../internal/describe.js'
import { firstElement, isConcrete, isTensor } from '../tensor/model.js'
import { size } from '../shape/model.js'
import type { Report } from '../train/model.js'

/** Numbers by name. */
export type Numbers = { readonly [name: string]: number }

const entriesOf = (value: unknown, path: string): readonly (readonly [string, number])[] => {
  if (typeof value === 'number') return [[path, value]]
  if (typeof value !== 'object' || value === null) return []
  if (isTensor(value)) return isConcrete(value) && size(value.shape) === 1 ? [[path, firstElement(value)]] : []
  if (!isPlain(value) && !Array.isArray(value)) return []
  return Object.entries(value).flatMap(([name, part]) => entriesOf(part, path === '' ? name : `${path}.${name}`))
}

/** The loss, and the numbers and tensors of one element that a step reports beside it: metrics by their own names, all else by path. */
export const numbersOf = ({ step: _, loss, ...others }: Report): Numbers => {
  const metrics: unknown = Reflect.get(others, 'metrics')
  const rest = Object.entries(others).filter(([name]) => name !== 'metrics')
  return { loss, ...Object.fromEntries([...entriesOf(metrics, ''), ...entriesOf(Object.fromEntries(rest), '')]) }
}

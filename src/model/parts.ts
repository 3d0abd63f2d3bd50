/** What networks are put together with: parts one after the other by name. */
import { requireCount } from '../internal/check.js'
import { refusal } from '../internal/describe.js'
import { make } from '../layer/make.js'
import type { AnyLayer, Layer } from '../layer/model.js'
import type { Tensor } from '../tensor/model.js'

/** A part of which one knows that it takes a tensor and gives one. */
export type Mapping = Layer<(x: Tensor) => Tensor, unknown, unknown>

/** Casts a layer to the type that states its sizes, which its parts check when they run. */
export const stated = <L>(layer: AnyLayer): L => layer as unknown as L

/** Parts by name. */
export interface Named {
  readonly [name: string]: AnyLayer
}

/** Parts by name as functions of one tensor. */
export const mappings = (parts: Named): { readonly [name: string]: Mapping } =>
  Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, stated<Mapping>(part)]))

/** Parts by name, one after the other. */
export const inOrder = (parts: Named): Mapping =>
  stated(make(mappings(parts), (bound) => (x: Tensor) => Object.values(bound).reduce((value, f) => f(value), x)))

/** Refuses what is not a list of numbers of things. */
export const requireCounts = (operation: string, name: string, counts: unknown): void => {
  if (!Array.isArray(counts) || counts.length === 0) {
    throw new TypeError(refusal(operation, name, counts, 'an array of integers above 0, such as [2, 2, 2, 2]'))
  }
  counts.forEach((n, i) => requireCount(operation, `${name}[${i}]`, n))
}

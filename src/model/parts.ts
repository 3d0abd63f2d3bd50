/** What networks are put together with: parts one after the other by name. */
import { refusal } from '../internal/describe.js'
import { type Kind, number, requireKind } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import { makeOf } from '../layer/make.js'
import type { AnyLayer, Layer } from '../layer/model.js'
import { type Shape, ShapeError, equals, show } from '../shape/model.js'
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
export const inOrder = (operation: string, parts: Named): Mapping =>
  stated(
    makeOf(operation, mappings(parts), (bound) => (x: Tensor) => Object.values(bound).reduce((value, f) => f(value), x))
  )

/** Refuses what is not a list of numbers of things. */
export const requireCounts = (operation: string, name: string, counts: unknown): void => {
  if (!Array.isArray(counts) || counts.length === 0) {
    throw new TypeError(refusal(operation, name, counts, 'an array of integers above 0, such as [2, 2, 2, 2]'))
  }
  Array.from<unknown>(counts).forEach((n, i) => requireKind(operation, `${name}[${i}]`, n, partCount))
}

/** A number of parts, as far as a network of so many can be built. */
export const partCount: Kind = number('an integer from 1 to 4096', (n) => Number.isInteger(n) && n >= 1 && n <= 4096)

/** Refuses what is not a batch of examples of one shape. */
export const requireExamples = (operation: string, x: Tensor, one: Shape, subject = 'the input'): void => {
  requireTensor(operation, x, subject)
  if (x.shape.length > 0 && equals(x.shape.slice(1), one)) return
  const expected = `expected [examples, ${one.join(', ')}]`
  throw new ShapeError(operation, [x.shape], `${subject} has shape ${show(x.shape)}; ${expected}`)
}

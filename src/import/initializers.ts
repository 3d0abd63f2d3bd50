/**
 * The constants of a graph as tensors. Whole numbers of 64 bits become int32 if they fit; those that do not are taken where their readers
 * make no difference between them and a number of 32 bits: as the ends of slices, and as masks of the low bits.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type ElementType, type GraphProto, elementCodes } from '../onnx/model.js'
import type { Tensor } from '../tensor/model.js'
import { type Fitting, constantOf } from './elements.js'
import type { Reader } from './graph.js'
import type { Faults } from './model.js'

type Readers = ReadonlyMap<string, readonly Reader[]>

/** How many values a large number is followed through. */
const mostValues = 200

/** Operations that hand on a bound of a slice as it is. */
const passing: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'Concat',
  'Unsqueeze',
  'Squeeze',
  'Reshape',
  'Identity',
  'Cast',
  'Gather',
  'Slice'
])

/** Whether a value is only read as a bound of slices, where the largest number of 32 bits means the same as that of 64. */
const isBound = (name: string, readers: Readers): boolean => {
  const names = new Set([name])
  // A set is walked through in the order in which names come, those that come on the way too.
  for (const each of names) {
    for (const { node, input } of readers.get(each) ?? []) {
      const isEnd = node?.opType === 'Slice' && (input === 1 || input === 2)
      if (isEnd) continue
      const passes = node !== undefined && passing.has(node.opType) && (input === 0 || node.opType === 'Concat')
      if (!passes || names.size > mostValues) return false
      names.add(node.output[0] ?? '')
    }
  }
  return true
}

/** Whether a value is only read as a mask of bits, of which a cast to int32 keeps the low ones. */
const isMask = (name: string, readers: Readers): boolean =>
  (readers.get(name) ?? []).every(
    ({ node }) =>
      node?.opType === 'BitwiseAnd' &&
      (readers.get(node.output[0] ?? '') ?? []).every(
        ({ node: cast }) =>
          cast?.opType === 'Cast' &&
          cast.attribute.some((each) => each.name === 'to' && each.type === 'int' && each.value === elementCodes.int32)
      )
  )

/** How numbers that are too large are taken, by who reads the constant: asked only where there are such numbers. */
export const fitter =
  (name: string, readers: Readers): (() => Fitting) =>
  () =>
    isBound(name, readers) ? 'ends' : isMask(name, readers) ? 'bits' : 'none'

/** The constants of a graph as tensors; what is wrong with them is a fault. */
export const initializersOf = (
  graph: GraphProto,
  { faults, readers }: { readonly faults: Faults; readonly readers: Readers },
  where: string
): ReadonlyMap<string, { readonly value: Tensor; readonly type: ElementType }> => {
  const found = new Map<string, { readonly value: Tensor; readonly type: ElementType }>()
  for (const proto of graph.initializer) {
    const read = constantOf(proto, fitter(proto.name, readers))
    if (E.isLeft(read)) faults.add(`${where}initializer '${proto.name}'`, read.left)
    else found.set(proto.name, read.right)
  }
  return found
}

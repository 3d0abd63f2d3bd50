/** Sums of products over labelled axes, by matrix products wherever two operands are contracted. */
import { describe } from '../internal/describe.js'
import { type Shape, ShapeError, size } from '../shape/model.js'
import { mul } from './arithmetic.js'
import { parseFormula } from './einsumFormula.js'
import { gather } from './indexing.js'
import { matmul } from './matmul.js'
import type { Tensor } from './model.js'
import { requireTensor } from '../internal/require.js'
import { permuteTo, reshapeTo, sumOver } from './structural.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** An operand and the labels of its axes. */
interface Term {
  readonly x: Tensor
  readonly labels: readonly string[]
}

const sizeOf = ({ x, labels }: Term, label: string): number => x.shape[labels.indexOf(label)]!

const sizesOf = (term: Term, labels: readonly string[]): Shape => labels.map((label) => sizeOf(term, label))

// -----------------------------------------------------------------------------
// one operand
// -----------------------------------------------------------------------------

const permuted = ({ x, labels }: Term, wanted: readonly string[]): Term => ({
  x: permuteTo(
    x,
    wanted.map((label) => labels.indexOf(label))
  ),
  labels: wanted
})

/** Drops the axes of size 1 that broadcast to a larger size of their label. */
const squeezed = ({ x, labels }: Term, sizes: ReadonlyMap<string, number>): Term => {
  const kept = labels.map((label, axis) => x.shape[axis] === sizes.get(label))
  if (!kept.includes(false)) return { x, labels }
  const isKept = (_: unknown, axis: number): boolean => kept[axis] === true
  return { x: reshapeTo(x, x.shape.filter(isKept)), labels: labels.filter(isKept) }
}

/** Takes the diagonal along the axes of each label that is given twice: elements `i n + i` of n^2. */
const diagonal = ({ x, labels }: Term): Term => {
  const second = labels.findIndex((label, axis) => labels.indexOf(label) < axis)
  if (second < 0) return { x, labels }
  const first = labels.indexOf(labels[second]!)
  const others = labels.map((_, axis) => axis).filter((axis) => axis !== first && axis !== second)
  const lead = others.map((axis) => x.shape[axis]!)
  const n = x.shape[first]!
  const square = reshapeTo(permuteTo(x, [...others, first, second]), [...lead, n * n])
  const onDiagonal = Array.from({ length: n }, (_, i) => i * n + i)
  const taken = gather(square, onDiagonal, { axis: lead.length })
  return diagonal({ x: taken, labels: [...others.map((axis) => labels[axis]!), labels[first]!] })
}

/** Sums over the axes whose labels are not needed. */
const summed = ({ x, labels }: Term, isNeeded: (label: string) => boolean): Term => ({
  x: sumOver(
    x,
    labels.flatMap((label, axis) => (isNeeded(label) ? [] : [axis]))
  ),
  labels: labels.filter(isNeeded)
})

/**
 * The operand with one axis for each group of labels. Groups that lie together are merged before they are permuted,
 * which leaves a view.
 */
const grouped = (term: Term, groups: readonly (readonly string[])[]): Tensor => {
  const { x, labels } = term
  if (groups.every((group, axis) => group.length === 1 && group[0] === labels[axis])) return x
  const sizes = groups.map((group) => size(sizesOf(term, group)))
  const places = groups.map((group) => (group.length === 0 ? labels.length : labels.indexOf(group[0]!)))
  const inPlace = groups.map((_, index) => index).sort((a, b) => places[a]! - places[b]!)
  const together = inPlace.flatMap((index) => groups[index]!)
  if (together.every((label, axis) => label === labels[axis])) {
    const merged = reshapeTo(
      x,
      inPlace.map((index) => sizes[index]!)
    )
    return permuteTo(
      merged,
      groups.map((_, index) => inPlace.indexOf(index))
    )
  }
  return reshapeTo(permuted(term, groups.flat()).x, sizes)
}

// -----------------------------------------------------------------------------
// two operands
// -----------------------------------------------------------------------------

const single = (label: string): readonly string[] => [label]

/** The product of two operands, summed over the labels that they share and nobody else needs. */
const contract = (a: Term, b: Term, isNeeded: (label: string) => boolean): Term => {
  const shared = a.labels.filter((label) => b.labels.includes(label))
  const batch = shared.filter(isNeeded)
  // In the order of the first operand, whatever the sizes: the order of terms decides the last bits.
  const contracted = shared.filter((label) => !isNeeded(label))
  const left = a.labels.filter((label) => !shared.includes(label))
  const right = b.labels.filter((label) => !shared.includes(label))
  const labels = [...batch, ...left, ...right]
  const shape = [...sizesOf(a, batch), ...sizesOf(a, left), ...sizesOf(b, right)]
  if (contracted.length === 0 && (left.length === 0 || right.length === 0)) {
    const one = left.map(() => 1)
    const x = reshapeTo(permuted(a, [...batch, ...left]).x, [...sizesOf(a, [...batch, ...left]), ...right.map(() => 1)])
    const y = reshapeTo(permuted(b, [...batch, ...right]).x, [...sizesOf(b, batch), ...one, ...sizesOf(b, right)])
    return { x: mul(x, y), labels }
  }
  const lead = batch.map(single)
  const product = matmul(grouped(a, [...lead, left, contracted]), grouped(b, [...lead, contracted, right]))
  return { x: reshapeTo(product, shape), labels }
}

/** How much larger the elementwise extent of a product is than that of its operands. */
const growth = (a: Term, b: Term, isNeeded: (label: string) => boolean): number => {
  const kept = [...a.labels, ...b.labels.filter((label) => !a.labels.includes(label))].filter(isNeeded)
  const result = size(kept.map((label) => sizeOf(a.labels.includes(label) ? a : b, label)))
  return result - size(a.x.shape) - size(b.x.shape)
}

/** Contracts two operands at a time: those whose product grows least. */
const contractAll = (terms: readonly Term[], output: readonly string[]): Term => {
  const [first, second] = terms
  if (first === undefined || second === undefined) return first!
  if (terms.length === 2) return contract(first, second, (label) => output.includes(label))
  let best = { a: first, b: second, isNeeded: (_label: string): boolean => true, growth: Infinity }
  for (const a of terms) {
    for (const b of terms.slice(terms.indexOf(a) + 1)) {
      const others = terms.filter((term) => term !== a && term !== b)
      const isNeeded = (label: string): boolean =>
        output.includes(label) || others.some((other) => other.labels.includes(label))
      const grown = growth(a, b, isNeeded)
      if (grown < best.growth) best = { a, b, isNeeded, growth: grown }
    }
  }
  const { a, b, isNeeded } = best
  return contractAll([...terms.filter((term) => term !== a && term !== b), contract(a, b, isNeeded)], output)
}

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/**
 * Einstein's summation: the product of the operands, summed over every label that the result does not have.
 *
 * One letter per axis: `'ij,jk->ik'` is the matrix product. A letter given twice in one term takes the diagonal.
 * Without `->`, the result has the letters that occur once, in alphabetical order. `...` stands for further axes, which
 * broadcast. Two operands at a time are contracted by `matmul`, and by its rule of bits, with the terms in the order of the first
 * one's letters; where nothing is summed and no axis is new to one of them, elements are multiplied by `mul`. Of three or more, those
 * come first whose product grows least, which depends on the sizes.
 *
 * @throws ShapeError when the formula does not fit the operands, or a label has two sizes
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const a = T.of([[1, 2], [3, 4]])
 * T.einsum('ij,j->i', a, T.of([1, 10])) // => T.of([21, 43])
 * T.einsum('ii->', a) // => T.scalar(5)
 * T.einsum('ij->ji', a) // => T.of([[1, 3], [2, 4]])
 * T.einsum('...qd,...kd->...qk', T.zeros([2, 8, 5, 3]), T.zeros([2, 8, 7, 3])).shape // => [2, 8, 5, 7]
 */
export const einsum = (formula: string, ...operands: readonly Tensor[]): Tensor => {
  if (typeof formula !== 'string') {
    throw new ShapeError('einsum', [], `formula is ${describe(formula)}; expected a string such as 'ij,jk->ik'`)
  }
  operands.forEach((x, i) => requireTensor('einsum', x, `operand ${i}`))
  const { inputs, output, sizes } = parseFormula(
    formula,
    operands.map(({ shape }) => shape)
  )
  const terms = operands.map((x, index) => diagonal(squeezed({ x, labels: inputs[index]! }, sizes)))
  const reduced = terms.map((term) =>
    summed(
      term,
      (label) => output.includes(label) || terms.some((other) => other !== term && other.labels.includes(label))
    )
  )
  return permuted(contractAll(reduced, output), output).x
}

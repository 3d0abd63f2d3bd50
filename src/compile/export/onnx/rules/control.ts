/** Loops and choices, as graphs inside the graph, which read what stands around them. */
import { along } from '../../../../tensor/stridedWindow.js'
import type { Program, TensorType } from '../../../../primitive/model.js'
import { condPrimitive } from '../../../../control/condPrimitive.js'
import { scanPrimitive } from '../../../../control/scanPrimitive.js'
import { type Scanned, type Step, cut } from '../../../../control/step.js'
import { whilePrimitive } from '../../../../control/whilePrimitive.js'
import type { ValueInfoProto } from '../../../../onnx/model.js'
import { elementCodes } from '../../../../onnx/model.js'
import type { Inner } from '../../model.js'
import {
  type Value,
  type Writer,
  freshName,
  full,
  graphInside,
  graphOf,
  infoOf,
  int,
  integers,
  intsOf,
  nodes,
  whole
} from '../graph.js'
import { filled, pointwise } from '../values.js'
import { sliced } from './layout.js'
import { type Line, on } from './on.js'

type Within = Inner<Writer, Value>

/** Inputs of a graph inside, of the types of values. */
const inputsOf = (writer: Writer, types: readonly TensorType[]): readonly Value[] =>
  types.map((type) => whole(freshName(writer, 'v'), type))

const infos = (values: readonly Value[]): readonly ValueInfoProto[] => values.map((value) => infoOf(value.name, value))

const wholes = (writer: Writer, values: readonly Value[]): readonly Value[] =>
  values.map((value) => whole(full(writer, value), value))

const names = (writer: Writer, values: readonly Value[]): readonly string[] => values.map((each) => full(writer, each))

const bool: TensorType = { shape: [], dtype: 'bool' }

/** The number of a step of `Loop`, which is an int64. */
const counterOf = (writer: Writer): { readonly name: string; readonly info: ValueInfoProto } => {
  const name = freshName(writer, 'v')
  return { name, info: { name, type: { kind: 'tensor', elementType: elementCodes.int64, shape: [] } } }
}

/** `Scan` steps along its elements by itself. */
const scanned = (
  writer: Writer,
  operands: readonly Value[],
  { step, reverse }: Scanned,
  results: readonly TensorType[],
  inner: Within
): readonly Value[] => {
  const { program, carries, elements } = step
  const [init, xs, constants] = cut(operands, carries, elements)
  const types = program.inputs.slice(0, carries + elements)
  const inputs = inputsOf(writer, types)
  const body = graphInside(writer, infos(inputs), (within) =>
    wholes(within, inner(within, program, [...inputs, ...constants]))
  )
  const directions = (count: number) => intsOf(new Array<number>(count).fill(reverse ? 1 : 0))
  const found = nodes(writer, 'Scan', [...names(writer, init), ...names(writer, xs)], results.length, {
    body: graphOf(body),
    num_scan_inputs: int(elements),
    ...(reverse
      ? { scan_input_directions: directions(elements), scan_output_directions: directions(results.length - carries) }
      : {})
  })
  return results.map((type, i) => whole(found[i]!, type))
}

/** What decides whether `Loop` goes on: before the first step, and behind a step by what it was told and the next carry. */
interface GoingOn {
  readonly most: number
  readonly atStart: () => Value
  readonly behind: (within: Writer, told: Value, next: readonly Value[]) => Value
}

/** `Loop` over steps that take no elements: the last carry, and what the steps emit. */
const looped = (
  writer: Writer,
  [init, constants]: readonly [init: readonly Value[], constants: readonly Value[]],
  { program, carries }: Step,
  { most, atStart, behind }: GoingOn,
  results: readonly TensorType[],
  inner: Within
): readonly Value[] => {
  const counter = counterOf(writer)
  const told = whole(freshName(writer, 'v'), bool)
  const inputs = inputsOf(writer, program.inputs.slice(0, carries))
  const body = graphInside(writer, [counter.info, ...infos([told, ...inputs])], (within) => {
    const next = wholes(within, inner(within, program, [...inputs, ...constants]))
    return [behind(within, told, next), ...next]
  })
  const starts = atStart().name
  const found = nodes(writer, 'Loop', [integers(writer, most), starts, ...names(writer, init)], results.length, {
    body: graphOf(body)
  })
  return results.map((type, i) => whole(found[i]!, type))
}

/** Steps that take no elements, so many of them. */
const counted = (
  writer: Writer,
  operands: readonly Value[],
  { step, length, reverse }: Scanned,
  results: readonly TensorType[],
  inner: Within
): readonly Value[] => {
  const always: GoingOn = { most: length, atStart: () => filled(writer, bool, 1), behind: (_within, told) => told }
  return looped(writer, cut(operands, step.carries), step, always, results, inner).map((value, i) =>
    reverse && i >= step.carries
      ? whole(sliced(writer, value.name, value.shape, along(value.shape, 0, length - 1, length, -1)), value)
      : value
  )
}

/** What one graph gives, or another, by a mask. */
export const either = (
  writer: Writer,
  mask: Value,
  onTrue: (within: Writer) => readonly Value[],
  onFalse: (within: Writer) => readonly Value[],
  results: readonly TensorType[]
): readonly Value[] => {
  const [then, otherwise] = [onTrue, onFalse].map((write) =>
    graphOf(graphInside(writer, [], (within) => wholes(within, write(within))))
  )
  const found = nodes(writer, 'If', [mask.name], results.length, { then_branch: then!, else_branch: otherwise! })
  return results.map((type, i) => whole(found[i]!, type))
}

/** One of several programs, by an index that is clamped. */
const choice = (
  writer: Writer,
  index: Value,
  operands: readonly Value[],
  branches: readonly Program[],
  from: number,
  results: readonly TensorType[],
  inner: Within
): readonly Value[] => {
  const [first, ...rest] = branches
  if (rest.length === 0) return inner(writer, first!, operands)
  const isLater = pointwise(writer, 'Greater', bool, [index, filled(writer, index, from)])
  const later = (within: Writer) => choice(within, index, operands, rest, from + 1, results, inner)
  return either(writer, isLater, later, (within) => inner(within, first!, operands), results)
}

export const control: readonly Line[] = /* @__PURE__ */ [
  on(scanPrimitive, (w, operands, params, results, inner) => {
    if (params.length === 0) {
      const emitted = results.slice(params.step.carries).map((type) => filled(w, type, 0))
      return [...operands.slice(0, params.step.carries), ...emitted]
    }
    return params.step.elements > 0
      ? scanned(w, operands, params, results, inner)
      : counted(w, operands, params, results, inner)
  }),
  on(condPrimitive, (w, [index, ...operands], { branches }, results, inner) =>
    choice(w, index!, operands, branches, 0, results, inner)
  ),
  on(whilePrimitive, (w, operands, { condition, step, maxSteps }, results, inner) => {
    const [init, constants] = cut(operands, step.carries)
    const goesOn = (writer: Writer, carry: readonly Value[]): Value =>
      wholes(writer, inner(writer, condition, [...carry, ...constants]))[0]!
    const goingOn: GoingOn = {
      most: Math.min(maxSteps, Number.MAX_SAFE_INTEGER),
      atStart: () => goesOn(w, init),
      behind: (within, _told, next) => goesOn(within, next)
    }
    return looped(w, [init, constants], step, goingOn, results, inner)
  })
]

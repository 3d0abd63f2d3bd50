/** Loops and choices, as graphs inside the graph, which read what stands around them. */
import { along } from '../../../../tensor/stridedWindow.js'
import type { Program, TensorType } from '../../../../primitive/model.js'
import { condPrimitive } from '../../../../control/condPrimitive.js'
import { scanPrimitive } from '../../../../control/scanPrimitive.js'
import { type Scanned, cut } from '../../../../control/step.js'
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

/** `Loop` for steps that take no elements. */
const counted = (
  writer: Writer,
  operands: readonly Value[],
  { step, length, reverse }: Scanned,
  results: readonly TensorType[],
  inner: Within
): readonly Value[] => {
  const { program, carries } = step
  const [init, constants] = cut(operands, carries)
  const counter = counterOf(writer)
  const goesOn = whole(freshName(writer, 'v'), bool)
  const inputs = inputsOf(writer, program.inputs.slice(0, carries))
  const body = graphInside(writer, [counter.info, ...infos([goesOn, ...inputs])], (within) => [
    goesOn,
    ...wholes(within, inner(within, program, [...inputs, ...constants]))
  ])
  const always = filled(writer, bool, 1)
  const found = nodes(writer, 'Loop', [integers(writer, length), always.name, ...names(writer, init)], results.length, {
    body: graphOf(body)
  })
  return results.map((type, i) =>
    reverse && i >= carries
      ? whole(sliced(writer, found[i]!, type.shape, along(type.shape, 0, length - 1, length, -1)), type)
      : whole(found[i]!, type)
  )
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
  const [later, now] = [
    graphInside(writer, [], (within) =>
      wholes(within, choice(within, index, operands, rest, from + 1, results, inner))
    ),
    graphInside(writer, [], (within) => wholes(within, inner(within, first!, operands)))
  ]
  const found = nodes(writer, 'If', [isLater.name], results.length, {
    then_branch: graphOf(later),
    else_branch: graphOf(now)
  })
  return results.map((type, i) => whole(found[i]!, type))
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
    const counter = counterOf(w)
    const goesOn = whole(freshName(w, 'v'), bool)
    const inputs = inputsOf(w, step.program.inputs.slice(0, step.carries))
    const body = graphInside(w, [counter.info, ...infos([goesOn, ...inputs])], (within) => {
      const next = wholes(within, inner(within, step.program, [...inputs, ...constants]))
      return [...wholes(within, inner(within, condition, [...next, ...constants])), ...next]
    })
    const [starts] = wholes(w, inner(w, condition, operands))
    const most = integers(w, Math.min(maxSteps, Number.MAX_SAFE_INTEGER))
    const found = nodes(w, 'Loop', [most, starts!.name, ...names(w, init)], results.length, { body: graphOf(body) })
    return results.map((type, i) => whole(found[i]!, type))
  })
]

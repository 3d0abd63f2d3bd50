/** Rules for loops and choices, whose programs become regions that read values around them. */
import type { TensorType } from '../../../primitive/model.js'
import { condPrimitive } from '../../../control/condPrimitive.js'
import { scanPrimitive } from '../../../control/scanPrimitive.js'
import { cut } from '../../../control/step.js'
import { whilePrimitive } from '../../../control/whilePrimitive.js'
import type { Rules } from '../model.js'
import { compare, reshape } from './operations.js'
import { listText, typeText, typesText } from './text.js'
import { type Value, type Writer, emitAll, on, plain, region, splat, typed } from './writer.js'

const integer = (writer: Writer, value: number): Value => splat(writer, value, 'int32', [])

// -----------------------------------------------------------------------------
// loops
// -----------------------------------------------------------------------------

type Body = (writer: Writer, carry: readonly Value[]) => readonly Value[]

/** A loop over values that it carries, as long as a condition on them holds. */
const loop = (writer: Writer, start: readonly Value[], goesOn: Body, step: Body): readonly Value[] => {
  const { inputs, lines: condition } = region(writer, start, goesOn)
  // Both regions call the carried values by the same names.
  const { lines: body } = region(writer, [], (inner) => step(inner, inputs))
  const carried = inputs.map(({ id }, i) => `${id} = ${start[i]!.id}`).join(', ')
  return emitAll(
    writer,
    [
      `stablehlo.while(${carried}) : ${typesText(start)}`,
      `${writer.indent}cond {`,
      ...condition,
      `${writer.indent}} do {`,
      ...body,
      `${writer.indent}}`
    ],
    start
  )
}

/** The row of an array at an index of its first axis. */
const rowAt = (writer: Writer, x: Value, at: Value): Value => {
  const [, ...rest] = x.shape
  const starts = [at, ...rest.map(() => integer(writer, 0))]
  const row = typed(writer, 'dynamic_slice', [x, ...starts], `sizes = ${listText([1, ...rest])}`, {
    shape: [1, ...rest],
    dtype: x.dtype
  })
  return reshape(writer, row, rest)
}

/** The array with another row at an index. */
const withRow = (writer: Writer, x: Value, row: Value, at: Value): Value => {
  const starts = [at, ...row.shape.map(() => integer(writer, 0))]
  const update = reshape(writer, row, [1, ...row.shape])
  return typed(writer, 'dynamic_update_slice', [x, update, ...starts], '', x)
}

// -----------------------------------------------------------------------------
// choices
// -----------------------------------------------------------------------------

/** One of several programs, by an index that is clamped. */
const choice = (
  writer: Writer,
  chosen: Value,
  branches: readonly ((inner: Writer) => readonly Value[])[],
  results: readonly TensorType[]
): readonly Value[] => {
  const regions = branches.map((branch) => region(writer, [], branch).lines)
  const lines = regions.flatMap((each, i) => [...(i === 0 ? [] : [`${writer.indent}}, {`]), ...each])
  return emitAll(
    writer,
    [
      `"stablehlo.case"(${chosen.id}) ({`,
      ...lines,
      `${writer.indent}}) : (${typeText(chosen)}) -> (${typesText(results)})`
    ],
    results
  )
}

// -----------------------------------------------------------------------------
// the rules
// -----------------------------------------------------------------------------

/** The rules. */
export const control: Rules<Writer, Value> = /* @__PURE__ */ new Map([
  on(scanPrimitive, (writer, operands, { step, length, reverse }, results, inner) => {
    const [init, elements, constants] = cut(operands, step.carries, step.elements)
    const emitted = results.slice(step.carries).map(({ shape, dtype }) => splat(writer, 0, dtype, shape))
    if (length === 0) return [...init, ...emitted]
    const start = [integer(writer, 0), ...init, ...emitted]
    const last = loop(
      writer,
      start,
      (own, [count]) => [compare(own, 'less', count!, integer(own, length))],
      (own, [count, ...carried]) => {
        const [carry, rows] = cut(carried, step.carries)
        const at = reverse ? plain(own, 'subtract', [integer(own, length - 1), count!]) : count!
        const given = elements.map((x) => rowAt(own, x, at))
        const [next, made] = cut(inner(own, step.program, [...carry, ...given, ...constants]), step.carries)
        return [
          plain(own, 'add', [count!, integer(own, 1)]),
          ...next,
          ...rows.map((x, i) => withRow(own, x, made[i]!, at))
        ]
      }
    )
    return last.slice(1)
  }),
  on(whilePrimitive, (writer, operands, { condition, step, maxSteps }, _results, inner) => {
    const [init, constants] = cut(operands, step.carries)
    const most = Math.min(maxSteps, 2 ** 31 - 1)
    const last = loop(
      writer,
      [integer(writer, 0), ...init],
      (own, [count, ...carry]) => {
        const [goesOn] = inner(own, condition, [...carry, ...constants])
        return [plain(own, 'and', [goesOn!, compare(own, 'less', count!, integer(own, most))])]
      },
      (own, [count, ...carry]) => [
        plain(own, 'add', [count!, integer(own, 1)]),
        ...inner(own, step.program, [...carry, ...constants])
      ]
    )
    return last.slice(1)
  }),
  on(condPrimitive, (writer, [chosen, ...operands], { branches }, results, inner) => {
    // The format takes the last branch for what is out of range on either side.
    const clamped = plain(writer, 'maximum', [chosen!, integer(writer, 0)])
    return choice(
      writer,
      clamped,
      branches.map((branch) => (own: Writer) => inner(own, branch, operands)),
      results
    )
  })
])

/** Loops over the same operands as one loop. */
import type { Equation, Program } from '../primitive/model.js'
import { codeNameOf } from '../primitive/code.js'
import { type Scanned, type Step, cut } from '../control/step.js'
import { equation, hasEffect } from '../transform/program.js'
import { removeUnread } from './dead.js'
import { atomKey } from './key.js'
import { type Replaced, reading, renumbered, replacedBy, throughout, withEquations } from './rewrite.js'
import { shareCommon } from './share.js'

interface Scan extends Equation {
  readonly params: Scanned
}

const isScan = (each: Equation): each is Scan => codeNameOf(each.primitive) === 'scan' && !hasEffect(each)

/** Equal for scans that could be one: the same operands, in the same groups, gone through in the same way. */
const courseKey = ({ operands, params: { step, length, reverse } }: Scan): string =>
  `${step.carries} ${step.elements} ${length} ${reverse} ${operands.map(atomKey).join(' ')}`

/** A step that emits what two steps emit, and which of its emitted values are those of the second. */
interface Union {
  readonly step: Step
  readonly emitted: readonly number[]
}

/** Two steps as one, if their carries go the same way. */
const union = (a: Step, b: Step): Union | undefined => {
  const { carries, elements } = a
  const inputs: Replaced = new Map(b.program.inputs.map((input, i) => [input, a.program.inputs[i]!]))
  const { equations, places } = renumbered(b.program, a.program.places, inputs)
  const both = removeUnread(
    shareCommon<Program>({
      inputs: a.program.inputs,
      equations: [...a.program.equations, ...equations],
      outputs: [...a.program.outputs, ...b.program.outputs.map((output) => replacedBy(inputs, output))],
      places
    })
  )
  const [ofA, ofB] = cut(both.outputs.map(atomKey), a.program.outputs.length)
  if (ofA.slice(0, carries).join(' ') !== ofB.slice(0, carries).join(' ')) return undefined
  const outputs = both.outputs.slice(0, a.program.outputs.length)
  const keys = ofA.slice(carries)
  const emitted = ofB.slice(carries).map((key, i) => {
    const before = keys.indexOf(key)
    if (before >= 0) return before
    outputs.push(both.outputs[ofA.length + carries + i]!)
    return keys.push(key) - 1
  })
  const program: Program = removeUnread(Object.freeze({ ...both, outputs: Object.freeze(outputs) }))
  return { step: { program, carries, elements }, emitted }
}

/** Two scans as one, which has the results of both; `replaced` learns which results of the second those of the first are. */
const merged = (first: Scan, second: Scan, replaced: Replaced): Scan | undefined => {
  const one = union(first.params.step, second.params.step)
  if (one === undefined) return undefined
  const { carries } = one.step
  const results = [...first.results]
  const [carried, emitted] = cut(second.results, carries)
  carried.forEach((result, i) => replaced.set(result, results[i]!))
  emitted.forEach((result, i) => {
    const place = carries + one.emitted[i]!
    if (place < results.length) replaced.set(result, results[place]!)
    else results.push(result)
  })
  const params: Scanned = Object.freeze({ ...first.params, step: Object.freeze(one.step) })
  return { ...equation(first.primitive, params, first.operands, results, first.scope), params }
}

/**
 * The program in which scans over the same operands, whose carries go the same way, are one scan that emits what each of
 * them did; the programs inside it too. So the gradient of a scan goes forward once instead of twice: for its value,
 * and for the carries that the way back needs.
 *
 * The value is the same bit for bit; derivatives are the same up to rounding.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as Program from 'pullback/Program'
 * import { scan } from 'pullback/Control'
 * import { valueAndGrad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const f = (x: T.Tensor<[]>) => scan((c: T.Tensor<[]>) => [T.sin(c), undefined], { length: 9 })(x)[0]
 * const scans = ({ equations }: Program.Program) => equations.filter(({ primitive }) => primitive.name === 'scan').length
 * const program = Debug.trace(valueAndGrad(f))(T.scalar(1))
 * scans(program) // => 3
 * scans(Program.mergeScans(program)) // => 2
 */
export const mergeScans: <P extends Program>(program: P) => P = /* @__PURE__ */ throughout((program) => {
  const equations: Equation[] = []
  const places = new Map<string, number[]>()
  const replaced: Replaced = new Map()
  const place = (each: Scan): void => {
    const key = courseKey(each)
    const before = places.get(key) ?? []
    places.set(key, before)
    for (const at of before) {
      const earlier = equations[at]!
      const one = isScan(earlier) ? merged(earlier, each, replaced) : undefined
      if (one === undefined) continue
      equations[at] = one
      return
    }
    before.push(equations.push(each) - 1)
  }
  for (const each of program.equations) {
    const now = reading(each, replaced)
    if (isScan(now)) place(now)
    else equations.push(now)
  }
  return withEquations(
    program,
    equations,
    program.outputs.map((output) => replacedBy(replaced, output))
  )
})

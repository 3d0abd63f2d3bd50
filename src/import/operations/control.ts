/** Choices and loops, whose bodies are graphs inside of nodes. */
import { upTo } from '../../kernel/library/kinds.js'
import { cond, scan, whileLoop } from '../../Control.js'
import { known } from '../../control/predicate.js'
import * as T from '../../Tensor.js'
import type { Tensor } from '../../tensor/model.js'
import { type Node, type Operation, type Operations, type Outer, type Subgraph } from '../operation.js'
import { axisOf, numberOf, refuse } from '../values.js'

type Tensors = readonly Tensor[]

/** A scalar bool from a condition, which may have one element on axes. */
const scalarOf = (x: Tensor): Tensor<[]> => T.reshape(T.cast(x, 'bool'), [])

/** Only the branch that is taken runs where the condition is known; else both are staged, with results of one shape. */
const choice: Operation = {
  least: 1,
  most: 1,
  prepare: (node) => {
    const [ifTrue, ifFalse] = [node.graph('then_branch', []), node.graph('else_branch', [])]
    for (const [name, branch] of [
      ['then_branch', ifTrue],
      ['else_branch', ifFalse]
    ] as const) {
      if (branch.inputs > 0) node.fault(`has a ${name} with ${branch.inputs} inputs; expected none`)
    }
    if (ifTrue.outputs !== ifFalse.outputs) {
      node.fault(`has branches with ${ifTrue.outputs} and ${ifFalse.outputs} outputs; expected as many`)
    }
    return ([test], outer) =>
      cond(
        scalarOf(test!),
        () => ifTrue.run([], outer),
        () => ifFalse.run([], outer)
      )()
  },
  types: (node) => node.graph('then_branch', []).types
}

// -----------------------------------------------------------------------------
// loops
// -----------------------------------------------------------------------------

interface Loop {
  readonly body: Subgraph
  readonly count: number
  readonly outer: Outer
}

/** A loop of a known number of steps is a `scan`: one operation of a staged function. */
const counted = ({ body, count, outer }: Loop, init: Tensors): Tensors => {
  const [last, stacked] = scan((state: Tensors, step: Tensor): readonly [Tensors, Tensors] => {
    const [, ...next] = body.run([step, T.scalar(true), ...state], outer)
    return [next.slice(0, state.length), next.slice(state.length)]
  })(init, T.arange(count, 'int32'))
  return [...last, ...stacked]
}

/** A loop that goes on from a step, by a condition that is not known: its results have a fixed shape. */
const conditional = ({ body, count, outer }: Loop, from: number, test: Tensor, init: Tensors): Tensors => {
  if (body.outputs - 1 > init.length) {
    refuse('has outputs of every step and a number of steps that depends on values; expected a known number')
  }
  type State = readonly [step: Tensor, test: Tensor, ...state: Tensors]
  const start: State = [T.scalar(from, 'int32'), scalarOf(test), ...init]
  const [, , ...last] = whileLoop(
    ([step, goesOn]: State): Tensor<[]> =>
      scalarOf(count === Infinity ? goesOn : T.logicalAnd(goesOn, T.less(step, count))),
    ([step, goesOn, ...state]): State => {
      const [again, ...next] = body.run([step, goesOn, ...state], outer)
      return [T.add(step, 1), scalarOf(again!), ...next]
    }
  )(start)
  return last
}

/** A loop on values is an ordinary one: its state may change its shape. */
const iterated = (loop: Loop, first: Tensor, init: Tensors): Tensors => {
  const { body, count, outer } = loop
  const rows: (readonly Tensor[])[] = []
  let [test, state] = [first, init]
  for (let step = 0; step < count; step++) {
    const value = known(scalarOf(test))
    if (value.kind !== 'one') return conditional(loop, step, test, state)
    if (value.value === 0) break
    const [again, ...next] = body.run([T.scalar(step, 'int32'), T.scalar(true), ...state], outer)
    test = again!
    state = next.slice(0, init.length)
    rows.push(next.slice(init.length))
  }
  const outputs = upTo(body.outputs - 1 - init.length)
  if (rows.length === 0 && outputs.length > 0) refuse('takes no step, so that the shapes of its outputs are not known')
  return [...state, ...outputs.map((i) => T.stack(rows.map((row) => row[i]!)))]
}

const carriedTypes = (node: Node): Subgraph =>
  node.graph('body', ['int64', 'bool', ...upTo(Math.max(0, node.inputs - 2)).map((i) => node.type(i + 2))])

const loop: Operation = {
  least: 2,
  most: Infinity,
  prepare: (node) => {
    const body = carriedTypes(node)
    const carried = node.inputs - 2
    if (body.inputs !== carried + 2 || body.outputs < carried + 1) {
      node.fault(
        `has a body of ${body.inputs} inputs and ${body.outputs} outputs; expected ${carried + 2} and at least ${carried + 1}`
      )
    }
    return ([most, test, ...given], outer) => {
      const count = most === undefined ? Infinity : numberOf(most, 'the number of steps')
      const init = given.map((each) => each ?? refuse('has a state that is not given'))
      const isStaged = init.some((each) => each.level > 0)
      const goesOn = test === undefined || (test.level === 0 && numberOf(test, 'the condition') !== 0)
      if (isStaged && goesOn && body.isEndless && count !== Infinity) return counted({ body, count, outer }, init)
      return iterated({ body, count, outer }, test ?? T.scalar(true), init)
    }
  },
  types: (node) => carriedTypes(node).types.slice(1)
}

// -----------------------------------------------------------------------------
// scans
// -----------------------------------------------------------------------------

const scanned: Operation = {
  least: 1,
  most: Infinity,
  prepare: (node) => {
    if (node.version < 9) node.fault('is of a version that has a batch axis; expected operator set 9 or later')
    const body = node.graph('body', upTo(node.inputs).map(node.type))
    const elements = node.int('num_scan_inputs', 0)
    const carried = node.inputs - elements
    const [inAxes, inReversed] = [node.ints('scan_input_axes'), node.ints('scan_input_directions')]
    const [outAxes, outReversed] = [node.ints('scan_output_axes'), node.ints('scan_output_directions')]
    if (elements < 1 || carried < 0) node.fault(`has num_scan_inputs ${elements} for ${node.inputs} inputs`)
    if (body.inputs !== node.inputs) node.fault(`has a body of ${body.inputs} inputs; expected ${node.inputs}`)
    const turned = (x: Tensor, isReversed: boolean): Tensor => (isReversed ? T.flip(x, { axis: 0 }) : x)
    return (inputs, outer) => {
      const given = inputs.map((each) => each ?? refuse('has an input that is not given'))
      const xs = given.slice(carried).map((x, i) => {
        const axis = axisOf(inAxes?.[i] ?? 0, x.shape.length)
        return turned(T.moveAxis(x, axis, 0), inReversed?.[i] === 1)
      })
      const [last, stacked] = scan((state: Tensors, each: Tensors): readonly [Tensors, Tensors] => {
        const next = body.run([...state, ...each], outer)
        return [next.slice(0, carried), next.slice(carried)]
      })(given.slice(0, carried), xs)
      const ys = stacked.map((y, i) =>
        T.moveAxis(turned(y, outReversed?.[i] === 1), 0, axisOf(outAxes?.[i] ?? 0, y.shape.length))
      )
      return [...last, ...ys]
    }
  },
  types: (node) => node.graph('body', upTo(node.inputs).map(node.type)).types
}

export const control: Operations = { If: choice, Loop: loop, Scan: scanned }

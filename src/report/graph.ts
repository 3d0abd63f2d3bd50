/** Programs as drawings: the circuit of a function as Graphviz text, with values and gradients on its edges. */
import { pullBack } from '../calculus/leafwise.js'
import { isFloat } from '../DType.js'
import type { StagedProgram } from '../debug/trace.js'
import { showType } from '../debug/show.js'
import { refusal } from '../internal/describe.js'
import { options, positiveCount } from '../internal/options.js'
import { bind } from '../primitive/bind.js'
import { type Atom, type Equation, type Program, type Slots, Variable } from '../primitive/model.js'
import { read } from '../primitive/traced.js'
import { add } from '../tensor/arithmetic.js'
import { toNested } from '../tensor/destruct.js'
import { type Tensor, fill } from '../tensor/model.js'
import { size } from '../shape/model.js'
import { isProgram } from '../transform/program.js'
import { showCell, showNumber } from './cells.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * How a program is drawn.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as Report from 'pullback/Report'
 * import * as T from 'pullback/Tensor'
 *
 * const options: Report.GraphOptions = { names: ['angle'] }
 * const program = Debug.trace((x: T.Tensor<[]>) => T.sin(x))(T.scalar(0))
 * Report.graphviz(program, options)(T.scalar(0)).includes('label="angle"') // => true
 */
export interface GraphOptions {
  /** The names of the inputs, in their order; by default where they stand among the arguments: `args[0].w`. */
  readonly names?: readonly string[]
  /** The significant digits of numbers, 4 by default. */
  readonly digits?: number
}

const check = /* @__PURE__ */ options<GraphOptions>('graphviz', {
  names: {
    expected: 'an array of strings',
    holds: (value) => Array.isArray(value) && value.every((name) => typeof name === 'string')
  },
  digits: positiveCount
})

// -----------------------------------------------------------------------------
// values and gradients
// -----------------------------------------------------------------------------

/** An equation as it ran: its operands, and how cotangents of its results go back to them. */
interface Ran {
  readonly equation: Equation
  readonly operands: readonly Tensor[]
  readonly pull: (cotangents: Slots) => Slots
}

/** What is known of a run. */
interface Run {
  readonly valueOf: (atom: Atom) => Tensor
  /** The gradient of a variable: the sum of what its readers send back. */
  readonly gradientOf: (atom: Atom) => Tensor | undefined
  /** What the operand of an equation sends back. */
  readonly sentBack: (equation: Equation, operand: number) => Tensor | undefined
}

const runOf = (program: Program, inputs: readonly Tensor[]): Run => {
  const values = new Map<Variable, Tensor>(program.inputs.map((input, i) => [input, read('graphviz', inputs[i]!)]))
  const valueOf = (atom: Atom): Tensor => (atom instanceof Variable ? values.get(atom)! : atom)
  const ran = program.equations.map((equation): Ran => {
    const { primitive, params, results } = equation
    const operands = equation.operands.map(valueOf)
    const call = (leaves: readonly Tensor[]): readonly Tensor[] => bind(primitive, leaves, params)
    const { value, pull } = pullBack('graphviz', call, operands, (i) => equation.operands[i] instanceof Variable)
    results.forEach((result, i) => values.set(result, value[i]!))
    return { equation, operands, pull }
  })

  const gradients = new Map<Atom, Tensor>()
  const sent = new Map<Equation, Slots>()
  const [output, ...others] = program.outputs
  if (output !== undefined && others.length === 0 && output.shape.length === 0 && isFloat(output.dtype)) {
    gradients.set(output, fill([], output.dtype, 1))
    for (const { equation, pull } of [...ran].reverse()) {
      const cotangents = equation.results.map((result) => gradients.get(result))
      if (cotangents.every((cotangent) => cotangent === undefined)) continue
      const back = pull(cotangents)
      sent.set(equation, back)
      equation.operands.forEach((operand, i) => {
        const [before, own] = [gradients.get(operand), back[i]]
        if (own !== undefined && operand instanceof Variable) gradients.set(operand, before ? add(before, own) : own)
      })
    }
  }
  return {
    valueOf,
    gradientOf: (atom) => gradients.get(atom),
    sentBack: (equation, operand) => sent.get(equation)?.[operand]
  }
}

// -----------------------------------------------------------------------------
// text
// -----------------------------------------------------------------------------

const quoted = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Tensors of more elements are written as their types. */
const few = 6

const [green, red] = ['#2e7d32', '#c62828']

/**
 * A program, such as that of `Debug.trace`, as Graphviz DOT text: a circuit whose edges carry the values for these arguments in green and, where its
 * result is one scalar, below them its gradients in red. A value that is read in several places branches at a point: before it stands its
 * gradient, behind it are the parts that add up to it. Tensors of more than six elements are written as their types.
 *
 * `dot -Tsvg` draws the text. The program runs once, forward and back; arguments must fit it, as in `Debug.evaluate`.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as Report from 'pullback/Report'
 * import * as T from 'pullback/Tensor'
 *
 * type Scalar = T.Tensor<[]>
 * const circuit = (x: Scalar, y: Scalar, z: Scalar) => T.mul(T.add(x, y), z)
 * const at = [T.scalar(-2), T.scalar(5), T.scalar(-4)] as const
 * const text = Report.graphviz(Debug.trace(circuit)(...at), { names: ['x', 'y', 'z'] })(...at)
 * const plain = text.replace(/<[^<>]+>/g, ' ').split('\n')
 * plain.filter((line) => line.includes('->')).map((line) => line.replace(/\s+/g, ' ').trim())
 * // => ['input0 -> equation0 [label=< -2 -4 >]', 'input1 -> equation0 [label=< 5 -4 >]', 'equation0 -> equation1 [label=< 3 -4 >]', 'input2 -> equation1 [label=< -4 3 >]', 'equation1 -> output0 [label=< -12 1 >]']
 */
export const graphviz = <Args extends readonly unknown[], R>(
  program: StagedProgram<Args, R>,
  options: GraphOptions = {}
): ((...args: Args) => string) => {
  const given: unknown = program
  if (typeof given !== 'object' || given === null || !isProgram(given) || !('flatten' in given)) {
    throw new TypeError(`${refusal('graphviz', 'the operand', given, 'a program')}; make one with Debug.trace`)
  }
  check(options)
  const { names, digits } = options
  if (names !== undefined && names.length !== program.inputPaths.length) {
    const expected = `${program.inputPaths.length}, one for each input`
    throw new TypeError(`graphviz: the number of names is ${names.length}; expected ${expected}`)
  }
  return (...args) => {
    const run = runOf(program, [...program.flatten(args), ...program.captured])
    return draw(program, run, names ?? program.inputPaths, digits)
  }
}

const draw = (
  program: StagedProgram<never, unknown>,
  { valueOf, gradientOf, sentBack }: Run,
  names: readonly string[],
  digits: number | undefined
): string => {
  const shown = (x: Tensor): string => {
    if (size(x.shape) > few) return showType(x)
    return x.shape.length === 0 ? showNumber(Number(toNested(x)), digits) : showCell(toNested(x), digits)
  }
  const coloured = (colour: string, x: Tensor): string => `<font color="${colour}">${escaped(shown(x))}</font>`
  const labelled = (value: Tensor, gradient: Tensor | undefined): string => {
    const below = gradient === undefined ? '' : `<br/>${coloured(red, gradient)}`
    return `[label=<${coloured(green, value)}${below}>]`
  }
  const { inputs, equations, outputs, outputPaths } = program

  const uses = new Map<Atom, number>()
  for (const atom of [...equations.flatMap(({ operands }) => operands), ...outputs]) {
    uses.set(atom, (uses.get(atom) ?? 0) + 1)
  }
  const nodes: string[] = []
  const edges: string[] = []
  const places = new Map<Variable, string>()
  /** Where the readers of a variable find it: at the node that makes it, or at the point where it branches. */
  const placed = (variable: Variable, maker: string): void => {
    if ((uses.get(variable) ?? 0) < 2) {
      places.set(variable, maker)
      return
    }
    const point = `branch${places.size}`
    nodes.push(`${point} [shape=point]`)
    edges.push(`${maker} -> ${point} ${labelled(valueOf(variable), gradientOf(variable))}`)
    places.set(variable, point)
  }
  let constants = 0
  const placeOf = (atom: Atom): string => {
    if (atom instanceof Variable) return places.get(atom)!
    const name = `constant${constants++}`
    nodes.push(`${name} [shape=plaintext label=${quoted(shown(atom))}]`)
    return name
  }
  const edge = (atom: Atom, to: string, gradient: Tensor | undefined): void => {
    const label = atom instanceof Variable ? ` ${labelled(valueOf(atom), gradient)}` : ''
    edges.push(`${placeOf(atom)} -> ${to}${label}`)
  }

  inputs.forEach((input, i) => {
    nodes.push(`input${i} [shape=plaintext label=${quoted(names[i] ?? 'captured')}]`)
    placed(input, `input${i}`)
  })
  equations.forEach((equation, i) => {
    const name = `equation${i}`
    nodes.push(`${name} [label=${quoted(equation.primitive.name)}]`)
    equation.operands.forEach((operand, at) => edge(operand, name, sentBack(equation, at)))
    equation.results.forEach((result) => placed(result, name))
  })
  outputs.forEach((output, i) => {
    const path = outputPaths[i] ?? ''
    nodes.push(`output${i} [shape=plaintext label=${quoted(path === '' ? 'result' : path)}]`)
    // what is read elsewhere too gets its parts from there, and 1 from here
    const own = gradientOf(output) === undefined ? undefined : fill([], output.dtype, 1)
    edge(output, `output${i}`, own)
  })
  const settings = ['rankdir=LR', 'node [fontname="sans-serif"]', 'edge [fontname="sans-serif" fontsize=11]']
  return `digraph program {\n${[...settings, ...nodes, ...edges].map((line) => `  ${line}\n`).join('')}}\n`
}

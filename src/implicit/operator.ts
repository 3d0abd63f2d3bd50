/**
 * Functions of an unknown as programs, and the linear maps that come of them: Jacobians, transposes, matrices. The first
 * inputs of every program here are the leaves of the unknown, the others what the function closes over; its results are
 * like the unknown.
 */
import type { Program, Slots, TensorType } from '../primitive/model.js'
import { run } from '../transform/program.js'
import { callMapped } from '../calculus/batching.js'
import { pullBack, pushForward } from '../calculus/leafwise.js'
import { mappedProgram } from '../calculus/program.js'
import { zeroLike } from '../calculus/arguments.js'
import { allocate } from '../DType.js'
import { size } from '../shape/model.js'
import { type Concrete, type Tensor, fromData } from '../tensor/model.js'
import { stage } from '../transform/stage.js'
import { type Vector, concretes, lengthOf, pack, unpack } from './vector.js'

/** Zeros where there is nothing. */
export const full = (slots: Slots, types: readonly TensorType[]): readonly Tensor[] =>
  types.map((type, i) => slots[i] ?? zeroLike(type))

// -----------------------------------------------------------------------------
// programs
// -----------------------------------------------------------------------------

const jacobians = /* @__PURE__ */ new WeakMap<Program, Program>()

/** The program (t, x, c) -> J(x, c) t of a program (x, c) -> f(x, c): linear in t, and closing over x and c. */
export const jacobianProgram = (program: Program): Program => {
  const known = jacobians.get(program)
  if (known !== undefined) return known
  const k = program.outputs.length
  const unknowns = program.inputs.slice(0, k)
  const { program: made } = stage('jvp', [...unknowns, ...program.inputs], (leaves) => {
    const tangents = leaves.slice(0, k)
    const pushed = pushForward('jvp', (inputs) => run(program, inputs), leaves.slice(k), tangents)
    return full(pushed.tangent, program.outputs)
  })
  jacobians.set(program, made)
  return made
}

const transposes = /* @__PURE__ */ new WeakMap<Program, Program>()

/** The program (w, c) -> A(c)^T w of a program (x, c) -> A(c) x; the transpose of that is the program itself. */
export const transposedProgram = (program: Program): Program => {
  const known = transposes.get(program)
  if (known !== undefined) return known
  const k = program.outputs.length
  const unknowns = program.inputs.slice(0, k)
  const { program: made } = stage('vjp', program.inputs, (leaves) => {
    const at = [...unknowns.map(zeroLike), ...leaves.slice(k)]
    const { pull } = pullBack(
      'vjp',
      (inputs) => run(program, inputs),
      at,
      (i) => i < k
    )
    return full(pull(leaves.slice(0, k)).slice(0, k), unknowns)
  })
  transposes.set(program, made)
  transposes.set(made, program)
  return made
}

// -----------------------------------------------------------------------------
// evaluation
// -----------------------------------------------------------------------------

/** A program at concrete values of what it closes over, as a function of vectors. */
export const onVectors =
  (program: Program, types: readonly TensorType[], captured: readonly Concrete[]): ((x: Vector) => Vector) =>
  (x) =>
    pack(concretes(run(program, [...unpack(x, types), ...captured])))

/** The rows of the identity as leaves, each with an axis of all rows in front. */
const basisOf = (types: readonly TensorType[]): readonly Concrete[] => {
  const n = lengthOf(types)
  let from = 0
  return types.map(({ shape, dtype }) => {
    const width = size(shape)
    const data = allocate(dtype, n * width)
    for (let i = 0; i < width; i++) data[(from + i) * width + i] = 1
    from += width
    return fromData([n, ...shape], dtype, data)
  })
}

/** The matrix of a linear program, in row-major order: it is applied to all columns of the identity at once. */
export const matrixOf = (program: Program, types: readonly TensorType[], captured: readonly Concrete[]): Vector => {
  const n = lengthOf(types)
  const matrix = new Float64Array(n * n)
  if (n === 0) return matrix
  if (n === 1) return onVectors(program, types, captured)(Float64Array.of(1))
  const mapped = program.inputs.map((_, i) => i < types.length)
  const columns = concretes(run(mappedProgram(program, mapped, n, callMapped), [...basisOf(types), ...captured]))
  let row = 0
  for (const leaf of columns) {
    const values = pack([leaf])
    const width = values.length / n
    for (let j = 0; j < n; j++) for (let i = 0; i < width; i++) matrix[(row + i) * n + j] = values[j * width + i]!
    row += width
  }
  return matrix
}

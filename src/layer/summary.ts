/** Looking inside a model without its arithmetic: the table of its parts, and all its shape errors at once. */
import * as E from '../internal/either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { refusal } from '../internal/describe.js'
import { cost } from '../program/cost.js'
import { asKey } from '../random/model.js'
import { type Shape, ShapeError, validate } from '../shape/model.js'
import { type Tensor, fill, isTensor } from '../tensor/model.js'
import { within } from '../transform/scope.js'
import { stage } from '../transform/stage.js'
import { flattenAs } from '../tree/model.js'
import { Watched, type Watch, pathOf, placeOf } from './context.js'
import { type AnyLayer, applyOf, requireLayer } from './model.js'
import { countOf, taken } from './structure.js'
import type { Program } from '../primitive/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * An input as `summary` and `check` are told of it: a shape, of float32, or a tensor of that shape and element type, whose values are not
 * read.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 *
 * const input: Layer.Spec = [32, 784]
 * Layer.summary(Layer.dense(784, 10), input).length // => 1
 */
export type Spec = Shape | Tensor

/**
 * One part of a model.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 *
 * const rows: readonly Layer.Row[] = Layer.summary(Layer.sequential(Layer.dense(4, 3)), [2, 4])
 * rows.map((row) => row.path) // => ['', '[0]']
 */
export interface Row {
  /** The names of the parts it is in, and its own; empty for the whole. */
  readonly path: string
  /** The shapes of the tensors that it gives. */
  readonly shapes: readonly Shape[]
  /** The number of elements of its parameters. */
  readonly parameters: number
  /** The number of floating-point operations of one application, as `Debug.cost` counts them. */
  readonly operations: number
}

/**
 * An error of shapes in a model: where, and what.
 *
 * @example
 * import type { Fault } from 'pullback/Layer'
 *
 * const fault: Fault = { path: '[2]', message: 'dense: the input has shape [2, 8]; expected 9 on the last axis' }
 * fault.path // => '[2]'
 */
export interface Fault {
  readonly path: string
  readonly message: string
}

// -----------------------------------------------------------------------------
// staging
// -----------------------------------------------------------------------------

const inputOf = (operation: string, spec: Spec, i: number): Tensor => {
  if (isTensor(spec)) return fill(spec.shape, spec.dtype, 0)
  if (!Array.isArray(spec)) throw new TypeError(refusal(operation, `input ${i + 1}`, spec, 'a shape or a tensor'))
  return fill(validate(operation, spec), 'float32', 0)
}

/** Stages a layer, parameters and all, and sees its parts; the program of the application. */
const staged = (operation: string, layer: AnyLayer, specs: readonly Spec[], watch: Watch): Program => {
  requireLayer(operation, layer)
  const inputs = specs.map((spec, i) => inputOf(operation, spec, i))
  const types = [{ shape: [2], dtype: 'int32' } as const, ...inputs]
  return stage(operation, types, ([key, ...values]) => {
    const own = asKey(key!)
    const [{ params, state }] = layer.init(own)
    const context = new Watched({ mode: 'train', key: own }, watch)
    const run = (given: readonly unknown[]): readonly [unknown, unknown] =>
      applyOf(layer)(params, state, context)(...given)
    const [output] = watch({ path: [], layer, params, inputs: values, run })
    return flattenAs(operation, output).leaves
  }).program
}

// -----------------------------------------------------------------------------
// destructors
// -----------------------------------------------------------------------------

/**
 * The parts of a layer as data: path, output shapes, parameters and operations, from the whole to the last, without arithmetic. The
 * parameters of a part count in those that it is in. A part that is called several times has a row for each call; the rows within
 * `repeat` are those of one block.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const model = Layer.sequential(Layer.dense(4, 8), T.tanh, Layer.dense(8, 3))
 * Layer.summary(model, [2, 4]).map(({ path, shapes, parameters }) => `${path} ${shapes.join(' ')} ${parameters}`)
 * // => [' 2,3 67', '[0] 2,8 40', '[1] 2,8 0', '[2] 2,3 27']
 */
export const summary = (layer: AnyLayer, ...inputs: readonly Spec[]): readonly Row[] => {
  const rows: { readonly path: readonly string[]; readonly parameters: number; shapes: readonly Shape[] }[] = []
  const program = staged('summary', layer, inputs, (visit) => {
    const row = { path: visit.path, parameters: countOf(visit.params), shapes: noShapes }
    const result = within(mark(rows.push(row) - 1), () => visit.run(visit.inputs))
    row.shapes = flattenAs('summary', result[0]).leaves.map(({ shape }) => shape)
    return result
  })
  const operations = rows.map(() => 0)
  for (const [scope, { flops }] of Object.entries(cost(program).scopes)) {
    scope.split('/').forEach((name) => {
      if (name.startsWith('#')) operations[Number(name.slice(1))]! += flops
    })
  }
  return rows.map(({ path, parameters, shapes }, i) => ({
    path: pathOf(path),
    shapes,
    parameters,
    operations: operations[i]!
  }))
}

/** The scope of one visit: a part that is called several times has the operations of each call in that row. */
const mark = (row: number): string => `#${row}`

const noShapes: readonly Shape[] = []

/**
 * All errors of shapes in a layer, by path, without arithmetic; the output shapes where there are none. A part of the library that does
 * not fit is given an input that fits it, and the search goes on behind it.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const width: number = 9
 * const result = Layer.check(Layer.sequential(Layer.dense(4, 8), Layer.dense(width, 3), T.relu, Layer.dense(3, 2)), [5, 4])
 * E.isLeft(result) && result.left
 * // => [{ path: '[1]', message: 'dense: the input has shape [5, 8]; expected 9 on the last axis' }]
 */
export const check = (layer: AnyLayer, ...inputs: readonly Spec[]): Either<readonly Fault[], readonly Shape[]> => {
  const faults: Fault[] = []
  const seen = new Set<unknown>()
  let shapes: readonly Shape[] = []
  const watch: Watch = (visit) => {
    try {
      const result = visit.run(visit.inputs)
      if (visit.path.length === 0) shapes = flattenAs('check', result[0]).leaves.map(({ shape }) => shape)
      return result
    } catch (error) {
      if (!(error instanceof ShapeError) || seen.has(error)) throw error
      seen.add(error)
      const { path, message } = placeOf(error)
      const whole = pathOf(visit.path)
      faults.push({ path: path === '' ? whole : path, message })
      const takes = taken(visit.layer)
      if (takes === undefined) throw error
      return visit.run(visit.inputs.map((x) => (isTensor(x) ? fill(takes(x.shape), x.dtype, 0) : x)))
    }
  }
  try {
    staged('check', layer, inputs, watch)
  } catch (error) {
    if (!seen.has(error)) throw error
  }
  return faults.length > 0 ? E.left(faults) : E.right(shapes)
}

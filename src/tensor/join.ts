/** Joining tensors along an axis, and splitting them: each the transpose of the other. */
import { coded } from '../primitive/code.js'
import { type Options, options, checkedLater } from '../internal/options.js'
import { dataFirst, listFirst } from '../internal/dual.js'
import { allocate, promote } from '../DType.js'
import { placeStrided } from '../kernel/strided.js'
import { align, behind } from '../primitive/batch.js'
import { real } from '../primitive/domain.js'
import { bind } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { requireList } from '../internal/require.js'
import { type Shape, ShapeError, equals, normalizeAxis, show, size, strides } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import type { OneAxis } from './alongBlock.js'
import type { Joined, Parts, Stacked, Stacks } from './joinTypes.js'
import { newAxis } from './layout.js'
import { Scalar, type Tensor, fill, fromData } from './model.js'
import { cast, reshapeTo } from './structural.js'
import { along, viewOf } from './stridedWindow.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The axis along which tensors are joined or split.
 *
 * @example
 * import type { JoinOptions } from 'pullback/Tensor'
 *
 * const sideBySide: JoinOptions = { axis: -1 }
 * sideBySide.axis // => -1
 */
export interface JoinOptions {
  /** 0 by default. */
  readonly axis?: number
}

interface SplitParams extends OneAxis {
  readonly sizes: readonly number[]
}

const total = (sizes: readonly number[]): number => sizes.reduce((sum, n) => sum + n, 0)

export const resize = (shape: Shape, axis: number, n: number): Shape => shape.map((each, i) => (i === axis ? n : each))

/** Where each of several parts begins. */
export const beginnings = (sizes: readonly number[]): readonly number[] => {
  let next = 0
  return sizes.map((n) => {
    next += n
    return next - n
  })
}

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

/** The operands, of one type and of shapes that agree beside the axis, one after another along it. */
export const concatPrimitive: Primitive<OneAxis> = coded({
  name: 'concat',
  kind: 'move',
  infer: (operands, { axis }) => [
    {
      shape: resize(operands[0]!.shape, axis, total(operands.map(({ shape }) => shape[axis]!))),
      dtype: operands[0]!.dtype
    }
  ],
  evaluate: (operands, { axis }) => {
    const { shape, dtype } = operands[0]!
    const length = total(operands.map((x) => x.shape[axis]!))
    const joined = resize(shape, axis, length)
    const data = allocate(dtype, size(joined))
    const places = strides(joined)
    let start = 0
    for (const x of operands) {
      if (x instanceof Scalar) continue
      placeStrided(x.data, x.offset, x.shape, x.strides, data, start * places[axis]!, places)
      start += x.shape[axis]!
    }
    return [fromData(joined, dtype, data)]
  },
  derivative: {
    jvp: (tangents, operands, _out, params) => {
      const each = operands.map(({ shape, dtype }, i) => tangents[i] ?? fill(shape, dtype, 0))
      return bind(concatPrimitive, each, params)
    },
    vjp: (operands, _out, { axis }) => {
      const sizes = operands.map(({ shape }) => shape[axis]!)
      return ([cotangent]) =>
        cotangent === undefined ? sizes.map(() => undefined) : bind(splitPrimitive, [cotangent], { axis, sizes })
    }
  },
  batch: (operands, mapped, { axis }, size) =>
    bind(concatPrimitive, align(operands, mapped, size), { axis: behind(axis) }),
  sample: (draw) => {
    const shape = draw.shape({ minRank: 1 })
    const axis = draw.integer(0, shape.length - 1)
    const sizes = draw.shape({ minRank: 1 })
    return { operands: sizes.map((n) => draw.tensor(resize(shape, axis, n), real)), params: { axis } }
  }
})

/** The parts of the given sizes, one after another along the axis: views. */
export const splitPrimitive: Primitive<SplitParams> = {
  name: 'split',
  kind: 'view',
  infer: ([x], { axis, sizes }) => sizes.map((n) => ({ shape: resize(x!.shape, axis, n), dtype: x!.dtype })),
  evaluate: ([x], { axis, sizes }) =>
    beginnings(sizes).map((start, part) => viewOf(x!, along(x!.shape, axis, start, sizes[part]!))),
  derivative: {
    jvp: ([tangent], _operands, _out, params) =>
      tangent === undefined ? params.sizes.map(() => undefined) : bind(splitPrimitive, [tangent], params),
    vjp: ([x], _out, { axis, sizes }) => {
      const { shape, dtype } = x!
      return (cotangents) => {
        const each = sizes.map((n, part) => cotangents[part] ?? fill(resize(shape, axis, n), dtype, 0))
        return bind(concatPrimitive, each, { axis })
      }
    }
  },
  batch: (operands, _mapped, { axis, sizes }) => bind(splitPrimitive, operands, { axis: behind(axis), sizes }),
  sample: (draw) => {
    const shape = draw.shape({ minRank: 1 })
    const axis = draw.integer(0, shape.length - 1)
    const sizes = draw.shape({ minRank: 1 })
    return { operands: [draw.tensor(resize(shape, axis, total(sizes)), real)], params: { axis, sizes } }
  }
}

/** Joins tensors that have been checked. */
const join = (tensors: readonly Tensor[], axis: number): Tensor =>
  tensors.length === 1 ? tensors[0]! : bind(concatPrimitive, tensors, { axis })[0]!

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/** The tensors in their common type. */
const promoted = (tensors: readonly Tensor[]): readonly Tensor[] => {
  const dtype = tensors.reduce((common, each) => promote(common, each.dtype), tensors[0]!.dtype)
  return tensors.map((each) => cast(each, dtype))
}

const requireSome = (operation: string, tensors: readonly Tensor[]): Shape => {
  const first = tensors[0]
  if (first !== undefined) return first.shape
  throw new ShapeError(operation, [], 'the list is empty; expected at least one tensor')
}

const unlike = (i: number, shape: Shape, first: Shape): string =>
  `operand ${i} has shape ${show(shape)} and operand 0 ${show(first)}; expected`

const joinOptions = (operation: string): Options => options<JoinOptions>(operation, { axis: checkedLater })

/**
 * The tensors one after another along an axis (0 by default). Mixed types promote.
 *
 * Sizes along all other axes must agree, else a `ShapeError` names the operand and the axis. Its pullback hands each
 * operand its slice.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.concat([T.of([1, 2]), T.of([3])]) // => T.of([1, 2, 3])
 * pipe([T.of([[1], [2]]), T.of([[3], [4]])], T.concat({ axis: 1 })) // => T.of([[1, 3], [2, 4]])
 */
export const concat: {
  <const A extends readonly Tensor[] | JoinOptions, const O extends JoinOptions = {}>(
    first: A & (A extends readonly Tensor[] ? unknown : Only<A, JoinOptions>),
    options?: O & Only<O, JoinOptions>
  ): A extends readonly Tensor[]
    ? Tensor<Joined<A, Given<O, 'axis', 0>>>
    : <const Tensors extends readonly Tensor[]>(tensors: Tensors) => Tensor<Joined<Tensors, Given<A, 'axis', 0>>>
} = listFirst(joinOptions('concat'), (tensors: readonly Tensor[], options: JoinOptions = {}): Tensor => {
  const first = requireSome('concat', tensors)
  const shapes = tensors.map(({ shape }) => shape)
  const fail = (rule: string): ShapeError => new ShapeError('concat', shapes, rule)
  if (first.length === 0) throw fail('operand 0 is a scalar; expected at least one axis, join scalars with T.stack')
  const axis = normalizeAxis('concat', options.axis ?? 0, first)
  shapes.forEach((shape, i) => {
    const both = unlike(i, shape, first)
    if (shape.length !== first.length) throw fail(`${both} equally many axes`)
    const other = shape.findIndex((n, each) => each !== axis && n !== first[each])
    if (other >= 0) throw fail(`${both} equal sizes along axis ${other} to join along axis ${axis}`)
  })
  return join(promoted(tensors), axis)
})

/**
 * The tensors side by side along a new axis, which becomes the given axis of the result (0 by default). Mixed types
 * promote. Shapes that are not equal throw a `ShapeError` that names the operand.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.stack([T.of([1, 2]), T.of([3, 4])]) // => T.of([[1, 2], [3, 4]])
 * pipe([T.of([1, 2]), T.of([3, 4])], T.stack({ axis: 1 })) // => T.of([[1, 3], [2, 4]])
 * T.stack([T.scalar(1), T.scalar(2)]) // => T.of([1, 2])
 */
export const stack: {
  <const A extends readonly Tensor[] | JoinOptions, const O extends JoinOptions = {}>(
    first: A & (A extends readonly Tensor[] ? Stacks<A> : Only<A, JoinOptions>),
    options?: O & Only<O, JoinOptions>
  ): A extends readonly Tensor[]
    ? Tensor<Stacked<A, Given<O, 'axis', 0>>>
    : <const Tensors extends readonly Tensor[]>(
        tensors: Tensors & Stacks<Tensors>
      ) => Tensor<Stacked<Tensors, Given<A, 'axis', 0>>>
} = listFirst(joinOptions('stack'), (tensors: readonly Tensor[], options: JoinOptions = {}): Tensor => {
  const first = requireSome('stack', tensors)
  const other = tensors.findIndex(({ shape }) => !equals(shape, first))
  if (other >= 0) {
    const { shape } = tensors[other]!
    throw new ShapeError('stack', [first, shape], `${unlike(other, shape, first)} equal shapes`)
  }
  const axis = newAxis('stack', options.axis ?? 0, first, first.length + 1)
  const wide = [...first.slice(0, axis), 1, ...first.slice(axis)]
  const each = promoted(tensors).map((x) => reshapeTo(x, wide))
  return join(each, axis)
})

const sizesOf = (shape: Shape, axis: number, into: number | readonly number[]): readonly number[] => {
  const n = shape[axis]!
  const fail = (rule: string): ShapeError => new ShapeError('split', [shape], rule)
  if (typeof into === 'number') {
    if (!Number.isInteger(into) || into < 1)
      throw fail(`the number of parts is ${into}; expected an integer of 1 or more`)
    if (n % into === 0) return new Array<number>(into).fill(n / into)
    throw fail(`the number of parts is ${into}; along axis ${axis} of shape ${show(shape)}, expected a divisor of ${n}`)
  }
  requireList('split', 'parts', into, 'an integer or an array of sizes')
  const given = `the sizes are ${show(into)}; along axis ${axis} of shape ${show(shape)}, expected`
  if (!into.every((each) => Number.isInteger(each) && each >= 0)) {
    throw fail(`${given} integers of 0 or more`)
  }
  const sum = total(into)
  if (sum !== n) throw fail(`${given} a sum of ${n}, not ${sum}`)
  return into
}

/**
 * The parts of a tensor along an axis (0 by default): a number of equal ones, or one of each of the given sizes. They
 * are views; joined with `concat` they give the tensor back.
 *
 * A number that does not divide the axis, and sizes that do not sum to it, throw a `ShapeError`. Its pullback joins the
 * parts' cotangents.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.split(T.of([1, 2, 3, 4]), 2) // => [T.of([1, 2]), T.of([3, 4])]
 * T.split(T.of([1, 2, 3]), [1, 2]) // => [T.of([1]), T.of([2, 3])]
 * const [left, right] = pipe(T.of([[1, 2], [3, 4]]), T.split(2, { axis: 1 }))
 * right // => T.of([[2], [4]])
 */
export const split: {
  <S extends Shape, const Into extends number | readonly number[], const O extends JoinOptions = {}>(
    x: Tensor<S>,
    into: Into,
    options?: O & Only<O, JoinOptions>
  ): Parts<S, Into, Given<O, 'axis', 0>>
  <const Into extends number | readonly number[], const O extends JoinOptions = {}>(
    into: Into,
    options?: O & Only<O, JoinOptions>
  ): <S extends Shape>(x: Tensor<S>) => Parts<S, Into, Given<O, 'axis', 0>>
} = dataFirst(
  joinOptions('split'),
  (x: Tensor, into: number | readonly number[], options: JoinOptions = {}): readonly Tensor[] => {
    const axis = normalizeAxis('split', options.axis ?? 0, x.shape)
    const sizes = sizesOf(x.shape, axis, into)
    return sizes.length === 1 ? [x] : bind(splitPrimitive, [x], { axis, sizes: [...sizes] })
  },
  1
)

/** Functions of symmetric matrices, with derivatives by divided differences. */
import { requireFunctions } from '../calculus/arguments.js'
import { jvp } from '../calculus/forward.js'
import { epsilon, toFloat } from '../DType.js'
import { type Points, carried, derivatives } from '../kernel/dividedDifference.js'
import { derivativeAlong, jetsAlong, turned } from '../kernel/spectral.js'
import { allZero } from '../kernel/strongZero.js'
import { align } from '../primitive/batch.js'
import { bind, bindOne } from '../primitive/bind.js'
import { counted, perMatrix } from '../primitive/cost.js'
import { type None, type Primitive, type Rules, none } from '../primitive/model.js'
import { interval } from '../primitive/domain.js'
import { requireTensor } from '../internal/require.js'
import { type Shape, ShapeError, equals, show, size } from '../shape/model.js'
import { abs, add, div } from '../tensor/arithmetic.js'
import { stopGradient } from '../tensor/cast.js'
import { onesLike, zerosLike } from '../tensor/construct.js'
import { minimum } from '../tensor/minMaxOfTwo.js'
import { concat } from '../tensor/join.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { sqrt } from '../tensor/root.js'
import { cast, reshapeTo } from '../tensor/structural.js'
import { typed } from '../tensor/typed.js'
import { eighPrimitive } from './eigh.js'
import { columnsOf, doublesOf, fromDoubles, requireFloatSquare, stackOf, replaced } from './matrix.js'
import { drawApart, drawNear } from './matrixFunctionOperands.js'
import { decomposed } from './squareRoot.js'
import { symmetrise } from './symmetric.js'

// -----------------------------------------------------------------------------
// kernels
// -----------------------------------------------------------------------------

/**
 * The number of operands in front of the jets and directions: the matrix, and two constants, which are the points,
 * [..., n], and the lengths on which the function changes there.
 *
 * The jets, [..., derivatives + 1, n], are the values and derivatives of a function of numbers at the points. The
 * points are the eigenvalues; where the two differ, Taylor's formula carries the jets from the points to the
 * eigenvalues, so that the result is a smooth function of the matrix for fixed points and jets. It is linear in the
 * jets: whatever they depend on is differentiated through them.
 */
const fixed = 3

/** Calls `each` for every matrix of the stack, with its eigenvectors, points, and directions in the basis of those. */
const eachMatrix = (
  x: Concrete,
  lengths: Concrete,
  directions: readonly Concrete[],
  each: (matrix: number, v: Float64Array, points: Points, directions: readonly Float64Array[]) => void
): void => {
  const n = columnsOf(x.shape)
  const { w, v } = decomposed(x)
  const all = directions.map(doublesOf)
  const rounded = doublesOf(fromDoubles([w.length], x.dtype, w))
  const points = { w: rounded, lengths: doublesOf(lengths), epsilon: epsilon(toFloat(x.dtype)) }
  for (let matrix = 0; matrix < size(stackOf(x.shape)); matrix++) {
    const at = matrix * n * n
    // Linear in each direction: along one of zeros it is 0, at any matrix.
    if (all.some((direction) => allZero(direction, at, n * n))) continue
    const own = all.map((direction) => symmetricOf(n, turned(n, v, at, direction, at, false)))
    each(matrix, v, { ...points, at: matrix * n }, own)
  }
}

const symmetricOf = (n: number, x: Float64Array): Float64Array => {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) x[i * n + j] = x[j * n + i] = (x[i * n + j]! + x[j * n + i]!) / 2
  }
  return x
}

const evaluateFunction = ([x, w, lengths, jets, ...directions]: readonly Concrete[]): Concrete => {
  const n = columnsOf(x!.shape)
  const [values, from] = [doublesOf(jets!), doublesOf(w!)]
  const count = (derivatives + 1) * n
  const out = new Float64Array(size(x!.shape))
  eachMatrix(x!, lengths!, directions, (matrix, v, points, own) => {
    const given = values.subarray(matrix * count, (matrix + 1) * count)
    if (allZero(given, 0, count)) return
    const inner = symmetricOf(n, derivativeAlong(n, points, carried(n, given, from, points, false), own))
    if (allZero(inner, 0, n * n)) return
    out.set(symmetricOf(n, turned(n, v, matrix * n * n, inner, 0, true)), matrix * n * n)
  })
  return fromDoubles(x!.shape, x!.dtype, out)
}

const evaluateJets = ([x, w, lengths, ...directions]: readonly Concrete[]): Concrete => {
  const n = columnsOf(x!.shape)
  const from = doublesOf(w!)
  const out = new Float64Array(size(stackOf(x!.shape)) * (derivatives + 1) * n)
  eachMatrix(x!, lengths!, directions, (matrix, _v, points, [by, ...own]) => {
    const jets = jetsAlong(n, points, by!, own)
    out.set(carried(n, jets, from, points, true), matrix * (derivatives + 1) * n)
  })
  return fromDoubles([...stackOf(x!.shape), derivatives + 1, n], x!.dtype, out)
}

// -----------------------------------------------------------------------------
// the primitives
// -----------------------------------------------------------------------------

/** Applies one of the primitives, both of which have `fixed + 1 + k` operands for a derivative of order k. */
const apply = (primitive: Primitive<None>, operands: readonly Tensor[]): Tensor => {
  const order = operands.length - fixed - 1
  if (order <= derivatives) return bindOne(primitive, operands, none)
  throw new RangeError(
    `matrixFunction: there is no derivative of order ${order}; expected an order up to ${derivatives}`
  )
}

const functionOf = (operands: readonly Tensor[]): Tensor => apply(matrixFunctionPrimitive, operands)

const jetsOf = (operands: readonly Tensor[]): Tensor => apply(matrixFunctionJetsPrimitive, operands)

/** The operands of `matrixFunction` from those of `matrixFunctionJets`. */
const withJets = (operands: readonly Tensor[], jets: Tensor): readonly Tensor[] => [
  ...operands.slice(0, fixed),
  jets,
  ...operands.slice(fixed)
]

type Jvp = Rules<None>['jvp']

type Vjp = Rules<None>['vjp']

/**
 * A rule for each of as many operands as there may be: the matrix, points and lengths, and those in which it is
 * linear.
 */
/* @__NO_SIDE_EFFECTS__ */
const jvps = (ofMatrix: Jvp, ofLinear: (index: number) => Jvp): readonly Jvp[] => {
  const constant: Jvp = (_tangent, _operands, out) => zerosLike(out)
  return [ofMatrix, constant, constant, ...linear.map(ofLinear)]
}

/* @__NO_SIDE_EFFECTS__ */
const vjps = (ofMatrix: Vjp, ofLinear: (index: number) => Vjp): readonly Vjp[] => {
  const constant =
    (index: number): Vjp =>
    (operands) =>
    () =>
      zerosLike(operands[index]!)
  return [ofMatrix, constant(1), constant(2), ...linear.map(ofLinear)]
}

/** The indices of the operands in which the primitives are linear. */
const linear: readonly number[] = /* @__PURE__ */ Array.from({ length: derivatives + 1 }, (_, i) => fixed + i)

/** k!, which is the number of orders of k directions. */
const ordersOf = (k: number): number => (k < 2 ? 1 : k * ordersOf(k - 1))

/**
 * A decomposition, k + 1 changes of basis, and on each path of k + 1 indices a difference and k! products of
 * directions.
 */
const cost: Primitive<None>['cost'] = (operands, params, results) => {
  const k = operands.length - fixed - 1
  const perPath = k * ordersOf(k) + 2 ** (k + 1)
  return counted(perMatrix((_m, n) => (9 + 4 * (k + 1)) * n ** 3 + n ** (k + 1) * perPath))(operands, params, results)
}

/**
 * From a matrix, points, lengths, jets and k directions: the k-th derivative, along the directions, of the function
 * with these jets; for k = 0 the function itself. The trace of its product with one more direction is symmetric in all
 * k + 1, so the pullbacks to the matrix and to the directions are the same operation, with the cotangent as a
 * direction.
 *
 * Where eigenvalues are equal, their jets must be equal too, as those of a function are: with different ones the
 * result depends on the choice of eigenvectors, and has no derivative along the matrix.
 */
export const matrixFunctionPrimitive: Primitive<None> = {
  name: 'matrixFunction',
  kind: 'opaque',
  infer: ([x]) => [x!],
  evaluate: (operands) => [evaluateFunction(operands)],
  cost,
  derivative: {
    jvp: jvps(
      (tangent, operands) => functionOf([...operands, tangent]),
      (i) => (tangent, operands) => functionOf(replaced(operands, i, tangent))
    ),
    vjp: vjps(
      (operands) => (ct) => functionOf([...operands, ct]),
      (i) => (operands) => (ct) => (i === fixed ? jetsOf : functionOf)(replaced(operands, i, ct))
    )
  },
  batch: (operands, mapped, params, front) => bind(matrixFunctionPrimitive, align(operands, mapped, front), params),
  // The laws take three derivatives, the most that are supported, so they start without directions.
  sample: (draw) => ({ operands: draw.pick([drawApart, drawNear])(draw), params: none })
}

/**
 * From a matrix, points, lengths and k + 1 directions: the cotangent of the jets of `matrixFunction` along k of them,
 * for the cotangent that is the other one. It is symmetric in all of them.
 *
 * Where eigenvalues are equal, the result depends on the choice of eigenvectors, and has no derivative along the
 * matrix. Its product with jets that are equal there has one.
 */
export const matrixFunctionJetsPrimitive: Primitive<None> = {
  name: 'matrixFunctionJets',
  kind: 'opaque',
  infer: ([x]) => [{ shape: [...stackOf(x!.shape), derivatives + 1, columnsOf(x!.shape)], dtype: x!.dtype }],
  evaluate: (operands) => [evaluateJets(operands)],
  cost,
  derivative: {
    jvp: jvps(
      (tangent, operands) => jetsOf([...operands, tangent]),
      (i) => (tangent, operands) => jetsOf(replaced(operands, i, tangent))
    ),
    vjp: vjps(
      (operands) => (ct) => functionOf(withJets(operands, ct)),
      (i) => (operands) => (ct) =>
        functionOf(
          withJets(
            operands.filter((_, index) => index !== i),
            ct
          )
        )
    )
  },
  batch: (operands, mapped, params, front) => bind(matrixFunctionJetsPrimitive, align(operands, mapped, front), params),
  sample: (draw) => {
    const [x, w, lengths] = drawApart(draw)
    return { operands: [x, w, lengths, draw.tensor(x.shape, interval(-1, 1))], params: none }
  }
}

// -----------------------------------------------------------------------------
// the operation
// -----------------------------------------------------------------------------

/** A function of numbers, applied to each element of a tensor. */
type Elementwise = (w: Tensor) => Tensor

/** The derivative of an elementwise function. */
const derivativeOf =
  (f: Elementwise): Elementwise =>
  (w) =>
    jvp(f)([w], [onesLike(w)])[1]

const valuesOf = (f: Elementwise, w: Tensor, which: string): Tensor => {
  const values = f(w)
  requireTensor('matrixFunction', values, `the result of ${which}`)
  if (equals(values.shape, w.shape)) return cast(values, w.dtype)
  const rule = `${which} returned shape ${show(values.shape)} for eigenvalues of shape ${show(w.shape)}; expected the same shape`
  throw new ShapeError('matrixFunction', [values.shape, w.shape], rule)
}

/** Added to both sides of a quotient, so that 0 / 0 is 1. */
const tiny = 1e-30

const ratio = (x: Tensor, y: Tensor): Tensor => sqrt(div(add(abs(x), tiny), add(abs(y), tiny)))

/**
 * A function of symmetric matrices: of A = V diag(w) V^T, V diag(f(w)) V^T; of each matrix of a stack `[..., n, n]`.
 *
 * `f` and its derivative `df` take a tensor of eigenvalues and return one of the same shape, element by element. With
 * `E` in the basis of the eigenvectors, the derivative along it has the elements `f[w_i, w_j] E_ij`, with the divided
 * differences `(f(w_i) - f(w_j)) / (w_i - w_j)`, and `df(w_i)` at equal eigenvalues (Daleckii and Krein, 1965). So
 * derivatives are right at equal and nearly equal eigenvalues too, where those of `V f(w) V^T` by `eigh` are not, up
 * to order 3; `df` is differentiated twice more for it. Everything else that `f` depends on may be differentiated as
 * well, through `f` and `df`.
 *
 * It is a function of the symmetric part of `a`, as `matrixSqrt` is. Integers become float32; eigenvectors are
 * computed in double. NaN and infinities give NaN.
 *
 * @throws ShapeError when `a` is not square, or `f` or `df` returns another shape
 * @throws LinalgError when `a` is not symmetric, by more than 1e-3 of its largest element
 * @throws RangeError for derivatives of order 4 and more
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * const logm = Linalg.matrixFunction(T.log, T.reciprocal)
 * logm(T.of([[1, 0], [0, 2]])) // => T.of([[0, 0], [0, 0.6931472]])
 * // d tr(B log A) = B A^-1 at A = 2 I
 * const b = T.of([[1, 3], [3, 2]])
 * grad((a: T.Tensor<[2, 2]>) => T.sum(T.mul(b, logm(a))))(T.of([[2, 0], [0, 2]])) // => T.of([[0.5, 1.5], [1.5, 1]])
 */
export const matrixFunction = (f: Elementwise, df: Elementwise): (<S extends Shape>(a: Tensor<S>) => Tensor<S>) => {
  requireFunctions('matrixFunction', { f, df })
  return <S extends Shape>(a: Tensor<S>): Tensor<S> => {
    const x = symmetrise('matrixFunction', requireFloatSquare('matrixFunction', a))
    const w = stopGradient(bind(eighPrimitive, [stopGradient(x)], none)[0]!)
    const second = derivativeOf(df)
    const jets = [
      valuesOf(f, w, 'f'),
      valuesOf(df, w, 'df'),
      valuesOf(second, w, 'df'),
      valuesOf(derivativeOf(second), w, 'df')
    ]
    const [f0, f1, f2, f3] = jets.map((each) => stopGradient(each))
    const lengths = minimum(ratio(f0!, f2!), ratio(f1!, f3!))
    const rows = jets.map((each) => reshapeTo(each, [...w.shape.slice(0, -1), 1, columnsOf(x.shape)]))
    return typed<S>(functionOf([x, w, lengths, concat(rows, { axis: -2 })]))
  }
}

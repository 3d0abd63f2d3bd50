/** Functions of symmetric matrices, with derivatives by divided differences. */
import { jvp } from '../calculus/forward.js'
import { epsilon, toFloat } from '../DType.js'
import { type Points, derivatives } from '../kernel/dividedDifference.js'
import { derivativeAlong, jetsAlong, turned } from '../kernel/spectral.js'
import { allZero } from '../kernel/strongZero.js'
import { align } from '../primitive/batch.js'
import { bind, bindOne } from '../primitive/bind.js'
import { type None, type Primitive, type Rules, none } from '../primitive/model.js'
import { requireTensor } from '../primitive/require.js'
import { type Shape, ShapeError, equals, show, size } from '../shape/model.js'
import { abs, add, div } from '../tensor/arithmetic.js'
import { stopGradient } from '../tensor/cast.js'
import { onesLike } from '../tensor/construct.js'
import { minimum } from '../tensor/extremum.js'
import { concat } from '../tensor/join.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { sqrt } from '../tensor/power.js'
import { cast, reshapeTo } from '../tensor/structural.js'
import { typed } from '../tensor/typed.js'
import { eighPrimitive } from './eigh.js'
import { columnsOf, doublesOf, fromDoubles, requireFloatSquare, stackOf } from './matrix.js'
import { decomposed } from './squareRoot.js'
import { symmetrise } from './symmetric.js'

// -----------------------------------------------------------------------------
// the primitives
// -----------------------------------------------------------------------------

/**
 * What the operands are: the matrix; its eigenvalues and the lengths on which the function changes there, both constant;
 * then, for a derivative, the jets, which are the values and derivatives of the function at the eigenvalues,
 * [..., derivatives + 1, n]; and the directions. A function of the matrix is so an ordinary, linear function of its jets:
 * whatever they depend on is differentiated through them.
 */
const fixed = 3

/** Calls `each` for every matrix of the stack, with its eigenvectors, points, and directions in the basis of those. */
const eachMatrix = (
  x: Concrete,
  w: Concrete,
  lengths: Concrete,
  directions: readonly Concrete[],
  each: (matrix: number, v: Float64Array, points: Points, directions: readonly Float64Array[]) => void
): void => {
  const n = columnsOf(x.shape)
  const { v } = decomposed(x)
  const all = directions.map(doublesOf)
  const points = { w: doublesOf(w), lengths: doublesOf(lengths), epsilon: epsilon(toFloat(x.dtype)) }
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
  const values = doublesOf(jets!)
  const count = (derivatives + 1) * n
  const out = new Float64Array(size(x!.shape))
  eachMatrix(x!, w!, lengths!, directions, (matrix, v, points, own) => {
    if (allZero(values, matrix * count, count)) return
    const inner = symmetricOf(n, derivativeAlong(n, points, values, matrix * count, own))
    out.set(symmetricOf(n, turned(n, v, matrix * n * n, inner, 0, true)), matrix * n * n)
  })
  return fromDoubles(x!.shape, x!.dtype, out)
}

const evaluateJets = ([x, w, lengths, ...directions]: readonly Concrete[]): Concrete => {
  const n = columnsOf(x!.shape)
  const out = new Float64Array(size(stackOf(x!.shape)) * (derivatives + 1) * n)
  eachMatrix(x!, w!, lengths!, directions, (matrix, _v, points, [by, ...own]) => {
    jetsAlong(n, points, by!, own, out, matrix * (derivatives + 1) * n)
  })
  return fromDoubles([...stackOf(x!.shape), derivatives + 1, n], x!.dtype, out)
}

const requireOrder = (order: number): void => {
  if (order <= derivatives) return
  throw new RangeError(
    `matrixFunction: a derivative of order ${order} is not there; expected an order up to ${derivatives}`
  )
}

const replaced = (operands: readonly Tensor[], index: number, x: Tensor): readonly Tensor[] =>
  operands.map((each, i) => (i === index ? x : each))

/** The matrix and what is constant, then jets and directions. */
const withJets = (operands: readonly Tensor[], jets: Tensor, directions: readonly Tensor[]): readonly Tensor[] => [
  ...operands.slice(0, fixed),
  jets,
  ...directions
]

/** The derivative along k directions, of the function that the jets are those of; for k = 0 the function itself. */
const functionAlong = (k: number): Primitive<None> => {
  requireOrder(k)
  const directionsOf = (operands: readonly Tensor[]): readonly Tensor[] => operands.slice(fixed + 1)
  const more: Rules<None>['jvp'] = (tangent, operands) => bindOne(functionAlong(k + 1), [...operands, tangent], none)
  const self: Primitive<None> = {
    name: 'matrixFunction',
    kind: 'opaque',
    infer: ([x]) => [x!],
    evaluate: (operands) => [evaluateFunction(operands)],
    derivative: {
      jvp: [
        more,
        undefined,
        undefined,
        ...Array.from(
          { length: k + 1 },
          (_, i): Rules<None>['jvp'] =>
            (tangent, operands) =>
              bindOne(self, replaced(operands, fixed + i, tangent), none)
        )
      ],
      vjp: [
        (operands, out, params) => (ct) => more(ct, operands, out, params),
        undefined,
        undefined,
        (operands) => (ct) =>
          bindOne(jetsAlongDirections(k + 1), [...operands.slice(0, fixed), ct, ...directionsOf(operands)], none),
        ...Array.from(
          { length: k },
          (_, i): Rules<None>['vjp'] =>
            (operands) =>
            (ct) =>
              bindOne(self, replaced(operands, fixed + 1 + i, ct), none)
        )
      ]
    },
    batch: (operands, mapped, params, front) => [bindOne(self, align(operands, mapped, front), params)]
  }
  return self
}

/** The transpose in the jets: symmetric in its k directions, of which any one is the cotangent. */
const jetsAlongDirections = (k: number): Primitive<None> => {
  requireOrder(k - 1)
  const self: Primitive<None> = {
    name: 'matrixFunctionJets',
    kind: 'opaque',
    infer: ([x]) => [{ shape: [...stackOf(x!.shape), derivatives + 1, columnsOf(x!.shape)], dtype: x!.dtype }],
    evaluate: (operands) => [evaluateJets(operands)],
    derivative: {
      jvp: [
        (tangent, operands) => bindOne(jetsAlongDirections(k + 1), [...operands, tangent], none),
        undefined,
        undefined,
        ...Array.from(
          { length: k },
          (_, i): Rules<None>['jvp'] =>
            (tangent, operands) =>
              bindOne(self, replaced(operands, fixed + i, tangent), none)
        )
      ],
      vjp: [
        (operands) => (ct) => bindOne(functionAlong(k), withJets(operands, ct, operands.slice(fixed)), none),
        undefined,
        undefined,
        ...Array.from({ length: k }, (_, i): Rules<None>['vjp'] => (operands) => (ct) => {
          const others = operands.slice(fixed).filter((__, index) => index !== i)
          return bindOne(functionAlong(k - 1), withJets(operands, ct, others), none)
        })
      ]
    },
    batch: (operands, mapped, params, front) => [bindOne(self, align(operands, mapped, front), params)]
  }
  return self
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
  requireTensor('matrixFunction', values)
  if (equals(values.shape, w.shape)) return cast(values, w.dtype)
  const rule = `${which} returned ${show(values.shape)} for eigenvalues ${show(w.shape)}; expected the same shape`
  throw new ShapeError('matrixFunction', [values.shape, w.shape], rule)
}

/** Added to both sides of a quotient, so that 0 / 0 is 1. */
const tiny = 1e-30

const ratio = (x: Tensor, y: Tensor): Tensor => sqrt(div(add(abs(x), tiny), add(abs(y), tiny)))

/**
 * A function of symmetric matrices: of A = V diag(w) V^T, V diag(f(w)) V^T; of each matrix of a stack `[..., n, n]`.
 *
 * `f` and its derivative `df` take a tensor of eigenvalues and return one of the same shape, element by element. With `E` in
 * the basis of the eigenvectors, the derivative along it has the elements `f[w_i, w_j] E_ij`, with the divided differences
 * `(f(w_i) - f(w_j)) / (w_i - w_j)`, and `df(w_i)` at equal eigenvalues (Daleckii and Krein, 1965). So derivatives are
 * right at equal and nearly equal eigenvalues too, where those of `V f(w) V^T` by `eigh` are not, up to order 3; `df` is
 * differentiated twice more for it. What else `f` depends on may be differentiated as well, through `f` and `df`.
 *
 * It is a function of the symmetric part of `a`, as `matrixSqrt` is. Integers become float32; eigenvectors are computed in
 * double. NaN and infinities give NaN.
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
export const matrixFunction =
  (f: Elementwise, df: Elementwise): (<S extends Shape>(a: Tensor<S>) => Tensor<S>) =>
  <S extends Shape>(a: Tensor<S>): Tensor<S> => {
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
    return typed<S>(bindOne(functionAlong(0), [x, w, lengths, concat(rows, { axis: -2 })], none))
  }

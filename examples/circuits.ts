// The worked circuits of introductory lectures: each value and gradient is computed, and held against the known one.
import { pipe } from 'fp-ts/lib/function.js'
import * as Activation from 'pullback/Activation'
import { grad, valueAndGrad, vjp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { check } from './support/run.js'

type Scalar = T.Tensor<[]>
const scalar = (value: number): Scalar => T.scalar(value, 'float64')

/** Whether all numbers agree to twelve digits. */
const agree = (found: readonly number[], known: readonly number[]): boolean =>
  found.length === known.length &&
  found.every((value, i) => Math.abs(value - (known[i] ?? NaN)) <= 1e-12 * Math.max(1, Math.abs(known[i] ?? NaN)))

const show = (values: readonly number[]): string => values.map((value) => Number(value.toPrecision(10))).join(', ')

/** Prints the value and the gradient of a function of several numbers, and checks both. */
const circuit = (
  formula: string,
  f: (inputs: readonly Scalar[]) => Scalar,
  at: readonly number[],
  value: number,
  gradient: readonly number[]
): void => {
  const [found, gradients] = valueAndGrad(f)(at.map(scalar))
  const slopes = gradients.map(T.item)
  const statement = `${formula} at (${at.join(', ')}): ${show([T.item(found)])}, gradient (${show(slopes)})`
  check(statement, agree([T.item(found)], [value]) && agree(slopes, gradient))
}

/** The inputs of a circuit by position. */
const nth = (inputs: readonly Scalar[], i: number): Scalar => inputs[i] ?? scalar(NaN)

circuit('(x + y) z', (v) => T.mul(T.add(nth(v, 0), nth(v, 1)), nth(v, 2)), [-2, 5, -4], -12, [-4, -4, 3])

circuit(
  'sigmoid(w0 x0 + w1 x1 + w2), (w, x)',
  (v) => {
    const [w0, w1, w2, x0, x1] = [0, 1, 2, 3, 4].map((i) => nth(v, i)) as [Scalar, Scalar, Scalar, Scalar, Scalar]
    return pipe(T.mul(w0, x0), T.add(T.mul(w1, x1)), T.add(w2), T.sigmoid)
  },
  [2, -3, -3, -1, -2],
  0.731058578630005,
  [-0.196611933241482, -0.393223866482964, 0.196611933241482, 0.393223866482964, -0.589835799724445]
)

circuit(
  'exp(xz) + xz / log(x) + sin(log(x)) / (xz)',
  (v) => {
    const product = T.mul(nth(v, 0), nth(v, 1))
    const log = T.log(nth(v, 0))
    return pipe(T.exp(product), T.add(T.div(product, log)), T.add(T.div(T.sin(log), product)))
  },
  [2, 3],
  412.19145728412116,
  [1208.3812151266095, 809.707479218564]
)

const wave = (inputs: readonly Scalar[]): Scalar => {
  const square = T.square(nth(inputs, 0))
  return T.cos(T.add(T.sin(square), T.mul(square, 3)))
}
circuit('cos(sin(x^2) + 3 x^2)', wave, [0.5], 0.5424849757140324, [-3.334146414144972])
circuit('cos(sin(x^2) + 3 x^2)', wave, [1], -0.7649205628044862, [4.560791790678778])
circuit('cos(sin(x^2) + 3 x^2)', wave, [1.7], -0.8747720439532524, [-3.346701318448514])

const [, pullback] = vjp(Activation.relu)(T.of([1, -2, 3, -1]))
const routed = T.toNested(pullback(T.of([4, -1, 5, 9]))[0])
check(`relu at (1, -2, 3, -1) takes (4, -1, 5, 9) back to (${routed.join(', ')})`, agree(routed, [4, 0, 5, 0]))

// Derivatives are functions, and functions can be derived.
const sixth = grad(grad(grad(grad(grad(grad(T.sin))))))
check(
  `the sixth derivative of sin at 1 is -sin(1): ${T.item(sixth(scalar(1)))}`,
  agree([T.item(sixth(scalar(1)))], [-Math.sin(1)])
)
const inner = (x: Scalar): Scalar => grad((y: Scalar) => T.add(x, y))(scalar(1))
const outer = grad((x: Scalar) => T.mul(x, inner(x)))(scalar(1))
check(`d/dx [x d/dy (x + y)] at x = y = 1 is 1, not 2: ${T.item(outer)}`, T.item(outer) === 1)

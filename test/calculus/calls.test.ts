/** Calls as from plain JavaScript: a function in the wrong place, data in the place of options. */
import { describe, expect, test } from 'vitest'
import * as Control from 'pullback/Control'
import * as Grad from 'pullback/Grad'
import * as Implicit from 'pullback/Implicit'
import * as Linalg from 'pullback/Linalg'
import { odeint } from 'pullback/Ode'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'

type Untyped = (...args: readonly unknown[]) => unknown

const untyped = (f: unknown): Untyped => f as Untyped
const x = T.ones([2])
const f = (y: T.Tensor): T.Tensor => T.sum(y)
const pair = (c: T.Tensor): readonly [T.Tensor, undefined] => [c, undefined]

const ofOneFunction: Readonly<Record<string, unknown>> = {
  grad: Grad.grad,
  valueAndGrad: Grad.valueAndGrad,
  gradWithAux: Grad.gradWithAux,
  valueAndGradWithAux: Grad.valueAndGradWithAux,
  vjp: Grad.vjp,
  jvp: Grad.jvp,
  hessian: Grad.hessian,
  hvp: Grad.hvp,
  linearize: Grad.linearize,
  hessianDiagonal: Grad.hessianDiagonal,
  laplacian: Grad.laplacian,
  checkpoint: Grad.checkpoint,
  map: Control.map
}

describe.each(Object.entries(ofOneFunction))('%s', (name, combinator) => {
  test('rejects an extra argument', () => {
    expect(() => untyped(combinator)(f, x)).toThrow(
      new TypeError(`${name}: an extra argument was given; call ${name}(f)(x)`)
    )
  })

  test('rejects a value that is not a function', () => {
    expect(() => untyped(combinator)(x)).toThrow(
      new TypeError(`${name}: f is a tensor of shape [2]; expected a function`)
    )
  })
})

test.each<[sentence: string, call: () => unknown]>([
  ['divergence: an extra argument was given; call divergence(field)(x)', () => untyped(Grad.divergence)(f, x)],
  [
    'customVjp: an extra argument was given; call customVjp(forward, backward)(x)',
    () => untyped(Grad.customVjp)(f, f, x)
  ],
  ['customVjp: backward is undefined; expected a function', () => untyped(Grad.customVjp)(f)],
  ['customJvp: an extra argument was given; call customJvp(f, rule)(x)', () => untyped(Grad.customJvp)(f, f, x)],
  ['customJvp: rule is undefined; expected a function', () => untyped(Grad.customJvp)(f)],
  [
    'gaussNewtonVectorProduct: an extra argument was given; call gaussNewtonVectorProduct(model, loss)(x)',
    () => untyped(Grad.gaussNewtonVectorProduct)(f, f, x)
  ],
  ['jacobian: options are a tensor of shape [2]; expected an object with mode', () => untyped(Grad.jacobian)(f, x)],
  [
    'vmap: options are a tensor of shape [2]; expected an object with inAxes, outAxes or size',
    () => untyped(vmap)(f, x)
  ],
  ['vmap: f is a tensor of shape [2]; expected a function', () => untyped(vmap)(x)],
  ['matrixFunction: df is undefined; expected a function', () => untyped(Linalg.matrixFunction)(f)],
  ['scan: f is a tensor of shape [2]; expected a function', () => untyped(Control.scan)(x)],
  [
    'scan: options are a tensor of shape [2]; expected an object with length, reverse or checkpointEvery',
    () => untyped(Control.scan)(pair, x)
  ],
  ['whileLoop: body is undefined; expected a function', () => untyped(Control.whileLoop)(f)],
  ['foriLoop: body is undefined; expected a function', () => untyped(Control.foriLoop)(0, 1)],
  ['associativeScan: f is 1; expected a function', () => untyped(Control.associativeScan)(1)],
  ['cond: ifFalse is undefined; expected a function', () => untyped(Control.cond)(T.scalar(true), f)],
  ['switchCase: branches is a function; expected a list of functions', () => untyped(Control.switchCase)(0, f)],
  ['switchCase: branches[1] is 2; expected a function', () => untyped(Control.switchCase)(0, [f, 2])],
  ['odeint: f is a tensor of shape [2]; expected a function', () => untyped(odeint)(x)],
  ['root: f is a tensor of shape [2]; expected a function', () => untyped(Implicit.root)(x)],
  ['fixedPoint: f is undefined; expected a function', () => untyped(Implicit.fixedPoint)()],
  ['argmin: f is undefined; expected a function', () => untyped(Implicit.argmin)()],
  ['linearSolve: operator is undefined; expected a function', () => untyped(Implicit.linearSolve)()],
  [
    "linearSolve: method is undefined; expected 'cg', 'gmres', 'bicgstab' or 'direct'",
    () => untyped(Implicit.linearSolve)(f)
  ]
])('%s', (sentence, call) => {
  expect(call).toThrow(new TypeError(sentence))
})

test.each<[name: string, solver: (options: object) => unknown]>([
  ['root', (options) => Implicit.root((y: T.Tensor) => y, options)],
  ['fixedPoint', (options) => Implicit.fixedPoint((y: T.Tensor) => y, options)],
  ['argmin', (options) => Implicit.argmin((y: T.Tensor) => T.sum(y), options)]
])('%s checks its options before it is given a guess', (name, solver) => {
  expect(() => solver({ maxIteration: 3 })).toThrow(`${name}: unknown option maxIteration; expected tolerance,`)
  expect(() => solver({ tolerance: NaN })).toThrow(
    new RangeError(`${name}: tolerance is NaN; expected a finite number of at least 0`)
  )
  expect(() => solver({ linear: { restart: 0 } })).toThrow(
    new RangeError(`${name}: linear: restart is 0; expected an integer of at least 1`)
  )
})

test('jvp names the argument that is not a list', () => {
  const push = untyped(untyped(Grad.jvp)(f))
  expect(() => push(x, x)).toThrow(
    new TypeError('jvp: primals are a tensor of shape [2]; expected a list of arguments, as jvp(f)([x], [t])')
  )
  expect(() => push([x], x)).toThrow(
    new TypeError('jvp: tangents are a tensor of shape [2]; expected a list of arguments, as jvp(f)([x], [t])')
  )
})

test('gradWithAux and valueAndGradWithAux reject a result that is not a pair', () => {
  expect(() => untyped(untyped(Grad.gradWithAux)(f))(x)).toThrow(
    'gradWithAux: the function returned a tensor of shape []; expected a pair [value, aux]'
  )
  expect(() => untyped(untyped(Grad.valueAndGradWithAux)(() => undefined))(x)).toThrow(
    'valueAndGradWithAux: the function returned undefined; expected a pair [value, aux]'
  )
})

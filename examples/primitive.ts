// A primitive of one's own, held to the laws that the library's primitives are held to; and a wrong one, caught.
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as A from 'pullback/Arbitrary'
import { grad } from 'pullback/Grad'
import * as Law from 'pullback/Law'
import { real, unary } from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
import { check } from './support/run.js'

// log(cosh(x)) without overflow, in four lines: a smooth absolute value.
const logCosh = unary({
  name: 'logCosh',
  domain: real,
  f: (x) => Math.abs(x) + Math.log1p(Math.exp(-2 * Math.abs(x))) - Math.LN2,
  df: T.tanh
})

console.log(`logCosh at -1000, 0, 2: ${T.toNested(logCosh(T.of([-1000, 0, 2]))).join(', ')}`)
console.log(`its second derivative at 0: ${T.item(grad(grad(logCosh))(T.scalar(0, 'float64')))}\n`)

for (const { name, says, property } of Law.primitive(logCosh.primitive)) {
  const { failed, numRuns } = fc.check(property, { seed: 1, numRuns: 50 })
  check(`${name.padEnd(20)} ${says} (${numRuns} cases)`, !failed)
}

// A whole model that uses it.
const model = ({ w, b }: { readonly w: T.Tensor<[3]>; readonly b: T.Tensor<[]> }, x: T.Tensor<[3]>): T.Tensor<[]> =>
  logCosh(T.add(T.dot(w, x), b))
const params = fc.record({ w: A.tensor({ shape: [3] }), b: A.tensor({ shape: [] }) })
const ofModel = fc.check(Law.gradient(model, params, A.tensor({ shape: [3] })), { seed: 1, numRuns: 50 })
check('a model that is made of it has the right gradients', !ofModel.failed)

// This primitive with a factor missing in the derivative.
const wrong = unary({ name: 'wrong', domain: real, f: (x) => x * x, df: (x) => x })
const verdict = Law.check(wrong, { name: 'wrong' })(T.of([0.5, -1.5], 'float64'))
const found = E.isLeft(verdict) ? verdict.left : undefined
check(
  `a derivative that is wrong is caught by "${found?.law}": ${found?.hint}`,
  found?.hint === 'a factor 2 is missing'
)

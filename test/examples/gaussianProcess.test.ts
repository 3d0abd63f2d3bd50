import { describe, expect, it } from 'vitest'
import { grad, hessian, jacobian } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import {
  type Hyper,
  type Samples,
  covariance,
  drawSamples,
  fit,
  logMarginal,
  predict,
  textbookGradient
} from '../../examples/gaussianProcess/regression.js'

const hyper: Hyper = T.of([0.1, 0.3, -1.2], 'float64')
const points = Random.uniform(Random.key(1), [12], { high: 5, dtype: 'float64' })
const samples = drawSamples(Random.key(2), hyper, points)

const largest = (x: T.Tensor): number => T.item(T.max(T.abs(x)))
const first = ({ x, y }: Samples, count: number): Samples => ({
  x: T.slice(x, [[0, count]]),
  y: T.slice(y, [[0, count]])
})

describe('the Gaussian-process example', () => {
  it('has the marginal likelihood of a normal distribution, also by solve and slogdet', () => {
    const matrix = covariance(hyper, samples.x)
    const misfit = T.item(T.dot(samples.y, Linalg.solve(matrix, samples.y)))
    const [, logAbsDet] = Linalg.slogdet(matrix)
    const known = -(misfit + T.item(logAbsDet) + 12 * Math.log(2 * Math.PI)) / 2
    expect(T.item(logMarginal(hyper, samples))).toBeCloseTo(known, 11)
  })

  it('has the gradient of the textbook', () => {
    const apart = T.sub(grad(logMarginal)(hyper, samples), textbookGradient(hyper, samples))
    expect(largest(apart)).toBeLessThan(1e-11)
  })

  it('has the Hessian that the formula of the gradient has for a Jacobian', () => {
    const apart = T.sub(hessian(logMarginal)(hyper, samples), jacobian(textbookGradient)(hyper, samples))
    expect(largest(apart)).toBeLessThan(1e-9)
  })

  it('predicts each measurement from those before it as likely as it says of all together', () => {
    let total = T.item(logMarginal(hyper, first(samples, 1)))
    for (let count = 1; count < 12; count++) {
      const [x, y] = [T.slice(samples.x, [[count, count + 1]]), T.item(T.at(samples.y, count))]
      const { mean, variance } = predict(hyper, first(samples, count), x)
      const [m, v] = [T.item(T.at(mean, 0)), T.item(T.at(variance, 0))]
      total -= ((y - m) ** 2 / v + Math.log(2 * Math.PI * v)) / 2
    }
    expect(total).toBeCloseTo(T.item(logMarginal(hyper, samples)), 10)
  })

  it('ends at a maximum', () => {
    const found = fit(samples, hyper)
    expect(largest(grad(logMarginal)(found, samples))).toBeLessThan(1e-8)
    expect(T.item(T.min(T.diagonal(Linalg.cholesky(T.neg(hessian(logMarginal)(found, samples))))))).toBeGreaterThan(0)
  })
})

import { describe, expect, it } from 'vitest'
import * as Metric from 'pullback/Metric'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { gaussianBayes } from '../../examples/classics/bayes.js'
import { components, inComponents, project, restore } from '../../examples/classics/components.js'
import { firstCentres, kMeans } from '../../examples/classics/kMeans.js'
import { gaussianMixture, logJoint, maximised } from '../../examples/classics/mixture.js'
import { type Examples, type Learner, named, squaredDistances } from '../../examples/classics/model.js'
import { neighbours } from '../../examples/classics/neighbours.js'
import { linearSvm } from '../../examples/classics/supportVectors.js'

const centres = T.of(
  [
    [0, 0, 0],
    [8, 0, 1],
    [0, 8, 2]
  ],
  'float64'
)

/** Three groups of twenty rows each, scattered by 1/2 around centres that are 8 apart. */
const groups = (seed: number): Examples => {
  const labels = T.mod(T.arange(60, 'int32'), 3)
  return {
    features: T.add(T.gather(centres, labels), T.div(Random.normal(Random.key(seed), [60, 3], 'float64'), 2)),
    labels
  }
}
const [train, held] = [groups(0), groups(1)]
const key = Random.key(3)

const learners: Readonly<Record<string, Learner>> = {
  neighbours: neighbours(3),
  bayes: gaussianBayes(0),
  svm: linearSvm({ rate: 1, steps: 40, penalty: 0.001 }),
  components: inComponents(2, neighbours(3)),
  kMeans: named(kMeans(key)),
  mixture: named(gaussianMixture(key))
}

describe('the classics', () => {
  it.each(Object.keys(learners))('tell groups apart that are far from each other: %s', (name) => {
    const scores = learners[name]!(train, 3)(held.features)
    expect(scores.shape).toEqual([60, 3])
    expect(Metric.accuracy(scores, held.labels)).toBe(1)
  })
})

it('takes distances by the binomial formula', () => {
  const by = T.sum(T.square(T.sub(T.expandDims(held.features, 1), centres)), { axis: 2 })
  expect(T.isClose(squaredDistances(held.features, centres), by)).toBe(true)
})

it('counts the votes of neighbours', () => {
  const few = { features: T.of([[0], [1], [2], [9]], 'float64'), labels: T.of([0, 1, 1, 0], 'int32') }
  expect(T.toNested(neighbours(3)(few, 2)(T.of([[0.4], [8]], 'float64')))).toEqual([
    [1, 2],
    [1, 2]
  ])
})

describe('principal components', () => {
  const own = components(train.features)

  it('have uncorrelated coordinates, whose variances fall', () => {
    const coordinates = project(own, 3)(train.features)
    const covariance = T.div(T.matmul(T.transpose(coordinates), coordinates), 60)
    expect(T.isClose(covariance, T.diagEmbed(own.variances), { rtol: 0, atol: 1e-12 })).toBe(true)
    expect([...T.toArray(own.variances)].sort((a, b) => b - a)).toEqual([...T.toArray(own.variances)])
  })

  it('give the rows back when all are kept', () => {
    expect(T.isClose(restore(own)(project(own, 3)(held.features)), held.features, { rtol: 0, atol: 1e-12 })).toBe(true)
  })
})

describe('clusterings', () => {
  it('begin at different rows', () => {
    const first = T.toNested(firstCentres(key, train.features, 5)).map(String)
    const all = T.toNested(train.features).map(String)
    expect(new Set(first).size).toBe(5)
    expect(first.every((row) => all.includes(row))).toBe(true)
  })

  // rows without groups, where both take many steps
  const rows = Random.normal(Random.key(5), [80, 2], 'float64')
  it.each([0, 1, 2, 3])('get better with each step, from key %d', (seed) => {
    const costs = kMeans(Random.key(seed))(rows, 4).history
    const likelihoods = gaussianMixture(Random.key(seed))(rows, 4).history
    expect(costs.length).toBeGreaterThan(2)
    expect(likelihoods.length).toBeGreaterThan(2)
    expect([...costs].sort((a, b) => b - a)).toEqual(costs)
    expect([...likelihoods].sort((a, b) => a - b)).toEqual(likelihoods)
  })

  it('have the density of the normal distribution', () => {
    const one = { weights: T.of([1], 'float64'), means: T.of([[1]], 'float64'), covariances: T.of([[[4]]], 'float64') }
    const at3 = T.toNested(logJoint(one)(T.of([[3]], 'float64')))[0]![0]!
    expect(at3).toBeCloseTo(-0.5 - Math.log(2 * Math.sqrt(2 * Math.PI)), 14)
  })

  it('take mean and covariance of the rows for a single Gaussian', () => {
    const { weights, means, covariances } = maximised(rows, T.ones([80, 1], 'float64'))
    const centre = T.mean(rows, { axis: 0 })
    const away = T.sub(rows, centre)
    expect(T.toNested(weights)).toEqual([1])
    expect(T.isClose(T.at(means, 0), centre)).toBe(true)
    expect(T.isClose(T.at(covariances, 0), T.div(T.matmul(T.transpose(away), away), 80))).toBe(true)
  })
})

import { describe, expect, it } from 'vitest'
import { grad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import * as gmm from '../../../examples/gradbench/gmm.js'
import { expectClose, expectLaws, keys } from './held.js'

describe('gmm', () => {
  // The instance of ADBench's tests, and the numbers that they expect of it. There the prior has the opposite sign.
  const mixture: gmm.Mixture = {
    alpha: T.of([-0.649014, 1.181166, -0.758453], 'float64'),
    mu: T.of(
      [
        [0.092339, 0.18626],
        [0.345561, 0.396767],
        [0.538817, 0.419195]
      ],
      'float64'
    ),
    q: T.of(
      [
        [0.586443, -0.851887],
        [-1.509405, 0.875874],
        [0.166813, -1.965419]
      ],
      'float64'
    ),
    l: T.of([[0.800321], [-0.24279], [-1.270071]], 'float64')
  }
  const x: T.Tensor<[number, number]> = T.of([[1.175171, 2.02916]], 'float64')
  const wishart: gmm.Wishart = { gamma: 1, m: 0 }

  it('has the published value', () => {
    const found = T.item(gmm.logLikelihood(mixture, x)) - T.item(gmm.logPrior(mixture, wishart))
    expect(found).toBeCloseTo(8.07380408004975791, 12)
    const own = T.item(gmm.objective(mixture, { x, wishart }))
    expect(own).toBeCloseTo(T.item(gmm.logLikelihood(mixture, x)) + T.item(gmm.logPrior(mixture, wishart)), 12)
  })

  it('has the published gradient', () => {
    const likelihood = grad(gmm.logLikelihood)(mixture, x)
    const { alpha, mu, q, l } = Tree.sub(likelihood, grad(gmm.logPrior)(mixture, wishart))
    expectClose(alpha, [0.108662855508652456, -0.741270039523898472, 0.632607184015246071])
    expectClose(
      mu,
      [
        1.11692576532787013, 0.163333013551455269, -0.0219989824071193142, 0.227778292254236098, 1.20963025612832187,
        -0.0606375920733956339
      ]
    )
    const icf = T.concat([q, l], { axis: 1 })
    expectClose(
      icf,
      [
        2.58529994051162237, 0.112632694524213789, 0.385744309849611777, 0.0735180573182305508, 5.41836362715595232,
        -0.321494409677446469, 1.71892309775004937, 0.860091090790866875, -0.994640930466322848
      ]
    )
  })

  it('gives the mixture a gradient of its shape', () => {
    const [at, data] = gmm.generate(keys[0]!, 6, 2, 4)
    const gradient = gmm.jacobian(at, data)
    expect(Tree.sameStructure(gradient, at)).toBe(true)
    expect(gradient.l.shape).toEqual([2, 6])
  })

  it('obeys the laws', () => {
    for (const key of keys) {
      const [at, data] = gmm.generate(key, 6, 2, 3)
      expectLaws('gmm', (params: gmm.Mixture) => gmm.objective(params, data), at)
    }
  })
})

// Optimizers by path, and what they need besides gradient and parameters.
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it, test } from 'vitest'
import { grad, valueAndGrad } from 'pullback/Grad'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import * as Tree from 'pullback/Tree'

interface Params {
  readonly layers: readonly [{ readonly w: T.Tensor<[2]>; readonly b: T.Tensor<[]> }, { readonly w: T.Tensor<[1]> }]
}

const params: Params = { layers: [{ w: T.of([1, 2]), b: T.scalar(3) }, { w: T.of([4]) }] }
const gradient: Params = { layers: [{ w: T.of([1, 1]), b: T.scalar(1) }, { w: T.of([1]) }] }
const isBias = (path: string): boolean => path.endsWith('.b')

/** Sharpness-aware minimisation: the gradient where the objective is worst near by (P. Foret et al., 2021). */
const sharpness = (rho: number): Optimizer.Optimizer<'objective'> =>
  Optimizer.stateful(
    () => ({}),
    (g, moments, { params: at, objective }) => {
      const norm = Tree.norm(g)
      const worst = Tree.zipWith(at, g, (p: T.Tensor, x: T.Tensor): T.Tensor => T.add(p, T.mul(x, T.div(rho, norm))))
      return [grad(objective)(worst), moments]
    },
    ['objective']
  )

describe('states', () => {
  it('are plain trees of leaves by path, whatever the structure of the parameters', () => {
    const state = Optimizer.adam(0.1).init(params)
    expect(Object.keys(state[0]?.moments['mean'] ?? {})).toEqual(['layers[0].w', 'layers[0].b', 'layers[1].w'])
    expect(T.toNested(Optimizer.trace(0.9).init(T.of([1, 2]))[0]?.moments['trace']?.[''] ?? T.of([0]))).toEqual([0, 0])
    const restored = T.fromJSON(JSON.parse(JSON.stringify(state)), state)
    const read = E.isRight(restored) ? restored.right : []
    expect(Tree.leaves(read).map(String)).toEqual(Tree.leaves(state).map(String))
  })

  it('of a gradient of another structure are refused by path', () => {
    const sgd = Optimizer.sgd(0.1)
    expect(() => sgd.update({ layers: [{ w: T.of([1]) }] } as never, [], params)).toThrow(
      'Optimizer.update: layers differs: 1 and 2 entries'
    )
  })
})

describe('masked', () => {
  it('changes the leaves that are chosen, and keeps a state for these only', () => {
    const optimizer = Optimizer.masked((path) => !isBias(path), Optimizer.trace(0.5))
    const state = optimizer.init(params)
    expect(Object.keys(state[0]?.moments['trace'] ?? {})).toEqual(['layers[0].w', 'layers[1].w'])
    const [, next] = optimizer.update(gradient, state, params)
    const [updates] = optimizer.update(gradient, next, params)
    expect(updates).toEqual({ layers: [{ w: T.of([1.5, 1.5]), b: T.scalar(1) }, { w: T.of([1.5]) }] })
  })

  it('gives an objective of the chosen leaves, around which the others stay', () => {
    const objective = (p: Params): T.Tensor<[]> => T.mul(T.sum(T.square(p.layers[0].w)), p.layers[0].b)
    const [value, g] = valueAndGrad(objective)(params)
    const optimizer = Optimizer.masked((path) => path === 'layers[0].w', sharpness(0))
    const [updates] = optimizer.update(g, optimizer.init(params), params, { objective })
    expect(updates).toEqual(g)
    expect(T.item(value)).toBe(15)
  })

  it('refuses a predicate that is no function', () => {
    expect(() => Optimizer.masked('w' as never, Optimizer.sgd(1))).toThrow(
      "masked: the predicate is 'w'; expected a function"
    )
    expect(() => Optimizer.masked(isBias, {} as never)).toThrow('an optimizer is {}; expected one from this module')
  })
})

describe('partition', () => {
  it('is an optimizer for each leaf by name; frozen leaves stay', () => {
    const optimizer = Optimizer.partition(
      { slow: Optimizer.sgd(0.5), fast: Optimizer.chain(Optimizer.trace(0.9), Optimizer.sgd(1)) },
      (path) => (isBias(path) ? 'frozen' : path === 'layers[1].w' ? 'fast' : 'slow')
    )
    const [updates] = optimizer.update(gradient, optimizer.init(params), params)
    expect(updates).toEqual({ layers: [{ w: T.of([-0.5, -0.5]), b: T.scalar(0) }, { w: T.of([-1]) }] })
  })

  it('refuses a name without an optimizer', () => {
    const optimizer = Optimizer.partition({ all: Optimizer.sgd(1) }, () => 'some' as never)
    expect(() => optimizer.init(params)).toThrow(
      "partition: the name for layers[0].w is 'some'; expected all or frozen"
    )
  })
})

describe('needs', () => {
  const objective = (p: T.Tensor<[]>): T.Tensor<[]> => T.square(T.square(p))

  test('the chain needs what any of its parts needs, in the types too', () => {
    const chained = Optimizer.chain(Optimizer.scale(2), sharpness(0.5), Optimizer.sgd(1))
    const needs: Optimizer.Optimizer<'objective'> = chained
    const x = T.scalar(1)
    const [updates] = needs.update(grad(objective)(x), chained.init(x), x, { objective })
    expect(T.item(updates)).toBe(-4 * 1.5 ** 3)
    // @ts-expect-error the objective is missing
    expect(() => chained.update(x, chained.init(x), x)).toThrow(
      'Optimizer.update: objective is undefined; expected { objective } as the fourth argument, which this optimizer needs'
    )
    // @ts-expect-error an optimizer that needs the objective where none is given
    const none: Optimizer.Optimizer = chained
    expect(none.slots).toBe(1)
  })

  test('Train gives all of them', () => {
    const optimizer = Optimizer.chain(sharpness(0.5), Optimizer.sgd(0.01))
    const target: Train.Objective<T.Tensor<[]>, readonly [], number> = (p, s) => [objective(p), s]
    const x = T.scalar(1)
    const start = { params: x, layerState: [], optimizerState: optimizer.init(x), key: Random.key(0), step: 0 } as const
    const [next] = Train.step(target, optimizer)(start, 0)
    expect(T.item(next.params)).toBeCloseTo(1 - 0.01 * 4 * 1.5 ** 3, 6)
  })
})

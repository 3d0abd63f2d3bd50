// Networks beside those of torchvision, with parameters by torchvision's names: scores, gradients and statistics, which oracle.py wrote down.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { valueAndGradWithAux } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Model from 'pullback/Model'
import * as Random from 'pullback/Random'
import type { Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'

type Products = { readonly [name: string]: readonly [square: number, dot: number] }

interface Case {
  readonly size: number
  readonly scores: readonly number[]
  readonly loss: number
  readonly gradient: Products
  readonly state: Products
}

const cases = JSON.parse(readFileSync(new URL('oracle.json', import.meta.url), 'utf8')) as {
  readonly [name: string]: Case
}

const letters = (name: string): number => Array.from(name).reduce((sum, letter) => sum + letter.charCodeAt(0), 0)

/** Numbers from a place of their own on, as oracle.py has them. */
const numbers = (name: string, shape: readonly number[]): T.Tensor => {
  const start = letters(name)
  const n = shape.reduce((product, each) => product * each, 1)
  return T.fromTypedArray(
    Float64Array.from({ length: n }, (_, i) => ((37 * (i + start)) % 101) / 32 - 1.5),
    shape
  )
}

/** The name of a leaf in torchvision: `layer1[0].conv1.w` is `layer1.0.conv1.weight`. */
const torchName = (path: string): string =>
  path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .replace(/\.(w|scale)$/, '.weight')
    .replace(/\.(b|shift)$/, '.bias')
    .replace(/\.mean$/, '.running_mean')
    .replace(/\.variance$/, '.running_var')

const valueOf = <S extends Shape>(path: string, { shape }: T.Tensor<S>): T.Tensor<S> => {
  const name = torchName(path)
  const v = T.ensure(numbers(name, shape), shape)
  if (shape.length > 1) return T.div(v, Math.sqrt(shape.slice(1).reduce((product, each) => product * each, 1)))
  return name.endsWith('weight') || name.endsWith('running_var') ? T.add(T.div(v, 8), 1) : T.div(v, 8)
}

const productsOf = (tree: unknown): Products => {
  const { leaves, paths } = Tree.flatten(tree)
  const products = leaves.map((leaf, i): readonly [string, readonly [number, number]] => {
    const name = torchName(paths[i]!)
    const dot = (a: T.Tensor): number => T.item(T.sum(T.mul(a, leaf)))
    return [name, [dot(leaf), dot(numbers(`${name}?`, leaf.shape))]]
  })
  return Object.fromEntries(products)
}

/** Expects numbers by name to agree up to rounding. */
const expectNear = (found: ReadonlyMap<string, number>, wanted: ReadonlyMap<string, number>): void => {
  expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort())
  const far = [...wanted].filter(
    ([name, value]) => !(Math.abs(found.get(name)! - value) <= 1e-9 * (1 + Math.abs(value)))
  )
  expect(far.map(([name, value]) => `${name}: ${found.get(name)} found, ${value} wanted`)).toEqual([])
}

const byName = (values: ArrayLike<number>, name: string): ReadonlyMap<string, number> =>
  new Map(Array.from(values, (value, i) => [`${name} ${i}`, value]))

const byNames = (products: Products): ReadonlyMap<string, number> =>
  new Map(Object.entries(products).flatMap(([name, pair]) => [...byName(pair, name)]))

type Network<P, S> = Layer.Layer<(images: T.Tensor<[number, 3, number, number]>) => T.Tensor<[number, 5]>, P, S>

const expectNetwork = <P, S>(model: Network<P, S>, { size, scores, loss, gradient, state }: Case): void => {
  const [drawn] = model.init(Random.key(0))
  const params = Tree.mapWithPath(drawn.params, valueOf)
  const before = Tree.mapWithPath(drawn.state, valueOf)
  const images = T.ensure(T.pow(numbers('input', [2, 3, size, size]), 3), [2, 3, size, size])
  const found = Layer.predict(model)(params, before)(images)
  expectNear(byName(T.toArray(found), 'score'), byName(scores, 'score'))

  const lossOf = (p: P): readonly [T.Tensor<[]>, S] => {
    const [output, next] = Layer.apply(model)(p, before, { mode: 'train' })(images)
    return [Loss.crossEntropy(output, T.arange(2, 'int32')), next]
  }
  const [own, ownGradient, next] = valueAndGradWithAux(lossOf)(params)
  expectNear(byName([T.item(own)], 'loss'), byName([loss], 'loss'))
  expectNear(byNames(productsOf(ownGradient)), byNames(gradient))
  expectNear(byNames(productsOf(next)), byNames(state))
}

const own = { classes: 5, dtype: 'float64' } as const

test('a residual network of basic blocks', () =>
  expectNetwork(Model.resnet([2, 1, 1, 1], { ...own, width: 4 }), cases['basic']!))

test('a residual network of bottlenecks', () =>
  expectNetwork(Model.resnet([1, 1, 1, 1], { ...own, width: 4, block: 'bottleneck' }), cases['bottleneck']!))

test('a dense network', () => expectNetwork(Model.densenet([2, 3], { ...own, growth: 4 }), cases['dense']!))

test('VGG-11 with batch norm', () =>
  expectNetwork(Model.vgg11({ ...own, batchNorm: true, width: 4, hidden: 6, dropout: 0 }), cases['vgg']!))

// The networks of torchvision: numbers of parameters, shapes on their way, a training step.
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import * as Init from 'pullback/Init'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Model from 'pullback/Model'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import * as Tree from 'pullback/Tree'

describe('the numbers of parameters are those of torchvision', () => {
  test.each([
    ['alexnet', Model.alexnet(), 61_100_840],
    ['vgg11', Model.vgg11(), 132_863_336],
    ['vgg13', Model.vgg13(), 133_047_848],
    ['vgg16', Model.vgg16(), 138_357_544],
    ['vgg19', Model.vgg19(), 143_667_240],
    ['vgg11 with batch norm', Model.vgg11({ batchNorm: true }), 132_868_840],
    ['vgg19 with batch norm', Model.vgg19({ batchNorm: true }), 143_678_248],
    ['resnet18', Model.resnet18(), 11_689_512],
    ['resnet34', Model.resnet34(), 21_797_672],
    ['resnet50', Model.resnet50(), 25_557_032],
    ['resnet101', Model.resnet101(), 44_549_160],
    ['resnet152', Model.resnet152(), 60_192_808],
    ['densenet121', Model.densenet121(), 7_978_856],
    ['densenet161', Model.densenet161(), 28_681_000],
    ['densenet169', Model.densenet169(), 14_149_480],
    ['densenet201', Model.densenet201(), 20_013_928]
  ] as const)('%s', (_, model, parameters) => {
    expect(Layer.parameterCount(model)).toBe(parameters)
  })
})

/** A tree with every entry. */
const empty: unknown = new Proxy({}, { get: () => ({}) })

/** The shapes of parts at a path that matches. */
const shapesOf = (model: Layer.AnyLayer, input: readonly number[], paths: RegExp): readonly string[] =>
  Layer.summary(model, input)
    .filter(({ path }) => paths.test(path))
    .map(({ path, shapes }) => `${path} ${shapes.join(' ')}`)

describe('shapes on images of 224 x 224', () => {
  test('alexnet', () => {
    expect(shapesOf(Model.alexnet(), [1, 3, 224, 224], /^(features\[(2|5|12)\]|avgpool|flatten)$/)).toEqual([
      'features[2] 1,64,27,27',
      'features[5] 1,192,13,13',
      'features[12] 1,256,6,6',
      'avgpool 1,256,6,6',
      'flatten 1,9216'
    ])
  })

  test('vgg16', () => {
    expect(shapesOf(Model.vgg16(), [1, 3, 224, 224], /^(features\[(4|9|16|23|30)\]|avgpool)$/)).toEqual([
      'features[4] 1,64,112,112',
      'features[9] 1,128,56,56',
      'features[16] 1,256,28,28',
      'features[23] 1,512,14,14',
      'features[30] 1,512,7,7',
      'avgpool 1,512,7,7'
    ])
  })

  test('resnet50, with either stem', () => {
    expect(shapesOf(Model.resnet50(), [1, 3, 224, 224], /^(maxpool|layer\d)$/)).toEqual([
      'maxpool 1,64,56,56',
      'layer1 1,256,56,56',
      'layer2 1,512,28,28',
      'layer3 1,1024,14,14',
      'layer4 1,2048,7,7'
    ])
    expect(shapesOf(Model.resnet50({ stem: 'small' }), [1, 3, 32, 32], /^(maxpool|layer\d)$/)).toEqual([
      'layer1 1,256,32,32',
      'layer2 1,512,16,16',
      'layer3 1,1024,8,8',
      'layer4 1,2048,4,4'
    ])
  })

  test('densenet121', () => {
    expect(shapesOf(Model.densenet121(), [1, 3, 224, 224], /^features\.(pool0|transition\d|norm5)$/)).toEqual([
      'features.pool0 1,64,56,56',
      'features.transition1 1,128,28,28',
      'features.transition2 1,256,14,14',
      'features.transition3 1,512,7,7',
      'features.norm5 1,1024,7,7'
    ])
  })
})

describe('small networks', () => {
  test('of the papers for images of 32 x 32', () => {
    // K. He et al. give 0.27 million without, G. Huang et al. 0.8 million parameters
    expect(Layer.parameterCount(Model.resnet([3, 3, 3], { classes: 10, stem: 'small', width: 16 }))).toBe(272_474)
    expect(Layer.parameterCount(Model.densenet([16, 16, 16], { classes: 10, growth: 12, stem: 'small' }))).toBe(769_162)
  })

  test('a plain network is the residual one without sums and projections', () => {
    const model = (shortcuts: boolean) => Model.resnet([1, 1], { classes: 2, stem: 'small', width: 2, shortcuts })
    const paths = (shortcuts: boolean) => Tree.flatten(model(shortcuts).init(Random.key(0))[0].params).paths
    expect(paths(true).filter((path) => !path.includes('downsample'))).toEqual(paths(false))
    expect(paths(true).filter((path) => path.includes('downsample'))).toHaveLength(3)
    const [{ params, state }] = model(false).init(Random.key(0))
    const silent = Tree.mapWithPath(params, (path, leaf) => (path.includes('bn2') ? T.mul(leaf, 0) : leaf))
    const images: T.Tensor<[2, 3, 4, 4]> = Random.normal(Random.key(1), [2, 3, 4, 4])
    // without an input beside it, what a block multiplies by 0 is gone
    expect(T.toNested(Layer.predict(model(false))(silent, state)(images))).toEqual([
      [0, 0],
      [0, 0]
    ])
  })

  test('the last weights of a residual network are uniform numbers up to 1 / sqrt(fan-in)', () => {
    const [{ params }] = Model.resnet([1], { width: 4, classes: 500 }).init(Random.key(0))
    const largest = T.item(T.max(T.abs(params.fc.w)))
    expect(largest).toBeLessThanOrEqual(1 / Math.sqrt(4))
    expect(largest).toBeGreaterThan(0.49)
  })

  test('alexnet drops in front of its dense layers', () => {
    const model = Model.alexnet({ classes: 2, init: Init.zeros })
    const [{ params, state }] = model.init(Random.key(0))
    expect(() => Layer.apply(model)(params, state, { mode: 'train' })(T.ones([1, 3, 63, 63]))).toThrow(
      'layer classifier[0]: dropout: the context has no key in training'
    )
  })

  test('numbers of blocks', () => {
    expect(() => Model.resnet([2, 0])).toThrow('resnet: blocks[1] is 0; expected an integer from 1 to 4096')
    expect(() => Model.densenet([])).toThrow(
      'densenet: blocks is []; expected an array of integers above 0, such as [2, 2, 2, 2]'
    )
  })

  test('as sparse lists, and more of them than can be built', () => {
    const sparse: readonly number[] = Object.assign(new Array<number>(2), { 0: 1 })
    const sentence = 'blocks[1] is undefined; expected an integer from 1 to 4096'
    expect(() => Model.resnet(sparse)).toThrow(`resnet: ${sentence}`)
    expect(() => Model.densenet(sparse)).toThrow(`densenet: ${sentence}`)
    expect(() => Model.resnet([1e10])).toThrow('resnet: blocks[0] is 10000000000; expected an integer from 1 to 4096')
    expect(() => Model.mlp(sparse)).toThrow('mlp: size 2 is undefined; expected an integer above 0')
  })

  const mlp = Model.mlp([2, 2])
  const one = { classes: 2, width: 1 }
  test.each([
    ['resnet', Model.resnet([1], one)],
    ['resnet18', Model.resnet18(one)],
    ['densenet', Model.densenet([1], { growth: 1 })],
    ['densenet121', Model.densenet121()],
    ['alexnet', Model.alexnet()],
    ['vgg11', Model.vgg11(one)],
    ['lenet5', Model.lenet5()],
    ['wired', Model.wired({ nodes: 1, edges: [] }, 1, 1)],
    ['dcganGenerator', Model.dcganGenerator({ size: 8, width: 1 })],
    ['dcganDiscriminator', Model.dcganDiscriminator({ size: 8, width: 1 })],
    ['autoencoder', Model.autoencoder(mlp, mlp)],
    ['denoisingAutoencoder', Model.denoisingAutoencoder(Layer.dropout(0.1), mlp, mlp)],
    ['variationalAutoencoder', Model.variationalAutoencoder(Layer.branch(mlp, mlp), mlp)]
  ] as readonly (readonly [string, Layer.AnyLayer])[])('%s takes one input', (name, model) => {
    const { apply } = model as unknown as Layer.Layer<unknown, unknown, unknown>
    // the inputs are counted before parameters are looked at
    const run = apply(empty, empty, { mode: 'eval' }) as (...inputs: readonly unknown[]) => unknown
    const x = T.zeros([1])
    expect(() => run()).toThrow(`${name}: 0 inputs; expected 1`)
    expect(() => run(x, x)).toThrow(`${name}: 2 inputs; expected 1`)
  })

  test('images of other channels, and too small ones', () => {
    expect(Layer.check(Model.resnet18(), [2, 1, 32, 32])).toEqual(
      E.left([
        { path: 'conv1', message: 'conv2d: the input has shape [2, 1, 32, 32]; expected [examples, 3, height, width]' }
      ])
    )
    expect(Layer.check(Model.alexnet(), [2, 3, 62, 62])).toEqual(
      E.left([
        {
          path: 'features[12]',
          message: 'maxPool2d: the window spans [3, 3] on an input of [2, 2]; expected a window that fits'
        }
      ])
    )
    expect(E.isRight(Layer.check(Model.alexnet(), [2, 3, 63, 63]))).toBe(true)
    expect(E.isRight(Layer.check(Model.densenet121(), [2, 3, 29, 29]))).toBe(true)
    expect(E.isRight(Layer.check(Model.vgg16(), [2, 3, 32, 32]))).toBe(true)
  })
})

test('ResNet-18 takes a training step on two images of 32 x 32', () => {
  const model = Model.resnet18({ classes: 10 })
  const optimizer = Optimizer.sgd(0.1)
  const start = Train.init(model, optimizer)(Random.key(0))
  const features: T.Tensor<[2, 3, 32, 32]> = Random.normal(Random.key(1), [2, 3, 32, 32])
  const step = Train.step(Train.objective(model, Loss.crossEntropy), optimizer)
  const [after, { loss }] = step(start, { features, labels: T.of([3, 7], 'int32') })
  expect(loss).toBeGreaterThan(0)
  expect(Number.isFinite(loss)).toBe(true)
  const [before, next] = [start.params.layer4[1]!.conv2.w, after.params.layer4[1]!.conv2.w]
  expect(T.item(T.max(T.abs(T.sub(before, next))))).toBeGreaterThan(0)
  expect(T.item(T.max(T.abs(after.layerState.bn1.mean)))).toBeGreaterThan(0)
})

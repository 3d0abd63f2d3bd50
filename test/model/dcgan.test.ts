// The DCGAN: sizes and numbers of PyTorch's tutorial, and one step of each part.
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { grad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Model from 'pullback/Model'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { expectAlike } from '../layer/alike.js'

const kernels = (model: Layer.AnyLayer, input: readonly number[]): readonly string[] =>
  Layer.summary(model, input)
    .filter(({ path, parameters }) => path.startsWith('main[') && parameters > 0)
    .map(({ path, shapes, parameters }) => `${path} ${shapes.join(' ')}: ${parameters}`)

describe('the sizes of the tutorial', () => {
  test('of the generator', () => {
    const model = Model.dcganGenerator()
    expect(Layer.parameterCount(model)).toBe(3_576_704)
    expect(kernels(model, [1, 100])).toEqual([
      'main[0] 1,512,4,4: 819200',
      'main[1] 1,512,4,4: 1024',
      'main[3] 1,256,8,8: 2097152',
      'main[4] 1,256,8,8: 512',
      'main[6] 1,128,16,16: 524288',
      'main[7] 1,128,16,16: 256',
      'main[9] 1,64,32,32: 131072',
      'main[10] 1,64,32,32: 128',
      'main[12] 1,3,64,64: 3072'
    ])
  })

  test('of the discriminator', () => {
    const model = Model.dcganDiscriminator()
    expect(Layer.parameterCount(model)).toBe(2_765_568)
    expect(kernels(model, [2, 3, 64, 64])).toEqual([
      'main[0] 2,64,32,32: 3072',
      'main[2] 2,128,16,16: 131072',
      'main[3] 2,128,16,16: 256',
      'main[5] 2,256,8,8: 524288',
      'main[6] 2,256,8,8: 512',
      'main[8] 2,512,4,4: 2097152',
      'main[9] 2,512,4,4: 1024',
      'main[11] 2,1,1,1: 8192'
    ])
  })
})

describe('a small one', () => {
  const generator = Model.dcganGenerator({ latent: 3, channels: 1, size: 16, width: 2, dtype: 'float64' })
  const discriminator = Model.dcganDiscriminator({ channels: 1, size: 16, width: 2, dtype: 'float64' })
  const [g] = generator.init(Random.key(0))
  const [d] = discriminator.init(Random.key(1))
  const noise: T.Tensor<[4, 3]> = Random.normal(Random.key(2), [4, 3], 'float64')

  const w = (params: Model.DcganParams, i: number) => (params.main[i] as { readonly w: never }).w
  const norm = (x: T.Tensor): T.Tensor => {
    const axis = [0, 2, 3]
    const [mean, variance] = [T.mean(x, { axis, keepDims: true }), T.variance(x, { axis, keepDims: true })]
    return T.div(T.sub(x, mean), T.sqrt(T.add(variance, 1e-5)))
  }
  const half = { stride: 2, padding: 1 } as const

  const imagesBy = (p: Model.DcganParams): T.Tensor => {
    const up = (x: T.Tensor, i: number): T.Tensor => T.convTranspose2d(x as never, w(p, i), half)
    const start: T.Tensor = T.convTranspose2d(T.reshape(noise, [4, 3, 1, 1]), w(p, 0))
    return T.tanh(up(T.relu(norm(up(T.relu(norm(start)), 3))), 6))
  }
  const scoresBy = (images: T.Tensor): T.Tensor => {
    const leaky = (x: T.Tensor): T.Tensor => T.where(T.greater(x, 0), x, T.mul(x, 0.2))
    const down = (x: T.Tensor, i: number): T.Tensor => T.conv2d(x as never, w(d.params, i), half)
    const hidden = leaky(norm(down(leaky(down(images, 0)), 2)))
    return T.reshape(T.einsum('ncij,ocij->no', hidden, w(d.params, 5)), [4])
  }

  test('is the formula, and the generator learns through the discriminator', () => {
    const images = (p: Model.DcganParams) => Layer.apply(generator)(p, g.state, { mode: 'train' })(noise)[0]
    const scores = (p: Model.DcganParams): T.Tensor =>
      Layer.apply(discriminator)(d.params, d.state, { mode: 'train' })(images(p))[0]
    const direct = (p: Model.DcganParams): T.Tensor => scoresBy(imagesBy(p))
    expectAlike(images(g.params), imagesBy(g.params))
    expectAlike(scores(g.params), direct(g.params))
    const gradient = (f: typeof scores): Model.DcganParams =>
      grad((p: Model.DcganParams) => Loss.binaryCrossEntropyWithLogits(f(p), T.ones([4], 'float64')))(g.params)
    const kernelsOf = (p: Model.DcganParams) => [0, 3, 6].map((i) => w(p, i))
    expectAlike(kernelsOf(gradient(scores)), kernelsOf(gradient(direct)), 1e-9)
  })

  test('what they refuse', () => {
    expect(() => Model.dcganGenerator({ size: 48 })).toThrow(
      'dcganGenerator: size is 48; expected a power of two of 8 or more'
    )
    expect(() => Layer.predict(generator)(g.params, g.state)(T.zeros([4, 2]) as never)).toThrow(
      'dcganGenerator: the noise has shape [4, 2]; expected [examples, 3]'
    )
    for (const shape of [[3], [2, 4, 3], []]) {
      expect(() => Layer.predict(generator)(g.params, g.state)(T.zeros(shape) as never)).toThrow(
        `dcganGenerator: the noise has shape [${shape.join(', ')}]; expected [examples, 3]`
      )
    }
    // a larger image would give several scores, which nobody could tell from those of other images
    for (const image of ['3, 16, 16', '1, 32, 32', '1, 16, 32', '1, 8, 8']) {
      const images = T.zeros([4, ...image.split(', ').map(Number)])
      expect(() => Layer.predict(discriminator)(d.params, d.state)(images as never)).toThrow(
        `dcganDiscriminator: the input has shape [4, ${image}]; expected [examples, 1, 16, 16]`
      )
    }
    const found = Layer.check(Layer.sequential(generator, discriminator), [4, 2])
    expect(found).toEqual(
      E.left([{ path: '[0]', message: 'dcganGenerator: the noise has shape [4, 2]; expected [examples, 3]' }])
    )
    const other = Layer.check(Layer.sequential(discriminator, T.square), [4, 1, 8, 8])
    expect(E.isLeft(other) && other.left.map(({ path }) => path)).toEqual(['[0]'])
  })
})

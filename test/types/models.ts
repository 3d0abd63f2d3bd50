// What the compiler knows of the networks of pullback/Model. This file is compiled, not run.
import * as Layer from 'pullback/Layer'
import * as Model from 'pullback/Model'
import * as T from 'pullback/Tensor'
import { typeOf } from './same.js'

type None = Layer.None

typeOf(Model.linearClassifier(4, 3))<Layer.Layer<Layer.Rowwise<4, 3>, Layer.DenseParams<4, 3>>>(true)
typeOf(Model.mlp([784, 128, 10], { activation: T.tanh, dropout: 0.5 }))<
  Layer.Layer<
    Layer.Rowwise<784, 10>,
    readonly [Layer.DenseParams<784, 128>, Layer.DenseParams<128, 10>],
    readonly [None, None]
  >
>(true)
declare const sizes: readonly number[]
typeOf(Model.mlp(sizes))<
  Layer.Layer<Layer.Rowwise<number, number>, readonly Layer.DenseParams<number, number>[], readonly None[]>
>(true)
Layer.sequential(Model.mlp([4, 8, 6]), T.relu, Layer.dense(6, 2))
// @ts-expect-error: sequential: layer 2 takes [..., 7]; it is given [..., 6]
Layer.sequential(Model.mlp([4, 8, 6]), Layer.dense(7, 2))
// @ts-expect-error: an activation is a function
Model.mlp([4, 8], { activation: 'relu' })

const lenet = Model.lenet5({ classes: 3, activation: T.relu, pooling: 'max' })
declare const params: Layer.ParamsOf<typeof lenet>
declare const state: Layer.StateOf<typeof lenet>
typeOf(params)<Model.LeNet5Params<3>>(true)
typeOf(Layer.predict(lenet)(params, state)(T.zeros([5, 1, 28, 28])))<T.Tensor<[number, 3]>>(true)
typeOf(Model.lenet5())<
  Layer.Layer<
    (images: T.Tensor<[number, 1, 28, 28]>) => T.Tensor<[number, 10]>,
    Model.LeNet5Params<10>,
    { readonly [Name in keyof Model.LeNet5Params<10>]: None }
  >
>(true)
// @ts-expect-error: images of another size
Layer.predict(lenet)(params, state)(T.zeros([5, 1, 32, 32]))

// networks of images
const resnet = Model.resnet18({ classes: 10, channels: 1 })
declare const resnetParams: Layer.ParamsOf<typeof resnet>
declare const resnetState: Layer.StateOf<typeof resnet>
typeOf(resnetParams)<Model.ResNetParams<1, 10>>(true)
typeOf(resnetParams.layer2)<readonly Model.ResNetBlock[]>(true)
typeOf(resnetParams.conv1.w)<T.Tensor<[number, 1, number, number]>>(true)
typeOf(resnetState)<Model.ResNetState>(true)
typeOf(Layer.predict(resnet)(resnetParams, resnetState)(T.zeros([5, 1, 32, 32])))<T.Tensor<[number, 10]>>(true)
// @ts-expect-error: images of other channels
Layer.predict(resnet)(resnetParams, resnetState)(T.zeros([5, 3, 32, 32]))
// @ts-expect-error: an option that the networks by number do not have
Model.resnet50({ block: 'basic' })
const stages = Model.resnet([3, 3, 3], { block: 'bottleneck' })
declare const stagesParams: Layer.ParamsOf<typeof stages>
typeOf(stagesParams['layer3'])<readonly Model.ResNetBlock[] | undefined>(true)

const densenet = Model.densenet121({ classes: 2 })
declare const densenetParams: Layer.ParamsOf<typeof densenet>
typeOf(densenetParams)<Model.DenseNetParams<3, 2>>(true)
typeOf(densenetParams.classifier.b)<T.Tensor<[2]>>(true)

const vgg = Model.vgg16({ batchNorm: true })
declare const vggParams: Layer.ParamsOf<typeof vgg>
typeOf(vggParams.classifier[6].w)<T.Tensor<[1000, number]>>(true)
const alexnet = Model.alexnet({ channels: 1 })
declare const alexnetParams: Layer.ParamsOf<typeof alexnet>
typeOf(alexnetParams.features[0].w)<T.Tensor<[64, 1, 11, 11]>>(true)
Layer.sequential(Model.resnet18(), T.relu, Layer.dense(1000, 2))
// @ts-expect-error: sequential: layer 2 takes [..., 10]; it is given [..., 1000]
Layer.sequential(Model.resnet18(), Layer.dense(10, 2))

// autoencoders
const encoder = Model.mlp([64, 32, 2])
const both = Model.autoencoder(encoder, Model.mlp([2, 32, 64]))
typeOf(both)<
  Layer.Layer<
    Layer.Rowwise<64, 64>,
    {
      readonly encoder: Layer.ParamsOf<typeof encoder>
      readonly decoder: readonly [Layer.DenseParams<2, 32>, Layer.DenseParams<32, 64>]
    },
    { readonly encoder: readonly [None, None]; readonly decoder: readonly [None, None] }
  >
>(true)
// @ts-expect-error: sequential: layer 2 takes [..., 3]; it is given [..., 2]
Model.autoencoder(encoder, Model.mlp([3, 64]))
// @ts-expect-error: noise keeps shapes
Model.denoisingAutoencoder(Layer.dense(64, 64), encoder, Model.mlp([2, 64]))
const pair = Layer.sequential(Layer.dense(64, 8), T.relu, Layer.branch(Layer.dense(8, 2), Layer.dense(8, 2)))
const variational = Model.variationalAutoencoder(pair, Model.mlp([2, 64]))
declare const variationalParams: Layer.ParamsOf<typeof variational>
declare const variationalState: Layer.StateOf<typeof variational>
typeOf(variationalParams.decoder)<readonly [Layer.DenseParams<2, 64>]>(true)
const [output, mean] = Layer.predict(variational)(variationalParams, variationalState)(T.zeros([5, 64]))
typeOf(output)<T.Tensor<[...number[], 64]>>(true)
typeOf(mean)<T.Tensor<[...number[], 2]>>(true)
// @ts-expect-error: the encoder gives a pair
Model.variationalAutoencoder(encoder, Model.mlp([2, 64]))

// @ts-expect-error: variationalAutoencoder: the decoder takes [..., 3]; it is given [..., 2]
Model.variationalAutoencoder(pair, Model.mlp([3, 64]))

// a DCGAN, and wired networks
const generator = Model.dcganGenerator({ latent: 16, channels: 1, size: 8 })
declare const dcganParams: Model.DcganParams
declare const dcganState: Model.DcganState
const fakes = Layer.predict(generator)(dcganParams, dcganState)(T.zeros([5, 16]))
typeOf(fakes)<T.Tensor<[number, 1, 8, 8]>>(true)
const discriminator = Model.dcganDiscriminator({ channels: 1, size: 8 })
typeOf(Layer.predict(discriminator)(dcganParams, dcganState)(fakes))<T.Tensor<[number]>>(true)
// @ts-expect-error: images of three channels
Layer.predict(Model.dcganDiscriminator({ size: 8 }))(dcganParams, dcganState)(fakes)
Layer.sequential(Model.wired({ nodes: 1, edges: [] }, 3, 8), Layer.globalAvgPool(), Layer.dense(8, 2))
// @ts-expect-error: 9 channels
Layer.sequential(Model.wired({ nodes: 1, edges: [] }, 3, 8), Model.wired({ nodes: 1, edges: [] }, 9, 8))

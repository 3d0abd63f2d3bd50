/** Convolutions and their two gradients, beside the plain loops that TensorFlow.js runs on a CPU. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import { vjp } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { sideBySide } from './measure.js'

interface Layer {
  readonly input: readonly [examples: number, channels: number, height: number, width: number]
  readonly outputs: number
  readonly window: number
  readonly padding: number
}

/** The two of LeNet, and three of a network for small pictures. */
const layers: readonly Layer[] = [
  { input: [64, 1, 28, 28], outputs: 6, window: 5, padding: 2 },
  { input: [64, 6, 14, 14], outputs: 16, window: 5, padding: 0 },
  { input: [32, 3, 32, 32], outputs: 32, window: 3, padding: 1 },
  { input: [32, 32, 16, 16], outputs: 64, window: 3, padding: 1 },
  { input: [32, 64, 8, 8], outputs: 128, window: 3, padding: 1 }
]

/** A tensor in the layout of TensorFlow.js, axes in the given order. */
const theirs = (x: T.Tensor, axes: readonly [number, number, number, number]): tf.Tensor4D => {
  const moved = T.transpose(x, axes)
  const [a = 0, b = 0, c = 0, d = 0] = moved.shape
  return tf.tensor4d(Float32Array.from(T.toArray(moved)), [a, b, c, d])
}

/** A case of this library and one of TensorFlow.js for the output and for each gradient, and how many operations all of them make. */
const casesOf = ({ input, outputs, window, padding }: Layer) => {
  const [ofX, ofW, ofY] = Random.split(Random.key(1), 3)
  const x: T.Tensor = Random.normal(ofX, input)
  const w: T.Tensor = Random.normal(ofW, [outputs, input[1], window, window])
  const forward = (x: T.Tensor, w: T.Tensor): T.Tensor => T.conv2d(x, w, { padding })
  const [y, pullInput] = vjp((x: T.Tensor) => forward(x, w))(x)
  const [, pullKernel] = vjp((w: T.Tensor) => forward(x, w))(w)
  const ct: T.Tensor = Random.normal(ofY, y.shape)
  const [xs, ws, dy] = [theirs(x, [0, 2, 3, 1]), theirs(w, [2, 3, 1, 0]), theirs(ct, [0, 2, 3, 1])]
  const kernel =
    (name: string, inputs: tf.NamedTensorMap, more: object = {}) =>
    (): void =>
      tf.tidy(() => {
        tf.engine().runKernel(name, inputs, { strides: 1, pad: padding, dataFormat: 'NHWC', dilations: 1, ...more })
      })
  return {
    flops: (2 * T.size(y) * T.size(w)) / outputs,
    cases: [
      ['output', () => forward(x, w), kernel('Conv2D', { x: xs, filter: ws })],
      [
        'gradient to the input',
        () => pullInput(ct),
        kernel('Conv2DBackpropInput', { dy, filter: ws }, { inputShape: xs.shape })
      ],
      [
        'gradient to the kernel',
        () => pullKernel(ct),
        kernel('Conv2DBackpropFilter', { x: xs, dy }, { filterShape: ws.shape })
      ]
    ]
  } as const
}

export const convolutions = async (rounds = 5): Promise<string> => {
  await tf.setBackend('cpu')
  const blocks = layers.map((layer) => {
    const { flops, cases } = casesOf(layer)
    const rows = cases.map(([name, ours, other]) => {
      const [a = NaN, b = NaN] = sideBySide(
        [
          ['pullback', ours],
          ['TensorFlow.js', other]
        ],
        rounds
      ).map(({ best }) => best)
      const rate = (seconds: number): string => (flops / seconds / 1e9).toFixed(2).padStart(8)
      return `  ${name.padEnd(22)}${rate(a)}${rate(b)}${(b / a).toFixed(1).padStart(8)}x`
    })
    const { input, outputs, window, padding } = layer
    return [`${input.join(' x ')} to ${outputs} channels, ${window} x ${window}, padding ${padding}`, ...rows].join(
      '\n'
    )
  })
  const title =
    'convolutions, float32: GFLOP/s of pullback and of TensorFlow.js on its cpu backend, and their ratio, to be 10 at least'
  return ['', title, ...blocks].join('\n')
}

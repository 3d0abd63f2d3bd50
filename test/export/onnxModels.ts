// Small functions whose ONNX models are kept as files: `npm run interop` runs them on the engine, `npm test` holds the writer against them.
import * as Control from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import { grad, valueAndGrad } from 'pullback/Grad'
import * as Loss from 'pullback/Loss'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

/** A function of trees with arguments to export it at. */
export interface Kept {
  readonly name: string
  readonly f: (...args: readonly unknown[]) => unknown
  readonly args: readonly unknown[]
}

const kept = <Args extends readonly unknown[], R>(name: string, f: (...args: Args) => R, args: Args): Kept => ({
  name,
  f: f as unknown as Kept['f'],
  args
})

interface Layer {
  readonly w: T.Tensor<[3, 2]>
  readonly b: T.Tensor<[2]>
}

const layer: Layer = {
  w: T.of([
    [1, -0.5],
    [0.25, 2],
    [-1, 0.125]
  ]),
  b: T.of([0.5, -0.5])
}

const rows: T.Tensor<[4, 3]> = T.of([
  [1, 2, 3],
  [0, -1, 0.5],
  [2, 0, -1],
  [0.25, 0.5, 1]
])

/** The loss and gradient of a layer with two classes. */
export const step = (given: Layer, x: T.Tensor<[number, 3]>, labels: T.Tensor<[number]>) => {
  const [loss, gradient] = valueAndGrad(({ w, b }: Layer) =>
    Loss.crossEntropy(
      Debug.scope('dense', () => T.relu(T.add(T.matmul(x, w), b))),
      labels
    )
  )(given)
  return { loss, gradient }
}

const image: T.Tensor<[1, 1, 4, 4]> = T.reshape(T.arange(16), [1, 1, 4, 4])
const kernel: T.Tensor<[2, 1, 3, 3]> = T.reshape(T.arange(18), [2, 1, 3, 3])

export const models: readonly Kept[] = [
  kept('step', step, [layer, rows, T.of([0, 1, 1, 0], 'int32')]),
  kept(
    'convolution',
    grad((w: T.Tensor<[2, 1, 3, 3]>) =>
      T.sum(T.square(T.maxPool2d(T.conv2d(image, w, { padding: 1 }), { window: 2 })))
    ),
    [kernel]
  ),
  kept(
    'loop',
    grad((x: T.Tensor<[2]>) => {
      const [last] = Control.scan((carry: T.Tensor<[2]>, row: T.Tensor<[2]>) => {
        const next = T.sin(T.add(carry, row))
        return [next, next] as const
      })(
        x,
        T.of([
          [1, 2],
          [3, 4],
          [5, 6]
        ])
      )
      return T.sum(last)
    }),
    [T.of([0.5, 1])]
  ),
  kept(
    'choice',
    (index: T.Tensor<[]>, x: T.Tensor<[2]>) =>
      Control.whileLoop(
        ({ n }: { readonly n: T.Tensor<[]>; readonly y: T.Tensor<[2]> }) => T.less(n, 3),
        ({ n, y }) => ({ n: T.add(n, 1), y: T.mul(y, 2) })
      )({ n: index, y: x }),
    [T.scalar(1, 'int32'), T.of([1, -2])]
  ),
  kept('draws', (key: Random.Key) => Random.uniform(key, [5]), [Random.key(7)])
]

// Functions whose exports are kept as fixtures: small ones, which together use each kind of rule.
import { cond, scan, whileLoop } from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import { grad, valueAndGrad } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import * as Loss from 'pullback/Loss'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

/** A function and arguments to export it at. */
export interface Case {
  readonly name: string
  readonly f: (...args: readonly T.Tensor[]) => unknown
  readonly args: readonly T.Tensor[]
}

type Scalar = T.Tensor<[]>

/** Casts a function of known tensors to one of any. */
const given = <Args extends readonly T.Tensor[]>(name: string, f: (...args: Args) => unknown, ...args: Args): Case => ({
  name,
  f: f as unknown as Case['f'],
  args
})

const rows = T.of([
  [0.5, -1, 2],
  [1.5, 0.25, -0.75]
])

export const cases: readonly Case[] = [
  given(
    'network',
    (w: T.Tensor<[3, 2]>, x: T.Tensor<[2, 3]>) =>
      valueAndGrad((own: T.Tensor<[3, 2]>) =>
        Debug.scope('layer', () => Loss.crossEntropy(T.tanh(T.matmul(x, own)), T.of([1, 0], 'int32')))
      )(w),
    T.of([
      [0.1, -0.2],
      [0.3, 0.4],
      [-0.5, 0.6]
    ]),
    rows
  ),
  given(
    'loops',
    (x: T.Tensor<[3]>) => ({
      slope: grad((start: Scalar) =>
        T.sum(scan((total: Scalar, row: Scalar) => [T.sin(T.add(T.mul(total, 0.5), row)), total])(start, x)[1])
      )(T.scalar(0.5)),
      halved: whileLoop(
        (y: Scalar) => T.greater(y, 1),
        (y: Scalar) => T.mul(y, 0.5)
      )(T.max(x)),
      chosen: cond(
        T.greater(T.sum(x), 0),
        (y: T.Tensor<[3]>) => T.exp(y),
        (y: T.Tensor<[3]>) => T.neg(y)
      )(x)
    }),
    T.of([3, 0.5, -1])
  ),
  given(
    'image',
    (w: T.Tensor<[2, 1, 2, 2]>, x: T.Tensor<[1, 1, 4, 4]>) =>
      grad((own: T.Tensor<[2, 1, 2, 2]>) =>
        T.sum(T.square(T.maxPool2d(T.conv2d(x, own, { padding: 1 }), { window: 2 })))
      )(w),
    T.reshape(T.of([0.5, -0.25, 1, 0.125, -0.5, 0.75, 0.25, -1]), [2, 1, 2, 2]),
    T.reshape(T.sin(T.cast(T.arange(16), 'float32')), [1, 1, 4, 4])
  ),
  given(
    'places',
    (x: T.Tensor<[2, 3]>, at: T.Tensor<[2]>) => ({
      sorted: T.sort(x),
      picked: T.gather(x, at, { axis: 1 }),
      added: T.scatterAdd(x, at, T.ones([2, 3])),
      sums: T.cumsum(x, { axis: 1, reverse: true }),
      largest: T.argmax(x, { axis: 0 }),
      odd: T.cast(T.mul(x, 1e10), 'int32'),
      limits: T.where(T.greater(x, 0), Infinity, T.div(0, x))
    }),
    rows,
    T.of([1, -1], 'int32')
  ),
  given(
    'kernels',
    (w: T.Tensor<[4, 1, 2, 2]>, x: T.Tensor<[1, 2, 5, 4]>) =>
      grad((own: T.Tensor<[1, 2, 5, 4]>) =>
        T.sum(T.square(T.conv2d(own, w, { padding: 1, stride: 2, dilation: [1, 2], groups: 2 })))
      )(x),
    T.reshape(T.sin(T.cast(T.arange(16), 'float32')), [4, 1, 2, 2]),
    T.reshape(T.cos(T.cast(T.arange(40), 'float32')), [1, 2, 5, 4])
  ),
  given(
    'numbers',
    (x: T.Tensor<[4]>, y: T.Tensor<[4]>) => ({
      whole: T.round(x),
      order: T.argsort(T.where(T.greater(x, 2), NaN, x)),
      signs: T.div(1, T.mul(T.of([0, -0, -0, 0]), T.abs(x))),
      negative: T.div(1, T.mul(T.abs(x), -0)),
      positive: T.div(1, T.mul(T.abs(x), 0)),
      special: T.add(x, T.of([NaN, Infinity, -Infinity, 1e-40])),
      most: T.max(T.cast(x, 'int32')),
      backward: grad((own: typeof x) => T.sum(T.square(T.slice(own, [[null, null, -3]]))))(x),
      spread: T.mul(T.reshape(x, [2, 2]), T.slice(x, [[0, 2]])),
      third: T.mul(y, 1 / 3),
      masked: T.mul(T.cast(T.greater(x, 0), 'float32'), T.log(x))
    }),
    T.of([-0.5, 1.5, 2.5, -3.25]),
    T.of([1, -2, 1e300, 5e-324], 'float64')
  ),
  given('draws', (key: T.Tensor<[2]>) => Random.uniform(key as never, [2]), Random.key(7) as never),
  given(
    'matrices',
    (a: T.Tensor<[2, 2]>, b: T.Tensor<[2]>) => Linalg.triangularSolve(Linalg.cholesky(a), b),
    T.of(
      [
        [4, 2],
        [2, 10]
      ],
      'float64'
    ),
    T.of([2, 5], 'float64')
  )
]

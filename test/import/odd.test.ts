// What generated programs seldom hold, exported and imported again: empty tensors, signed zeros, outputs that are inputs or constants, sums of
// products that others read too, loops inside choices.
import { isLeft } from 'fp-ts/lib/Either.js'
import * as Control from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import * as Export from 'pullback/Export'
import { grad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { expect, it } from 'vitest'
import { imported } from './fixtures.js'

type F = (...leaves: readonly T.Tensor[]) => readonly T.Tensor[]

/** Type, shape and elements, with the signs of zeros, in the digits of float32. */
const text = (x: T.Tensor): string => {
  const digits = (n: number): string => (Object.is(n, -0) ? '-0' : String(Number(n.toPrecision(5))))
  return `${x.dtype} [${x.shape.join()}]: ${Array.from(T.toArray(x), digits).join(' ')}`
}

const readBack = (f: F, inputs: readonly T.Tensor[]): readonly string[] => {
  const written = Export.onnx(Debug.trace(f)(...inputs))
  if (isLeft(written)) throw new Error(written.left.message)
  const { apply, params } = imported(written.right, { isParameter: () => false })
  return apply(params)(...inputs).map(text)
}

const matrices = [T.of([[1, 2], [3, 4]]), T.of([[5, 6], [7, 8]]), T.of([10, 20])] // prettier-ignore
const flags = T.of([[1, 2, 3], [4, 5, -6]]) // prettier-ignore

const cases: readonly (readonly [name: string, f: F, inputs: readonly T.Tensor[]])[] = [
  ['outputs that are inputs', (x, y) => [x, y, x], [T.of([1]), T.of([2, 3])]],
  ['an output twice', (x) => [T.exp(x), T.exp(x)], [T.of([1])]],
  ['outputs that are constants', () => [T.of([1, 2]), T.zeros([2, 3]), T.full([2], true, 'bool')], []],
  ['inputs that nobody reads', (_, y) => [T.neg(y)], [T.of([1]), T.of([2])]],
  ['zeros with signs', (x) => [T.of([-0, 0]), T.zeros([2]), T.div(x, T.of([-0, 0]))], [T.of([1, 1])]],
  ['NaN and infinities', (x) => [T.add(x, T.of([NaN, Infinity, -Infinity]))], [T.of([1, 1, 1])]],
  ['extrema beside NaN', (x) => [T.max(x), T.min(x, { axis: 1 })], [T.of([[1, NaN], [2, 3]])]], // prettier-ignore
  ['zero times what is infinite', (x) => [grad((y: T.Tensor) => T.sum(T.where(T.greater(y, 0), T.log(y), 0)))(x)], [T.of([0, 2])]], // prettier-ignore
  ['sums of nothing', (x) => [T.sum(x), T.sum(x, { axis: 1 }), T.mean(x, { axis: 1 })], [T.zeros([2, 0])]],
  ['products with nothing inside', (x) => [T.matmul(x, T.transpose(x))], [T.zeros([2, 0])]],
  ['positions of nothing', (x) => [T.argmax(x, { axis: 1 }), T.sort(x)], [T.zeros([0, 3])]],
  ['products that others read too', (a, b, r) => [T.add(T.matmul(a, b), r), T.exp(T.neg(T.matmul(a, b)))], matrices],
  ['sums of two products', (a, b) => [T.add(T.matmul(a, b), T.matmul(b, a))], matrices],
  ['columns added to a product', (a, b, r) => [T.add(T.matmul(a, b), T.reshape(r, [2, 1]))], matrices],
  ['integers that wrap around', (x) => [T.mul(x, x), T.sum(x), T.prod(x), T.add(x, 1)], [T.of([2147483647, 2147483647, -5], 'int32')]], // prettier-ignore
  ['floats beyond int32', (x) => [T.cast(x, 'int32')], [T.of([3e9, -3e9, 1e10, -0.5])]],
  [
    'loops inside choices inside loops',
    (x, w) => {
      const inner = (h: T.Tensor): T.Tensor =>
        Control.scan((k: T.Tensor, e: T.Tensor) => [T.add(T.mul(k, w), e), k], { reverse: true })(h, x)[0]
      const [last, all] = Control.scan((h: T.Tensor, e: T.Tensor) => {
        const next = Control.cond(T.greater(T.sum(e), 5), inner, (k: T.Tensor) => T.mul(k, w))(h)
        return [next, T.sum(next)] as const
      })(w, x)
      return [last, all]
    },
    [flags, T.of([0.5, 0.25, 2])]
  ],
  [
    'the first and the last of several branches',
    (i, x) => [Control.switchCase(i as T.Tensor<[]>, [(y: T.Tensor) => y, (y: T.Tensor) => T.neg(y)])(x)],
    [T.scalar(0, 'int32'), T.of([3])]
  ]
]

it.each(cases)('%s', (_, f, inputs) => {
  expect(readBack(f, inputs)).toEqual(f(...inputs).map(text))
})

/** What constants of models of any batch size are computed from the size. */
const batched: readonly (readonly [name: string, f: (x: T.Tensor<[number, 3]>) => T.Tensor])[] = [
  ['the mean, by a quotient', (x) => T.mul(T.sum(x), 1 / x.shape[0])],
  ['the gradient of a mean', (x) => grad((y: T.Tensor<[number, 3]>) => T.mean(T.square(y)))(x)],
  ['a multiple and more', (x) => T.add(x, 2 * x.shape[0] + 5)],
  ['whole numbers that count', (x) => T.mul(T.sum(x, { axis: 1 }), T.cast(T.arange(3, 3 + x.shape[0]), 'float32'))],
  ['shapes', (x) => T.reshape(T.transpose(x), [x.shape[0] * 3])],
  ['all but the last', (x) => T.slice(x, [[0, x.shape[0] - 1, 1]])]
]

it.each(batched)('%s, in batches of any size', (_, f) => {
  const written = Export.onnx(f, { batch: [0] })(T.zeros([2, 3]))
  if (isLeft(written)) throw new Error(written.left.message)
  const { apply, params } = imported(written.right, { isParameter: () => false })
  for (const size of [1, 4, 7]) {
    const x = T.reshape(T.sin(T.cast(T.arange(1, 1 + 3 * size), 'float32')), [size, 3])
    expect(text(apply(params)(x)[0])).toBe(text(f(x)))
  }
})

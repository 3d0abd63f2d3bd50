// Functions of single numbers: locals that stand for several parts of an expression, and are used again for the next.
import * as P from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
import { expect, test } from 'vitest'
import { faults } from './same.js'

const product = P.mul(P.x, P.y)

/** A number in place of a NaN: straight code computes it behind a branch. */
const mended = (part: P.Expression, other: P.Expression | number): P.Expression =>
  P.select(P.equal(part, part), part, other)

const mend = (part: number, other: number): number => (Number.isNaN(part) ? other : part)

const isNaNOf = (part: P.Expression): P.Expression => P.notEqual(part, part)

const square = P.mul(product, product)

const whole = mended(product, 7)

/** Each with its function of numbers, in which `p` is the product and `n` is 1 where that is NaN. */
const cases: readonly (readonly [string, P.Expression, (p: number, n: number, x: number, y: number) => number])[] = [
  ['a choice', mended(product, 7), (p) => mend(p, 7)],
  ['of an operand', mended(P.x, P.y), (_p, _n, x, y) => mend(x, y)],
  ['its number before it', P.add(P.mul(isNaNOf(product), 2), mended(product, 7)), (p, n) => n * 2 + mend(p, 7)],
  ['its number behind it', P.div(mended(product, 7), isNaNOf(product)), (p, n) => mend(p, 7) / n],
  ['its number in it', mended(product, P.add(isNaNOf(product), 4)), (p, n) => mend(p, n + 4)],
  [
    'parts that are shared in it only',
    P.add(mended(product, P.add(isNaNOf(square), P.mul(isNaNOf(square), P.y))), isNaNOf(square)),
    (p, n, _x, y) => mend(p, n + n * y) + n
  ],
  ['one in another', mended(mended(product, P.x), P.y), (p, _n, x, y) => mend(mend(p, x), y)],
  ['two readers', P.add(whole, P.mul(whole, P.y)), (p, _n, _x, y) => mend(p, 7) + mend(p, 7) * y],
  ['a part that is read three times', P.add(P.mul(square, square), square), (p) => p * p * (p * p) + p * p]
]

const values = [-0, 1.5, NaN, Infinity]

const named = cases.map(([name, scalar, f], i) => {
  const ofTwo = (x: number, y: number): number => f(x * y, Number.isNaN(x * y) ? 1 : 0, x, y)
  return [name, P.binary({ name: `straight${i}`, domains: [P.real, P.real], f: ofTwo, scalar })] as const
})

test.each(named)('%s', (_name, f) => {
  const chained = ([x, y]: readonly T.Tensor[]): readonly T.Tensor[] => {
    const first = f(x!, y!)
    const second = f(first, x!)
    const third = f(second, first)
    return [first, f(third, third), T.add(second, third)]
  }
  for (const dtype of ['float32', 'float64'] as const)
    for (const x of values)
      for (const y of values) {
        const inputs = [T.scalar(x, dtype), T.scalar(y, dtype)]
        expect(
          faults((...given) => chained(given), inputs),
          `${dtype} ${x} ${y}`
        ).toEqual([])
      }
})

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { orThrow } from 'pullback/Implicit'
import * as Loss from 'pullback/Loss'
import * as Minimize from 'pullback/Minimize'
import * as T from 'pullback/Tensor'
import oracle from './oracle.json' with { type: 'json' }

const rows = readFileSync(new URL('../../examples/data/iris.csv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((row) => row.trim().split(','))
const species = ['setosa', 'versicolor', 'virginica']
const features = T.fromTypedArray(Float64Array.from(rows.flatMap((row) => row.slice(0, 4).map(Number))), [150, 4])
const labels = T.fromTypedArray(
  Int32Array.from(rows, (row) => species.indexOf(row[4]!)),
  [150]
)

interface Params {
  readonly w: T.Tensor<[4, 3]>
  readonly b: T.Tensor<[3]>
}

const objective = ({ w, b }: Params): T.Tensor<[]> =>
  T.add(
    Loss.crossEntropy(T.add(T.matmul(features, w), b), labels),
    T.mul(0.005, T.add(T.sum(T.square(w)), T.sum(T.square(b))))
  )
const start: Params = { w: T.zeros([4, 3], 'float64'), b: T.zeros([3], 'float64') }

test('softmax regression on iris by newtonCg comes to the optimum of PyTorch', () => {
  const { value, point } = orThrow(Minimize.minimize(objective, start, Minimize.newtonCg()))
  expect(Math.abs(value - oracle.value)).toBeLessThan(1e-8)
  const far = (x: T.Tensor, y: T.Tensor): number => Number(T.item(T.max(T.abs(T.sub(x, y)))))
  expect(far(point.w, T.of(oracle.w, 'float64'))).toBeLessThan(1e-8)
  expect(far(point.b, T.of(oracle.b, 'float64'))).toBeLessThan(1e-8)
})

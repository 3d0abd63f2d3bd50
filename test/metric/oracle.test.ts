// Metrics beside those of scikit-learn and sacreBLEU, which oracle.py wrote down.
import { readFileSync } from 'node:fs'
import * as Metric from 'pullback/Metric'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'

interface Case {
  readonly metric: string
  readonly options: object
  readonly maker: boolean
  readonly arguments: readonly unknown[]
  readonly value: number
}

const cases = JSON.parse(readFileSync(new URL('oracle.json', import.meta.url), 'utf8')) as readonly Case[]
const plain = Metric as unknown as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>

const asTensor = (x: unknown, dtype: 'float64' | 'int32'): T.Tensor => T.of(x as number[], dtype)

const argumentsOf = ({ metric, arguments: [a, b] }: Case): readonly unknown[] => {
  if (metric === 'bleu') return [a, b]
  const labels = ['mae', 'mse', 'rmse', 'r2'].includes(metric) ? 'float64' : 'int32'
  return [asTensor(a, 'float64'), asTensor(b, labels)]
}

describe.each(cases.map((each, i) => [`${i}: ${each.metric} ${JSON.stringify(each.options)}`, each] as const))(
  '%s',
  (_, each) => {
    test('is the value of the oracle', () => {
      const made = plain[each.metric]!
      const metric = each.maker ? (made(each.options) as typeof made) : made
      expect(metric(...argumentsOf(each))).toBeCloseTo(each.value, 12)
    })
  }
)

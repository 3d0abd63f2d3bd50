// Losses, means and gradients beside those of PyTorch, which oracle.py wrote down.
import { readFileSync } from 'node:fs'
import { vjp } from 'pullback/Grad'
import * as Loss from 'pullback/Loss'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'

interface Operand {
  readonly shape: readonly number[]
  readonly dtype: 'float64' | 'int32'
  readonly values: readonly number[]
}

interface Case {
  readonly loss: string
  readonly options: object
  readonly tensors: Readonly<Record<string, Operand>>
  readonly operands: readonly Operand[]
  readonly losses: readonly number[]
  readonly mean: number
  readonly gradients: readonly (readonly number[])[]
}

const cases = JSON.parse(readFileSync(new URL('oracle.json', import.meta.url), 'utf8')) as readonly Case[]
const plain = Loss as unknown as Readonly<Record<string, (...args: readonly unknown[]) => T.Tensor>>

const tensor = ({ shape, dtype, values }: Operand): T.Tensor => T.reshape(T.of(values, dtype), shape)

const expectClose = (found: T.Tensor, wanted: readonly number[]): void => {
  const data = T.toArray(found)
  expect(data.length).toBe(wanted.length)
  wanted.forEach((value, i) => expect(Math.abs(data[i]! - value)).toBeLessThan(1e-12 * Math.max(1, Math.abs(value))))
}

describe.each(cases.map((each, i) => [`${i}: ${each.loss} ${JSON.stringify(each.options)}`, each] as const))(
  '%s',
  (_, each) => {
    const operands = each.operands.map(tensor)
    const tensors = Object.fromEntries(Object.entries(each.tensors).map(([name, x]) => [name, tensor(x)]))
    const loss =
      (reduction: Loss.Reduction) =>
      (...args: readonly T.Tensor[]): T.Tensor =>
        plain[each.loss]!(...args, { ...each.options, ...tensors, reduction })

    test('the losses one by one, and their mean', () => {
      expectClose(loss('none')(...operands), each.losses)
      expectClose(loss('mean')(...operands), [each.mean])
    })

    test('the gradients of their sum', () => {
      const moving = operands.slice(0, each.gradients.length)
      const rest = operands.slice(each.gradients.length)
      const total = (...args: readonly T.Tensor[]) => T.ensure(loss('sum')(...args, ...rest), [])
      const [, pullback] = vjp(total)(...moving)
      const gradients: readonly T.Tensor[] = pullback(T.scalar(1, 'float64'))
      gradients.forEach((gradient, i) => expectClose(gradient, each.gradients[i]!))
    })
  }
)

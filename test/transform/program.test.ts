import { expect, test } from 'vitest'
import * as Debug from 'pullback/Debug'
import { scan } from 'pullback/Control'
import * as T from 'pullback/Tensor'

test('a program cannot be written to: neither its lists nor the parameters of its equations', () => {
  const program = Debug.trace(
    (x: T.Tensor<[3]>) => scan((c: T.Tensor<[3]>) => [T.sin(c), undefined], { length: 3 })(x)[0]
  )(T.zeros([3]))
  const [first] = program.equations
  expect(Object.isFrozen(program.equations)).toBe(true)
  expect(Object.isFrozen(first)).toBe(true)
  expect(Reflect.set(first?.params as object, 'length', 99)).toBe(false)
  const sum = Debug.trace((x: T.Tensor<[3, 2]>) => T.sum(x, { axis: 0 }))(T.zeros([3, 2])).equations[0]
  expect(Reflect.set(sum?.params as object, 0, 1)).toBe(false)
})

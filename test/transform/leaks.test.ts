// A value that has left its transformation is refused by every interpreter, by whatever way an operation reaches it.
import * as Debug from 'pullback/Debug'
import { customVjp, grad, jvp, vjp } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import * as Program from 'pullback/Program'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { describe, expect, test } from 'vitest'
import { leaked } from '../../src/primitive/traced.js'

type M = T.Tensor<[2, 2]>

const x: M = T.of(
  [
    [1, 2],
    [3, 5]
  ],
  'float64'
)

/** What a function of x sees inside of a transformation, once that has finished. */
const leakedFrom = (transform: (f: (x: M) => M) => unknown): M => {
  let leak: M | undefined
  transform((inside) => {
    leak = inside
    return T.mul(inside, 2)
  })
  if (leak === undefined) throw new Error('the function was not called')
  return leak
}

const interpreters: readonly (readonly [name: string, transform: (f: (x: M) => M) => unknown])[] = [
  ['grad', (f) => grad((y: M) => T.sum(f(y)))(x)],
  ['vjp', (f) => vjp(f)(x)],
  ['jvp', (f) => jvp(f)([x], [x])],
  ['vmap', (f) => vmap(f)(T.stack([x, x]))],
  // A program takes in what it closes over, and finds out when it runs.
  ['trace', (f) => Debug.evaluate(Debug.trace(f)(x))(x)],
  ['record', (f) => Program.record(f)(x)],
  ['checkFinite', (f) => Debug.checkFinite(f)(x)]
]

/** Operations by how they are applied: one entry for each way through `bind` and the interpreters. */
const ways: readonly (readonly [way: string, operation: string, apply: (leak: M) => unknown])[] = [
  ['one operand', 'sin', T.sin],
  ['one operand with parameters', 'sum', (leak) => T.sum(leak, { axis: 0 })],
  ['one operand without a derivative', 'floor', T.floor],
  ['two operands, the leak first', 'mul', (leak) => T.mul(leak, x)],
  ['two operands, the leak second', 'mul', (leak) => T.mul(x, leak)],
  ['two operands, both the leak', 'mul', (leak) => T.mul(leak, leak)],
  ['two operands without a derivative', 'less', (leak) => T.less(leak, x)],
  ['two operands of other shapes', 'matmul', (leak) => T.matmul(x, leak)],
  ['three operands', 'where', (leak) => T.where(T.of([true, false]), x, leak)],
  ['many operands', 'concat', (leak) => T.concat([x, x, leak, x])],
  ['several results', 'qr', (leak) => Linalg.qr(leak)],
  ['indices', 'gather', (leak) => T.gather(leak, T.of([1, 0], 'int32'))],
  ['a view', 'permute', T.transpose],
  [
    'a rule of its own',
    'customVjp',
    customVjp(
      (y: M) => [y, null],
      (_: null, ct: M) => [ct]
    )
  ],
  ['a reading', 'toArray', T.toArray]
]

describe.each(interpreters)('a value that has left %s', (transformation, transform) => {
  test.each(ways)('%s', (_, operation, apply) => {
    const leak = leakedFrom(transform)
    expect(() => apply(leak)).toThrow(leaked(operation, transformation))
  })

  test.each(interpreters)('inside %s', (_, other) => {
    const leak = leakedFrom(transform)
    const sentence = `an operand is a value from inside ${transformation}, which has finished`
    for (const f of [
      (y: M): M => T.mul(y, leak),
      (y: M): M => T.matmul(leak, y),
      (y: M): M => T.add(y, T.mean(T.concat([y, leak]))),
      (y: M): M => T.add(y, T.mul(leak, leak))
    ]) {
      expect(() => other(f)).toThrow(sentence)
    }
  })
})

// Scans that look alike and are not: each difference alone keeps them apart.
import { scan } from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import * as Program from 'pullback/Program'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'

type S = T.Tensor<[]>
type V = T.Tensor<[3]>

const x: V = T.of([0.5, -0.25, 1.5])
const start: S = T.scalar(0.3)
const scans = ({ equations }: Program.Program): number =>
  equations.filter(({ primitive }) => primitive.name === 'scan').length

const expectApart = (f: (c: S, v: V) => readonly T.Tensor[]): void => {
  const program = Debug.trace((c: S, v: V) => [...f(c, v)])(start, x)
  expect(scans(program)).toBe(2)
  const merged = Program.verify(Program.mergeScans(program))
  expect(scans(merged)).toBe(2)
  expect(Program.run(merged)(start, x)).toEqual(Program.run(program)(start, x))
}

const damped = (c: S, e: S): readonly [S, S] => {
  const next = T.tanh(T.mul(c, e))
  return [next, next]
}

describe('scans stay apart', () => {
  test('that go in opposite directions', () => {
    expectApart((c, v) => [...scan(damped)(c, v), ...scan(damped, { reverse: true })(c, v)])
  })

  test('of different lengths', () => {
    const step = (c: S): readonly [S, S] => [T.sin(c), c]
    expectApart((c) => [...scan(step, { length: 3 })(c), ...scan(step, { length: 4 })(c)])
  })

  test('one of which goes through what the other has as a whole', () => {
    expectApart((c, v) => [
      ...scan((s: S, e: S) => [T.sin(s), T.mul(s, e)])(c, v),
      ...scan((s: S) => [T.sin(s), T.mul(s, T.sum(v))], { length: 3 })(c)
    ])
  })

  test('whose carries go different ways', () => {
    expectApart((c, v) => [
      ...scan((s: S, e: S) => [T.sin(s), T.mul(s, e)])(c, v),
      ...scan((s: S, e: S) => [T.cos(s), T.mul(s, e)])(c, v)
    ])
  })

  test('that have effects, which keep their order', () => {
    const seen: string[] = []
    const step =
      (name: string) =>
      (s: S): readonly [S, S] => [T.sin(s), Debug.tap(() => void seen.push(name))(s)]
    const program = Debug.trace((c: S) => [
      ...scan(step('first'), { length: 2 })(c),
      ...scan(step('second'), { length: 2 })(c)
    ])(start)
    Program.run(Program.mergeScans(program))(start)
    expect(seen).toEqual(['first', 'first', 'second', 'second'])
  })
})

test('scans of one course are merged, and emit what each did', () => {
  const program = Debug.trace((c: S, v: V) => [
    ...scan((s: S, e: S) => [T.sin(s), T.mul(s, e)])(c, v),
    ...scan((s: S, e: S) => [T.sin(s), T.sub(s, e)])(c, v)
  ])(start, x)
  const merged = Program.verify(Program.mergeScans(program))
  expect(scans(merged)).toBe(1)
  expect(Program.run(merged)(start, x)).toEqual(Program.run(program)(start, x))
})

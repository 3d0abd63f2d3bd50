// The passes of the compiler on small programs: what each gives.
import * as fc from 'fast-check'
import { cond } from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import { checkpoint, customJvp, customVjp, grad } from 'pullback/Grad'
import { jit } from 'pullback/Jit'
import * as Linalg from 'pullback/Linalg'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'
import { bytesOf } from '../../src/compile/elements.js'
import { type Graph, type Value, graphOf } from '../../src/compile/graph.js'
import { inlineCalls } from '../../src/compile/inline.js'
import { place } from '../../src/compile/memory.js'
import { jitPrimitive, madeOf } from '../../src/compile/runner.js'
import { type Schedule, namesOf, readsOf, resultsOf, schedule } from '../../src/compile/schedule.js'
import { size } from '../../src/shape/model.js'
import { run } from '../../src/transform/program.js'
import { generated } from './generated.js'
import { differences } from './same.js'

type Vector = T.Tensor<[3]>

const x: Vector = T.of([0.5, -1.25, 2])
const indices = T.of([0, 2], 'int32')
const quiet = (): void => undefined

const graph = (f: (...inputs: T.Tensor[]) => unknown, ...inputs: T.Tensor[]): Graph =>
  graphOf(Debug.trace((...given: T.Tensor[]) => f(...given) as T.Tensor[])(...inputs))

/** The kernels of a function, as the names of their operations. */
const kernels = (f: (...inputs: T.Tensor[]) => unknown, ...inputs: T.Tensor[]): readonly string[] =>
  schedule(graph(f, ...inputs)).kernels.map((kernel) => namesOf(kernel).join(' '))

describe('inlineCalls', () => {
  const names = (f: (v: Vector) => T.Tensor): readonly string[] =>
    inlineCalls(Debug.trace(f)(x)).equations.map(({ primitive }) => primitive.name)

  test('puts the equations of calls in place of them, at any depth', () => {
    const inner = jit((v: Vector) => T.exp(v))
    const f = checkpoint((v: Vector) => T.neg(inner(T.sin(v))))
    expect(names((v) => T.add(f(v), f(T.neg(v))))).toEqual(['sin', 'exp', 'neg', 'neg', 'sin', 'exp', 'neg', 'add'])
  })

  test('puts in the equations of functions with derivative rules', () => {
    const tanh = customJvp(
      (v: Vector) => T.tanh(v),
      ([v], [t]) => [T.tanh(v), T.mul(t, T.sub(1, T.square(T.tanh(v))))]
    )
    const exp = customVjp(
      (v: Vector) => [T.exp(v), T.exp(v)] as const,
      (value, cotangent: Vector) => [T.mul(cotangent, value)]
    )
    expect(names((v) => T.add(tanh(v), exp(v)))).toEqual(['tanh', 'exp', 'exp', 'add'])
    const slope = grad((v: Vector) => T.sum(exp(v)))
    expect(names(slope)).not.toContain('customVjp')
    expect(differences([jit(slope)(x)], [slope(x)])).toEqual([])
  })

  test('leaves other calls alone', () => {
    const program = Debug.trace((v: Vector) => T.sum(cond(T.less(T.sum(v), 0), T.neg, T.exp)(v)))(x)
    expect(inlineCalls(program)).toBe(program)
  })

  test('keeps values where a call returns an argument, a constant, or one value twice', () => {
    const call = jit((v: Vector) => [v, T.ones([2]), T.exp(v), T.exp(v)] as const)
    const f = (v: Vector): readonly T.Tensor[] => {
      const [same, one, a, b] = call(v)
      return [same, one, T.sub(a, b), call(T.neg(same))[0]]
    }
    const program = inlineCalls(Debug.trace(f)(x))
    expect(program.equations.some(({ primitive }) => primitive === jitPrimitive)).toBe(false)
    expect(differences(run(program, [x]), f(x))).toEqual([])
    const places = program.equations.flatMap(({ results }) => results.map(({ index }) => index))
    expect(new Set(places).size).toBe(places.length)
    expect(Math.max(...places)).toBeLessThan(program.places)
  })
})

describe('graphOf', () => {
  test('makes views of views of one value, without operations', () => {
    const { operations, outputs, inputs } = graph((v) => [T.flip(T.transpose(v), { axis: 0 })], T.zeros([2, 3]))
    expect(operations).toEqual([])
    expect(outputs[0]).toMatchObject({ value: inputs[0], shape: [3, 2], strides: [-1, 3], offset: 2 })
  })

  test('copies where strides cannot say it', () => {
    const { operations } = graph((v) => [T.reshape(T.transpose(v), [6])], T.zeros([2, 3]))
    expect(operations.map((each) => each._tag === 'Map' && each.name)).toEqual(['copy'])
  })

  test('leaves functions to their kernels for which code would call another one for each of many elements', () => {
    const tags = (n: number, dtype: 'float32' | 'float64'): readonly string[] =>
      graph((v) => [T.logAddExp(T.exp(v), v), T.cbrt(v)], T.zeros([n], dtype)).operations.map(({ _tag }) => _tag)
    expect(tags(255, 'float64')).toEqual(['Map', 'Map', 'Map'])
    expect(tags(256, 'float64')).toEqual(['Map', 'Whole', 'Whole'])
    expect(tags(256, 'float32')).toEqual(['Map', 'Map', 'Whole'])
  })

  test('takes constants of one number as numbers, and others as values', () => {
    const { operations, constants } = graph((v) => [T.add(T.mul(v, 2), T.of([1, 2, 3]))], x)
    expect(operations.map(({ operands }) => operands.map(({ _tag }) => _tag))).toEqual([
      ['Access', 'Uniform'],
      ['Access', 'Access']
    ])
    expect([...constants.values()].map(({ shape }) => shape)).toEqual([[3]])
  })
})

describe('schedule', () => {
  test('one loop for maps of one shape that feed each other, in order', () => {
    expect(kernels((v) => [T.exp(T.neg(v)), T.sin(v)], x)).toEqual(['neg exp sin'])
    expect(kernels((v, w) => [T.exp(v), T.sin(w)], x, T.zeros([2]))).toEqual(['exp', 'sin'])
  })

  test('waits for all of a value where another place of it is read', () => {
    expect(kernels((v) => [T.add(T.neg(v), T.flip(T.neg(v)))], x)).toEqual(['neg', 'neg add'])
    expect(kernels((v) => [T.add(T.neg(v), T.transpose(T.neg(v)))], T.zeros([2, 2]))).toEqual(['neg', 'neg add'])
    expect(kernels((v) => [T.mul(v, T.sum(T.exp(v)))], x)).toEqual(['exp', 'sum', 'mul'])
    expect(kernels((v) => [T.reshape(T.exp(T.reshape(T.neg(v), [3, 1])), [3])], x)).toEqual(['neg', 'exp'])
  })

  test('puts a map into the loop that reads it', () => {
    expect(kernels((v) => [T.add(T.mul(v, 0.9), T.cumsum(T.exp(v)))], x)).toEqual(['exp', 'cumsum', 'mul add'])
  })

  test('stores what other kernels read, and outputs', () => {
    const made = graph((v) => [T.sum(T.exp(T.neg(v))), T.sin(v)], x)
    const { stored, lastReader, kernels: all } = schedule(made)
    const results = made.operations.map(({ results: [result] }) => result)
    // neg, exp, sum, sin
    expect(results.map((value) => stored.has(value))).toEqual([false, true, true, true])
    expect(results.map((value) => lastReader.get(value))).toEqual([undefined, 1, all.length, all.length])
  })

  const see = (label: string) => Debug.tap(quiet, { label })
  const order = (f: (...inputs: T.Tensor[]) => unknown, ...inputs: T.Tensor[]): readonly string[] =>
    schedule(graph(f, ...inputs)).kernels.map((kernel) =>
      kernel._tag === 'Single' && kernel.operation.effect
        ? String(Object.entries(kernel.operation.equation.params).find(([name]) => name === 'label')?.[1])
        : namesOf(kernel).join(' ')
    )

  test('keeps effects in order, whatever they wait for', () => {
    expect(
      order((v) => [see('a')(T.exp(T.sort(v))), see('b')(v), see('c')(v)], x).filter((each) => each.length === 1)
    ).toEqual(['a', 'b', 'c'])
  })

  test('keeps what may throw on its side of an effect', () => {
    const f = (v: T.Tensor, m: T.Tensor, i: T.Tensor): unknown => {
      const picked = T.gather(T.exp(T.sort(v)), i as never)
      const seen = see('a')(v)
      return [picked, seen, Linalg.cholesky(m)]
    }
    const found = order(f, x, T.ones([1, 1]), indices).filter((each) => ['gather', 'a', 'cholesky'].includes(each))
    expect(found).toEqual(['gather', 'a', 'cholesky'])
  })

  test('has no checks in code behind an effect', () => {
    const { kernels: all } = schedule(graph((v, i) => [see('a')(v), T.gather(v, i as never)], x, indices))
    expect(all.map((kernel) => kernel._tag === 'Single' && kernel.emitter === undefined)).toEqual([true, true])
    const { kernels: before } = schedule(graph((v, i) => [T.gather(v, i as never)], x, indices))
    expect(before[0]).toMatchObject({ emitter: { isChecked: true } })
  })
})

describe('place', () => {
  /** From when to when each value with an address is needed: kernels, inputs and constants before all of them. */
  const spans = (made: Graph, ordered: Schedule) => {
    const plan = place(made, ordered)
    const born = new Map<Value, number>()
    ordered.kernels.forEach((kernel, index) => resultsOf(kernel).forEach((value) => born.set(value, index)))
    const values = [...plan.addresses].map(([value, address]) => {
      const from = born.get(value)
      return {
        value,
        address,
        end: address + (size(value.shape) + 4) * bytesOf[value.dtype],
        from: from ?? -1,
        to: from === undefined ? Infinity : Math.max(from, ordered.lastReader.get(value) ?? from)
      }
    })
    return { plan, values }
  }

  const overlapping = ({ plan, values }: ReturnType<typeof spans>): readonly string[] => {
    const found: string[] = []
    values.forEach((a, i) => {
      if (a.address < 64 || a.end > plan.scratch || a.address % 16 !== 0) found.push(`value ${a.value.id} lies outside`)
      for (const b of values.slice(i + 1)) {
        const atOnce = a.from <= b.to && b.from <= a.to
        if (atOnce && a.address < b.end && b.address < a.end) found.push(`values ${a.value.id} and ${b.value.id}`)
      }
      for (const [table, address] of plan.tables) {
        if (address < a.end && a.address < address + table.byteLength) found.push(`value ${a.value.id} and a table`)
      }
    })
    return found
  }

  test('no two values that are needed at one time share bytes, nor does one lie in the four elements behind another', () => {
    fc.assert(
      fc.property(generated, ({ f, inputs }) => {
        let made: Graph
        try {
          made = graphOf(Debug.trace(f)(...inputs))
        } catch {
          return
        }
        expect(overlapping(spans(made, schedule(made)))).toEqual([])
      }),
      { numRuns: 50 }
    )
  })

  test('tables have places of their own', () => {
    const pooled = (v: T.Tensor): unknown => [
      T.neg(T.maxPool2d(T.neg(v) as never, { window: 2, stride: 1, padding: 1 }))
    ]
    const made = graph(pooled, T.ones([1, 1, 6, 6]))
    const found = spans(made, schedule(made))
    expect(found.plan.tables.size).toBeGreaterThan(0)
    expect(overlapping(found)).toEqual([])
  })

  test('has room for what loops read before and behind a value', () => {
    const made = graph((v) => [T.neg(T.transpose(T.flip(v, { axis: 0 })))], T.zeros([5, 33]))
    const { addresses, scratch } = place(made, schedule(made))
    const reach = 4 * 33 * 4
    for (const [value, address] of addresses) {
      expect(address).toBeGreaterThanOrEqual(reach)
      expect(address + 4 * size(value.shape) + reach).toBeLessThanOrEqual(scratch)
    }
  })

  test('uses places again', () => {
    const chain = (length: number) => {
      const made = graph(
        (v) => {
          let value = v
          for (let i = 0; i < length; i++) value = T.cumsum(value)
          return [value]
        },
        T.zeros([1000])
      )
      return place(made, schedule(made)).bytes
    }
    expect(chain(20)).toBe(chain(3))
  })

  test('gives no address to what only kernels of their own touch, nor to numbers', () => {
    const made = graph((m) => [Linalg.cholesky(Linalg.cholesky(m as never))], T.ones([2, 2]))
    const { addresses, copied } = place(made, schedule(made))
    expect([addresses.size, copied.size]).toEqual([0, 0])
  })

  test('says how much memory is missing', () => {
    const made = graph((v) => [T.exp(v)], T.broadcastTo(T.scalar(1), [30_000, 30_000]))
    expect(() => place(made, schedule(made))).toThrow('the program needs 6.7 GiB of memory')
  })

  test('has every operand of a kernel in memory', () => {
    const made = graph((v, i) => [T.gather(T.add(v, T.of([1, 2, 3])), i as never), T.oneHot(i as never, 4)], x, indices)
    const ordered = schedule(made)
    const { addresses } = place(made, ordered)
    expect(ordered.kernels.flatMap(readsOf).every(({ value }) => addresses.has(value))).toBe(true)
  })
})

test('a program is compiled once', () => {
  const program = Debug.trace((v: Vector) => T.exp(v))(x)
  expect(madeOf(program)).toBe(madeOf(program))
})

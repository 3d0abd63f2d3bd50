// jit as a user meets it: when it traces, what it refuses, what it says, and that nothing else changes.
import * as Debug from 'pullback/Debug'
import { grad, hessian, jvp, valueAndGrad, vjp } from 'pullback/Grad'
import * as Jit from 'pullback/Jit'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Optimizer from 'pullback/Optimizer'
import { bindOne, none } from 'pullback/Primitive'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import * as Tree from 'pullback/Tree'
import { vmap } from 'pullback/Vmap'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { differences } from './same.js'

const { jit } = Jit

type Vector = T.Tensor<[3]>

const x: Vector = T.of([0.5, -1.25, 2])
const y: Vector = T.of([3, 0.125, -0.5])

/** The function, and how often it has run. */
const counted = <Args extends readonly unknown[], R>(f: (...args: Args) => R) => {
  const calls: Args[] = []
  return {
    calls,
    f: (...args: Args): R => {
      calls.push(args)
      return f(...args)
    }
  }
}

afterEach(() => void vi.restoreAllMocks())

describe('traces', () => {
  test('once for a form of arguments, whatever the values', () => {
    const { f, calls } = counted((v: T.Tensor) => T.mul(v, 2))
    const fast = jit(f)
    expect(fast(x)).toEqual(T.of([1, -2.5, 4]))
    expect(fast(y)).toEqual(T.of([6, 0.25, -1]))
    expect(calls).toHaveLength(1)
  })

  test('again for another shape, element type, structure or constant', () => {
    const { f, calls } = counted((v: { readonly a: T.Tensor; readonly b?: T.Tensor }, how: string) =>
      how === 'double' ? T.mul(v.a, 2) : T.neg(v.a)
    )
    const fast = jit(f)
    fast({ a: x }, 'double')
    fast({ a: T.of([1, 2]) }, 'double')
    fast({ a: T.of([1, 2, 3], 'float64') }, 'double')
    fast({ a: x, b: x }, 'double')
    expect(fast({ a: x }, 'negate')).toEqual(T.neg(x))
    expect(calls).toHaveLength(5)
    fast({ a: y }, 'double')
    expect(calls).toHaveLength(5)
    const sums = jit((v: { readonly a: Vector; readonly b?: Vector }) => (v.b === undefined ? v.a : T.add(v.a, v.b)))
    sums({ a: x, b: y })
    expect(sums({ a: x })).toBe(x)
  })

  test('each call of a function that closes over a value of a transformation', () => {
    const slope = grad((v: Vector) => T.sum(jit((w: Vector) => T.mul(v, w))(v)))
    expect(slope(x)).toEqual(T.mul(x, 2))
    expect(slope(y)).toEqual(T.mul(y, 2))
  })

  test('32 forms, the last used', () => {
    const { f, calls } = counted((v: T.Tensor) => T.neg(v))
    const fast = jit(f)
    for (let n = 1; n <= 33; n++) fast(T.zeros([n]))
    fast(T.zeros([33]))
    fast(T.zeros([2]))
    expect(calls).toHaveLength(33)
    fast(T.zeros([1]))
    expect(calls).toHaveLength(34)
  })

  test('again for NaN or -0 only once', () => {
    const { f, calls } = counted((v: Vector, options: { readonly by: number }) => T.mul(v, options.by))
    const fast = jit(f)
    for (const by of [NaN, 0, -0, NaN, -0, 0]) expect(differences([fast(x, { by })], [T.mul(x, by)])).toEqual([])
    expect(calls).toHaveLength(3)
  })

  test('with a warning, once, where a number has many values', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const fast = jit((v: Vector, options: { readonly rate: number }) => T.mul(v, options.rate))
    for (let n = 0; n < 8; n++) fast(x, { rate: n })
    expect(warn).not.toHaveBeenCalled()
    for (let n = 8; n < 20; n++) expect(fast(x, { rate: n })).toEqual(T.mul(x, n))
    expect(warn.mock.calls).toEqual([
      [
        'jit: args[1].rate has had 9 values, and the function is traced for each; pass T.scalar(x) instead of the number'
      ]
    ])
  })
})

describe('gives', () => {
  test('trees and values of any kind', () => {
    const f = jit((v: Vector, names: readonly string[]) => ({ names, list: [v, T.neg(v)], count: 2, none: undefined }))
    expect(f(x, ['a'])).toEqual({ names: ['a'], list: [x, T.neg(x)], count: 2, none: undefined })
  })

  test('an argument itself, a view of one, and a constant', () => {
    const f = jit((v: Vector) => [v, T.flip(v), T.ones([2]), T.expandDims(v, 0)] as const)
    expect(differences(f(x), [x, T.of([2, -1.25, 0.5]), T.ones([2]), T.of([[0.5, -1.25, 2]])])).toEqual([])
    expect(f(x)[0]).toBe(x)
  })

  test('one element of an argument that lies inside of another tensor', () => {
    const inside = T.slice(T.of([9, 1, 2, 3]), [[1, 4]])
    expect(jit((v: T.Tensor<[number]>) => T.reshape(T.slice(v, [[1, 2]]), []))(inside)).toEqual(T.scalar(2))
  })

  test('results that later calls leave alone, also from kernels that return their operand', () => {
    const { scalar: _, ...rest } = T.exp.primitive
    const same = { ...rest, evaluate: (operands: Parameters<typeof rest.evaluate>[0]) => operands }
    const g = jit((v: Vector) => bindOne(same, [T.mul(v, 2)], none))
    const kept = g(x)
    g(y)
    expect(kept).toEqual(T.mul(x, 2))
  })

  test('results that later calls leave alone', () => {
    const f = jit((v: Vector): readonly T.Tensor[] => [T.exp(v), T.sort(T.neg(v)), T.reshape(T.mul(v, 2), [3, 1])])
    const first = f(x)
    const before = first.map((each) => Array.from(T.toArray(T.ravel(each))))
    f(y)
    expect(first.map((each) => Array.from(T.toArray(T.ravel(each))))).toEqual(before)
  })

  const loss = (v: Vector, w: Vector): T.Tensor<[]> => T.sum(T.mul(T.tanh(T.mul(v, w)), T.exp(v)))

  test('the bits of eager through every transformation, outside and inside', () => {
    const same = <R>(found: R, wanted: R): void => {
      expect(differences(Tree.leaves(found), Tree.leaves(wanted))).toEqual([])
    }
    same(jit(grad(loss))(x, y), grad(loss)(x, y))
    same(grad(jit(loss))(x, y), grad(loss)(x, y))
    same(grad(jit(loss))(x, x), grad(loss)(x, x))
    same(jit(valueAndGrad(jit(loss)))(x, y), valueAndGrad(loss)(x, y))
    same(jvp(jit(loss))([x, y], [y, x]), jvp(loss)([x, y], [y, x]))
    same(vjp(jit(loss))(x, y)[1](T.scalar(1)), vjp(loss)(x, y)[1](T.scalar(1)))
    const many = T.stack([x, y])
    same(vmap(jit(loss))(many, many), vmap(loss)(many, many))
    same(jit(vmap(grad(loss)))(many, many), vmap(grad(loss))(many, many))
    same(jit(hessian((v: Vector) => loss(v, y)))(x), hessian((v: Vector) => loss(v, y))(x))
    const program = Debug.trace(jit(loss))(x, y)
    same(Debug.evaluate(program)(x, y), loss(x, y))
  })

  test('the parameters that eager training gives', () => {
    const model = Layer.sequential(
      Layer.dense(2, 8),
      Layer.lift(T.tanh),
      Layer.dense(8, 1),
      Layer.lift((each) => T.squeeze(each, { axis: 1 }))
    )
    const optimizer = Optimizer.adam(0.05)
    const update = Train.update(Train.objective(model, Loss.binaryCrossEntropyWithLogits), optimizer)
    const batch = { features: T.of([[0, 0], [0, 1], [1, 0], [1, 1]]), labels: T.of([0, 1, 1, 0]) } // prettier-ignore
    const { step: _, ...start } = Train.init(model, optimizer)(Random.key(0))
    const after = (step: typeof update): unknown => {
      let state: Parameters<typeof update>[0] = start
      for (let i = 0; i < 50; i++) state = step(state, batch)[0]
      return state
    }
    expect(differences(Tree.leaves(after(jit(update))), Tree.leaves(after(update)))).toEqual([])
  })
})

describe('effects', () => {
  test('are done at every call, in order, on copies', () => {
    const seen: T.Tensor[] = []
    const see = (value: T.Tensor): void => void seen.push(value)
    const f = jit((v: Vector) => Debug.tap(see)(T.add(Debug.tap(see)(T.mul(v, 2)), 1)))
    f(x)
    f(y)
    expect(
      differences(
        seen,
        [x, y].flatMap((v) => [T.mul(v, 2), T.add(T.mul(v, 2), 1)])
      )
    ).toEqual([])
  })
})

describe('refuses', () => {
  test('what is no function', () => {
    expect(() => Jit.jit(3 as never)).toThrow('jit: ')
    expect(() => Jit.lower(undefined as never)).toThrow('lower: ')
    const untyped: (...args: readonly unknown[]) => unknown = Reflect.apply.bind(undefined, Jit.jit, undefined) as never
    expect(() => untyped([T.neg, x])).toThrow('jit: an extra argument was given; call jit(f)(x)')
  })

  test('a choice by a value', () => {
    const f = jit((v: T.Tensor<[]>) => (T.item(v) > 0 ? v : T.neg(v)))
    expect(() => f(T.scalar(1))).toThrow(/jit.*cond/)
  })

  test('what eager refuses, in the same words', () => {
    const wrong = (v: T.Tensor): T.Tensor => T.reshape(v, [4])
    const message = (f: (v: T.Tensor) => T.Tensor): string => {
      try {
        f(T.zeros([2, 3]))
        return 'nothing'
      } catch (error) {
        return String(error)
      }
    }
    expect(message(jit(wrong))).toBe(message(wrong))
  })
})

describe('arguments and results', () => {
  const held: { a: Vector; self?: unknown } = { a: x }
  held.self = held

  /** Calls a function that is not compiled; the lines that say why. */
  const told = (call: () => void): readonly string[] => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    call()
    const lines = warn.mock.calls.map(([line]) => String(line))
    warn.mockRestore()
    return lines
  }

  test('that hold themselves are left to the function', () => {
    const f = jit((v: typeof held) => [v.self === v, T.neg(v.a)] as const)
    const lines = told(() => {
      expect(f(held)).toEqual([true, T.neg(x)])
      expect(f({ a: y, self: held })[0]).toBe(false)
      const g = jit((v: Vector) => ({ ...held, a: T.neg(v) }))
      expect([g(x), g(y)].map(({ a, self }) => [a, self])).toEqual([x, y].map((v) => [T.neg(v), held]))
    })
    expect(lines.length).toBeGreaterThan(0)
    expect(lines[0]).toMatch(/^jit: args\[0\]\.self.* levels deep.*; the function runs eagerly, with the same results$/)
    expect(() => Jit.lower((v: typeof held) => T.neg(v.a))(held)).toThrow(`lower: args[0].self.self`)
  })

  test('with other keys than those of records and lists are left to the function', () => {
    const tag = Symbol('tag')
    const named = Object.assign([x, y], { label: 'pair' })
    const hidden = Object.defineProperty({ a: x }, 'b', { value: y, enumerable: false })
    const getter = Object.defineProperty({}, 'a', { get: () => x, enumerable: true })
    const lists = class extends Array<Vector> {}.of(x)
    for (const value of [{ a: x, [tag]: y }, named, hidden, getter, lists]) {
      const found: unknown[] = []
      const lines = told(() => {
        for (let call = 0; call < 2; call++) found.push(jit((v: unknown) => v)(value), jit((_: Vector) => value)(x))
      })
      for (const each of found) expect(each).toBe(value)
      expect(lines).toHaveLength(2)
      expect(lines[0]).toMatch(/^jit: args\[0\] is a.*; the function runs eagerly, with the same results$/)
      expect(lines[1]).toMatch(/^jit: the result is a/)
    }
  })

  test('keep the key __proto__, the lack of a prototype, and that they are frozen, at every call', () => {
    const own = (v: Vector): { readonly [name: string]: Vector } => Object.fromEntries([['__proto__', v]])
    const bare = (v: Vector): { readonly a: Vector } => {
      const record = { a: v }
      Object.setPrototypeOf(record, null)
      return record
    }
    const results = jit((v: Vector) => [own(T.neg(v)), bare(T.neg(v)), Object.freeze([Object.freeze({ v })])] as const)
    const given = jit((record: { readonly [name: string]: Vector }) => [
      Object.keys(record).join(),
      Object.getPrototypeOf(record) === null,
      T.neg(Object.values(record)[0]!)
    ])
    for (const v of [x, y]) {
      const [first, second, third] = results(v)
      expect(Object.keys(first)).toEqual(['__proto__'])
      expect(Object.getPrototypeOf(first)).toBe(Object.prototype)
      expect(differences([Object.values(first)[0]!, second.a], [T.neg(v), T.neg(v)])).toEqual([])
      expect(Object.getPrototypeOf(second)).toBe(null)
      expect([third, third[0]].map(Object.isFrozen)).toEqual([true, true])
      expect([first, second].map(Object.isFrozen)).toEqual([false, false])
      expect(given(own(v)).slice(0, 2)).toEqual(['__proto__', false])
      expect(given(bare(v)).slice(0, 2)).toEqual(['a', true])
      expect(given({ a: v }).slice(0, 2)).toEqual(['a', false])
      expect(given(bare(v))[2]).toEqual(T.neg(v))
    }
  })

  test('that are lists and records of the arguments are these', () => {
    const f = jit((state: { readonly layers: readonly [{ readonly w: Vector }]; readonly more: object }, v: Vector) => [
      { ...state, sum: T.add(state.layers[0].w, v) },
      state
    ])
    for (const w of [x, y]) {
      const state = { layers: [Object.freeze({ w })], more: {} } as const
      const [made, same] = f(state, y)
      expect(same).toBe(state)
      expect(made!.layers).toBe(state.layers)
      expect(made!.more).toBe(state.more)
      expect(made).toEqual({ ...state, sum: T.add(w, y) })
    }
  })

  test('that are small share no element with those of other calls', () => {
    const f = jit((v: Vector, w: Vector) => ({ a: T.add(v, w), b: T.neg(v), c: [T.mul(w, 2), T.sum(v)] as const }))
    const numbers = (made: ReturnType<typeof f>) => Tree.leaves(made).map((leaf) => T.toArray(T.ravel(leaf)).join())
    const made: ReturnType<typeof f>[] = []
    const wanted: ReturnType<typeof numbers>[] = []
    let [v, w]: readonly [Vector, Vector] = [x, y]
    for (let call = 0; call < 150; call++) {
      const next = f(v, w)
      made.push(next)
      wanted.push(numbers({ a: T.add(v, w), b: T.neg(v), c: [T.mul(w, 2), T.sum(v)] }))
      // results side by side come back as arguments, in their order and in another
      ;[v, w] = call % 3 === 0 ? [next.a, next.b] : call % 3 === 1 ? [next.b, next.c[0]] : [y, T.flip(x)]
    }
    expect(made.map(numbers)).toEqual(wanted)
  })

  test('that are lists with holes keep them, at every call', () => {
    const list: (Vector | undefined)[] = [x]
    list[2] = y
    const f = jit((v: typeof list) => [1 in v, T.add(v[0]!, v[2]!), v] as const)
    for (let call = 0; call < 2; call++) {
      const [has, sum, same] = f(list)
      expect(has).toBe(false)
      expect(1 in same).toBe(false)
      expect(sum).toEqual(T.add(x, y))
    }
    expect(f([x, undefined, y])[0]).toBe(true)
  })

  test('with tensors that would not be found are refused, and promises', () => {
    expect(() => jit((v: Vector) => new Map([['a', T.neg(v)]]))(x)).toThrow(
      'jit: the function returned an object of class Map with tensors in it; expected tensors in lists and records'
    )
    expect(() => jit(async (v: Vector) => T.neg(v))(x)).toThrow(
      'jit: the function returned a promise; expected a synchronous function'
    )
    const date = new Date(0)
    expect(jit((v: Vector) => [T.neg(v), new Map([['y', y]]), date] as const)(x)[2]).toBe(date)
  })
})

describe('lower', () => {
  test('show refuses what is no lowered function', () => {
    for (const wrong of [undefined, 3, {}, Jit.lower((v: Vector) => v)]) {
      expect(() => Jit.show(wrong as never)).toThrow('expected what lower(f)(...args) gives')
    }
  })

  test('shows what is made', () => {
    const lowered = Jit.lower((v: Vector) => T.sort(T.exp(T.mul(v, 2))))(x)
    expect(lowered.compiled?.steps.map(({ by }) => by)).toEqual(['loop', 'kernel', 'code'])
    expect(lowered.compiled?.text).toContain('f32x4.mul')
    expect(Jit.show(lowered)).toContain('3 steps, 1 of them outside of WebAssembly')
  })
})

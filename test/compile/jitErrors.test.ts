// What jit says where something goes wrong, and what it does where nothing can be compiled.
import * as Debug from 'pullback/Debug'
import { cond, scan } from 'pullback/Control'
import { grad, jvp, valueAndGrad } from 'pullback/Grad'
import * as Jit from 'pullback/Jit'
import * as Linalg from 'pullback/Linalg'
import { bindOne, none } from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { differences } from './same.js'

const { jit } = Jit

type Vector = T.Tensor<[3]>

const x: Vector = T.of([0.5, -1.25, 2])
const y: Vector = T.of([3, 0.125, -0.5])

afterEach(() => void vi.restoreAllMocks())

describe('errors at a call', () => {
  const indices = T.of([7], 'int32')
  const indefinite: T.Tensor<[1, 1]> = T.of([[-1]])
  const what = (f: () => unknown): string => {
    try {
      f()
      return 'nothing'
    } catch (error) {
      return String(error)
    }
  }

  test('are those that eager meets first', () => {
    const f = (v: Vector, m: typeof indefinite) => [T.gather(T.exp(T.sort(v)), indices), Linalg.cholesky(m)]
    expect(what(() => jit(f)(x, indefinite))).toBe(what(() => f(x, indefinite)))
  })

  test('are those that eager meets first, also before one that shapes show', () => {
    const seen: string[] = []
    const f = (v: Vector, i: T.Tensor<[1]>) => {
      Debug.tap(() => void seen.push('tap'))(v)
      return T.add(T.gather(v, i), T.reshape(v, [4]) as never)
    }
    for (const i of [indices, T.of([0], 'int32')]) {
      expect(what(() => jit(f)(x, i))).toBe(what(() => f(x, i)))
    }
    expect(seen).toHaveLength(4)
  })

  test('name the operation that meets a value from a transformation that has finished', () => {
    const kept: Vector[] = []
    grad((v: Vector) => {
      kept.push(v)
      return T.sum(v)
    })(x)
    const [leaked] = kept
    const functions: readonly ((v: Vector) => unknown)[] = [
      (v: Vector) => T.exp(T.neg(v)),
      (v: Vector) => T.item(T.sum(v)),
      (_: Vector) => T.mul(leaked!, 2),
      (v: Vector) => T.mul(T.add(v, 1), leaked!)
    ]
    for (const f of functions) {
      const fast = jit(f)
      expect(what(() => fast(leaked!))).toBe(what(() => f(leaked!)))
      what(() => fast(x))
      expect(what(() => fast(leaked!))).toBe(what(() => f(leaked!)))
    }
    for (const f of functions.slice(2)) expect(what(() => jit(f)(x))).toBe(what(() => f(x)))
    expect(jit((v: Vector, w: Vector) => (v === w ? v : T.neg(v)))(x, leaked!)).toEqual(T.neg(x))
  })

  test('are not those of a branch that is not taken, nor those that the function catches', () => {
    const far = T.of([7], 'int32')
    const branch = (v: Vector, i: T.Tensor<[1]>) =>
      cond(
        T.greater(T.sum(v), 100),
        (w: Vector) => T.add(w, T.sum(T.gather(v, i))),
        (w: Vector) => T.neg(w)
      )(v)
    const caught = (m: typeof indefinite) => {
      try {
        return Linalg.cholesky(m)
      } catch {
        return T.neg(m)
      }
    }
    const [chosen, either] = [jit(branch), jit(caught)]
    const near = T.of([1], 'int32')
    const large = T.mul(x, 1000)
    for (const [v, i] of [
      [x, far],
      [x, near],
      [large, near]
    ] as const) {
      expect(differences([chosen(v, i)], [branch(v, i)])).toEqual([])
    }
    expect(what(() => chosen(large, far))).toBe(what(() => branch(large, far)))
    for (const m of [indefinite, T.of([[4]])]) expect(differences([either(m)], [caught(m)])).toEqual([])
  })

  test('and effects are those of the branch that is taken, also of values from outside of it, under transformations', () => {
    const seen: string[] = []
    const tapped = Debug.tap((v: T.Tensor<readonly number[]>) => void seen.push(v.toString()))
    const far = T.of([7], 'int32')
    const branch = (v: Vector) =>
      cond(
        T.greater(T.sum(v), 100),
        (w: Vector) => T.add(w, T.sum(T.add(tapped(v), T.sum(T.gather(v, far))))),
        (w: Vector) => T.neg(w)
      )(v)
    const sum = (v: Vector) => T.sum(branch(v))
    expect(differences([jit(branch)(x), grad(jit(sum))(x)], [branch(x), grad(sum)(x)])).toEqual([])
    expect(seen).toEqual([])
    expect(what(() => grad(jit(sum))(T.mul(x, 1000)))).toBe(what(() => grad(sum)(T.mul(x, 1000))))
  })

  test('keep their order among effects', () => {
    const seen: string[] = []
    const see = (label: string) => Debug.tap(() => void seen.push(label))
    const f = (v: Vector, i: T.Tensor<[1]>, m: typeof indefinite) => {
      const first = see('first')(T.exp(T.sort(v)))
      const picked = T.gather(v, i)
      return [first, picked, see('second')(v), Linalg.cholesky(m), see('third')(v)]
    }
    const good: typeof indefinite = T.of([[1]])
    for (const [i, m] of [
      [indices, good],
      [T.of([0], 'int32'), indefinite],
      [indices, indefinite]
    ] as const) {
      const eager = what(() => f(x, i, m))
      const wanted = seen.splice(0)
      expect(what(() => jit(f)(x, i, m))).toBe(eager)
      expect(seen.splice(0)).toEqual(wanted)
    }
    expect(what(() => jit(f)(x, T.of([0], 'int32'), good))).toBe('nothing')
    expect(seen).toEqual(['first', 'second', 'third'])
  })

  test('are thrown by operations whose results nobody reads, under all transformations', () => {
    const picks = (v: Vector, i: T.Tensor<[1]>): Vector => {
      T.gather(T.exp(v), i)
      return T.mul(v, 2)
    }
    const loops = (v: Vector, i: T.Tensor<[1]>): Vector =>
      scan((carry: Vector) => [picks(carry, i), undefined], { length: 2 })(v)[0]
    const chooses = (v: Vector, i: T.Tensor<[1]>): Vector =>
      cond(
        T.greater(T.sum(v), 0),
        (w: Vector) => picks(w, i),
        (w: Vector) => w
      )(v)
    const inner = jit(picks)
    const sum = (f: typeof picks) => (v: Vector, i: T.Tensor<[1]>) => T.sum(f(v, i))
    const tangent = (f: typeof picks) => (v: Vector, i: T.Tensor<[1]>) => jvp((w: Vector) => f(w, i))([v], [v])
    const mapped = (f: typeof picks) => (v: Vector, i: T.Tensor<[1]>) =>
      vmap((w: Vector, j: T.Tensor<[1]>) => f(w, j))(T.stack([v, v]), T.stack([T.zerosLike(i), i]))
    const functions: readonly (readonly [
      (v: Vector, i: T.Tensor<[1]>) => unknown,
      (v: Vector, i: T.Tensor<[1]>) => unknown
    ])[] = [
      ...[picks, loops, chooses].flatMap((f) => [
        [jit(f), f] as const,
        [jit(valueAndGrad(sum(f))), valueAndGrad(sum(f))] as const,
        [grad(jit(sum(f))), grad(sum(f))] as const,
        [jit(tangent(f)), tangent(f)] as const,
        [tangent(jit(f)), tangent(f)] as const,
        [jit(mapped(f)), mapped(f)] as const,
        [mapped(jit(f)), mapped(f)] as const
      ]),
      [jit((v: Vector, i: T.Tensor<[1]>) => void inner(v, i)), picks]
    ]
    for (const [index, [fast, f]] of functions.entries()) {
      const message = what(() => f(x, indices))
      expect(message).toContain('index is 7 on an axis of size 3')
      for (let call = 0; call < 2; call++) {
        expect([index, what(() => fast(x, indices))]).toEqual([index, message])
        expect(what(() => fast(x, T.of([2], 'int32')))).toBe('nothing')
      }
    }
  })

  const names = (f: (v: Vector, i: T.Tensor<[1]>) => unknown): readonly string[] =>
    Jit.lower(f)(x, indices).after.equations.map(({ primitive }) => primitive.name)

  test('cost no more than the check', () => {
    const f = (v: Vector, i: T.Tensor<[1]>): Vector => {
      T.gather(T.exp(T.sin(v)), T.add(i, 1))
      T.gather(v, T.of([0, 2], 'int32'))
      T.oneHot([0, 1], 3)
      return T.neg(v)
    }
    expect(names(f)).toEqual(['add', 'gather', 'neg'])
    const wrong = (v: Vector): Vector => {
      T.gather(v, T.of([0, 3], 'int32'))
      return T.neg(v)
    }
    expect(names(wrong)).toEqual(['gather', 'neg'])
    expect(what(() => jit(wrong)(x))).toBe(what(() => wrong(x)))
  })

  test('leave the function as it was', () => {
    let isBroken = true
    const f = jit((v: Vector) =>
      T.exp(
        Debug.tap(() => {
          if (isBroken) throw new Error('broken')
        })(T.mul(v, 2))
      )
    )
    expect(() => f(x)).toThrow('broken')
    isBroken = false
    expect(differences([f(x)], [T.exp(T.mul(x, 2))])).toEqual([])
  })

  test('do not come from a report that calls the function', () => {
    const inner: T.Tensor[] = []
    let isFirst = true
    const f: (v: Vector) => readonly T.Tensor[] = jit((v: Vector) => {
      const doubled = T.mul(v, 2)
      const seen = Debug.tap(() => {
        if (!isFirst) return
        isFirst = false
        inner.push(...f(y))
      })(doubled)
      return [T.exp(T.neg(seen)), T.sub(doubled, v)]
    })
    const wanted = (v: Vector): readonly T.Tensor[] => [T.exp(T.neg(T.mul(v, 2))), T.sub(T.mul(v, 2), v)]
    expect(differences(f(x), wanted(x))).toEqual([])
    expect(differences(inner, wanted(y))).toEqual([])
  })
})

describe('errors', () => {
  const { scalar: _, single: _single, ...rest } = T.neg.primitive
  const failing = {
    ...rest,
    name: 'failing',
    evaluate: (): never => {
      throw new Error('failing: it fails')
    }
  }

  test('are those of the first equation that throws, at every call', () => {
    const f = jit((v: Vector, places: T.Tensor<[1]>) => {
      const picked = T.gather(T.mul(v, 2), places)
      return [picked, bindOne(failing, [v], none)]
    })
    const message = (place: number): string => {
      try {
        f(x, T.of([place], 'int32'))
        return 'nothing'
      } catch (error) {
        return String(error)
      }
    }
    for (let i = 0; i < 2; i++) {
      expect(message(1)).toBe('Error: failing: it fails')
      expect(message(7)).toMatch(/gather/)
    }
  })
})

describe('without WebAssembly', () => {
  test('functions run eagerly, and one line says so', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    vi.stubGlobal('WebAssembly', undefined)
    try {
      const f = jit((v: Vector) => T.exp(v))
      expect(f(x)).toEqual(T.exp(x))
      expect(jit((v: Vector) => T.sin(v))(x)).toEqual(T.sin(x))
      expect(warn.mock.calls).toEqual([
        ['jit: there is no WebAssembly; the function runs eagerly, with the same results']
      ])
      expect(Jit.lower((v: Vector) => T.exp(v))(x).reason).toBe('there is no WebAssembly')
    } finally {
      vi.unstubAllGlobals()
    }
  })
})

describe('what cannot be compiled', () => {
  const spied = () => vi.spyOn(console, 'warn').mockImplementation(() => undefined)

  test('runs eagerly, and one line names the pass and the equation', () => {
    const warn = spied()
    const { scalar: _, ...rest } = T.exp.primitive
    const broken = { ...rest, scalar: { float: { op: 'parameter', name: 'missing' } } } as const
    const f = jit((v: Vector) => bindOne(broken, [T.mul(v, 2)], none))
    expect(f(x)).toEqual(T.exp(T.mul(x, 2)))
    f(y)
    expect(warn.mock.calls.map(([line]) => String(line))).toEqual([
      'jit: the pass code failed: mul exp failed: the parameter missing is not a number; the function runs eagerly, with the same results'
    ])
  })

  test('says how much memory it needs', () => {
    const large = Jit.lower((v: T.Tensor<[40_000, 40_000]>) => T.exp(T.neg(v)))
    spied()
    expect(large(T.broadcastTo(T.scalar(1), [40_000, 40_000])).reason).toBe(
      'the pass memory failed: the program needs 11.9 GiB of memory, above the 4 GiB of WebAssembly'
    )
  })
})

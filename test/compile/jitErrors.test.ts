// What jit says where something goes wrong, and what it does where nothing can be compiled.
import * as Debug from 'pullback/Debug'
import { grad } from 'pullback/Grad'
import * as Jit from 'pullback/Jit'
import * as Linalg from 'pullback/Linalg'
import { bindOne, none } from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
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
      if (f !== functions[1]) what(() => fast(x))
      expect(what(() => fast(leaked!))).toBe(what(() => f(leaked!)))
      if (f !== functions[1]) expect(what(() => fast(x))).toBe(what(() => f(x)))
    }
    expect(jit((v: Vector, w: Vector) => (v === w ? v : T.neg(v)))(x, leaked!)).toEqual(T.neg(x))
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

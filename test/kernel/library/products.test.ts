import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as T from 'pullback/Tensor'
import { type Functions, type Host, environment, libraryOnce, load } from '../../../src/kernel/library/instance.js'
import { plainFloat32 } from '../../../src/kernel/library/plainFloat32.js'
import { plainFloat64 } from '../../../src/kernel/library/plainFloat64.js'
import { productFloat32, productFloat64 } from '../../../src/kernel/library/products.js'
import { wasmFloat32 } from '../../../src/kernel/library/wasmFloat32.js'
import { wasmFloat64 } from '../../../src/kernel/library/wasmFloat64.js'
import { type Floats, type Layout, type View, contiguous, differences, layout, placed, product } from './reference.js'

type Multiply<D> = (
  m: number,
  n: number,
  k: number,
  a: D,
  aOffset: number,
  aRow: number,
  aCol: number,
  b: D,
  bOffset: number,
  bRow: number,
  bCol: number,
  c: D,
  cOffset: number
) => void

interface Type<D extends Floats> {
  readonly make: (length: number) => D
  readonly round: (x: number) => number
  readonly paths: Readonly<Record<string, Multiply<D>>>
}

const library = libraryOnce()!

const float32: Type<Float32Array> = {
  make: (length) => new Float32Array(length),
  round: Math.fround,
  paths: {
    TypeScript: plainFloat32,
    WebAssembly: (...args) => wasmFloat32(library, ...args),
    'the choice between them': productFloat32
  }
}

const float64: Type<Float64Array> = {
  make: (length) => new Float64Array(length),
  round: (x) => x,
  paths: {
    TypeScript: plainFloat64,
    WebAssembly: (...args) => wasmFloat64(library, ...args),
    'the choice between them': productFloat64
  }
}

const margin = 3

/** The product on one path; what lies beside the result must stay as it is. */
const run = <D extends Floats>(
  { make }: Type<D>,
  multiply: Multiply<D>,
  m: number,
  n: number,
  k: number,
  a: View<D>,
  b: View<D>
): Floats => {
  const c = make(m * n + 2 * margin)
  c.fill(77)
  multiply(m, n, k, a.data, a.offset, a.row, a.column, b.data, b.offset, b.row, b.column, c, margin)
  const outside = [...c.subarray(0, margin), ...c.subarray(margin + m * n)]
  expect(outside).toEqual(outside.map(() => 77))
  return c.slice(margin, margin + m * n)
}

const expectBits = <D extends Floats>(
  type: Type<D>,
  m: number,
  n: number,
  k: number,
  left: Layout,
  right: Layout,
  seed: number,
  special: boolean
): void => {
  const a = placed(type.make, seed, special, m, k, left)
  const b = placed(type.make, seed + 1, special, k, n, right)
  const wanted = product(type.round, m, n, k, a, b)
  for (const [name, multiply] of Object.entries(type.paths)) {
    expect([name, differences(run(type, multiply, m, n, k, a, b), wanted)]).toEqual([name, []])
  }
}

const side = fc.oneof(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 70 }))
const terms = fc.oneof(
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 70 }),
  fc.constantFrom(255, 256, 257, 512, 513, 768),
  fc.integer({ min: 1, max: 1000 })
)
const property = fc.tuple(side, side, terms, layout, layout, fc.integer(), fc.boolean())

describe('every path has the bits of the definition', () => {
  test('float32', () => {
    fc.assert(fc.property(property, (args) => expectBits(float32, ...args)))
  })

  test('float64', () => {
    fc.assert(fc.property(property, (args) => expectBits(float64, ...args)))
  })

  const large: ReadonlyArray<readonly [number, number, number]> = [
    [1, 1, 5000],
    [1, 1500, 300],
    [1500, 1, 300],
    [1500, 2, 300],
    [3, 1, 2100],
    [1, 3, 2100],
    [1030, 9, 7],
    [5, 1030, 31],
    [130, 140, 260],
    [20, 21, 2500],
    [1027, 1030, 2]
  ]
  const columns: Layout = { kind: 'columns', offset: 0, gap: 0 }
  const wide: Layout = { kind: 'rows', offset: 1, gap: 64 }
  test.each(large)('%i x %i, %i terms', (m, n, k) => {
    for (const [left, right] of [
      [contiguous, contiguous],
      [columns, wide],
      [wide, columns]
    ] as const) {
      expectBits(float32, m, n, k, left, right, m + n + k, true)
      expectBits(float64, m, n, k, left, right, m + n + k, true)
    }
  })
})

describe('laws of products', () => {
  test('a row does not depend on how many rows there are', () => {
    fc.assert(
      fc.property(side, side, terms, fc.integer(), (m, n, k, seed) => {
        const a = placed(float32.make, seed, true, m, k, contiguous)
        const b = placed(float32.make, seed + 1, true, k, n, contiguous)
        const all = run(float32, productFloat32, m, n, k, a, b)
        for (const i of new Set([0, m >> 1, m - 1])) {
          const row = run(float32, productFloat32, 1, n, k, { ...a, offset: i * k }, b)
          expect(differences(row, all.subarray(i * n, i * n + n))).toEqual([])
        }
      })
    )
  })
})

describe('environment', () => {
  test('the library is used here', () => {
    expect(environment()).toEqual({ products: 'wasm' })
  })

  test('large products go through it, small ones do not, and it is compiled once', () => {
    const once = libraryOnce()
    if (once === undefined) throw new Error('no library here')
    expect(libraryOnce()).toBe(once)
    const holds = (value: number): boolean => new Float32Array(once.memory.buffer).includes(Math.fround(value))
    T.matmul(T.full([2, 3], 1234.5), T.ones([3, 2]))
    expect(holds(1234.5)).toBe(false)
    T.matmul(T.full([8, 8], 1234.5), T.ones([8, 8]))
    expect(holds(1234.5)).toBe(true)
  })

  test('what it says belongs to who asked', () => {
    Object.assign(environment(), { products: 'bogus' })
    expect(environment()).toEqual({ products: 'wasm' })
  })

  test('a host without WebAssembly is not an error', () => {
    const none = { library: undefined, environment: { products: 'typescript', reason: 'there is no WebAssembly' } }
    expect(load(() => undefined)).toEqual(none)
    expect(load(() => ({}) as unknown as Host)).toEqual(none)
    const throwing = (): never => {
      throw new Error('hidden')
    }
    expect(load(throwing).environment).toEqual({ products: 'typescript', reason: 'hidden' })
  })

  test('a module that is refused is not an error', () => {
    const refused = class {
      constructor() {
        throw new Error('refused by the content security policy')
      }
    }
    const memory = class {
      readonly buffer = new ArrayBuffer(0)
      readonly grow = (): number => 0
    }
    const instance = class {
      readonly exports = library.functions
    }
    expect(load(() => ({ Module: refused, Instance: instance, Memory: memory }))).toEqual({
      library: undefined,
      environment: { products: 'typescript', reason: 'refused by the content security policy' }
    })
    const empty = class {
      readonly exports = {} as unknown as Functions
    }
    expect(load(() => ({ Module: class {}, Instance: empty, Memory: memory })).environment).toEqual({
      products: 'typescript',
      reason: 'WebAssembly gave a module without functions'
    })
  })

  test('a memory that cannot grow is not an error', () => {
    const stuck = {
      memory: {
        buffer: new ArrayBuffer(65536),
        grow: (): number => {
          throw new RangeError('no more memory')
        }
      },
      functions: library.functions,
      over: library.over
    }
    const [m, n, k] = [20, 30, 400]
    const a = placed(float32.make, 1, true, m, k, contiguous)
    const b = placed(float32.make, 2, true, k, n, contiguous)
    const found = run(float32, (...args) => wasmFloat32(stuck, ...args), m, n, k, a, b)
    expect(differences(found, product(Math.fround, m, n, k, a, b))).toEqual([])
  })
})

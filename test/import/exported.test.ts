// What the library exports is imported again: every primitive by a sample of its own, and generated programs, beside eager calls.
import * as fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import * as A from 'pullback/Arbitrary'
import { scan } from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import * as Export from 'pullback/Export'
import { grad } from 'pullback/Grad'
import type { Params, Primitive } from 'pullback/Primitive'
import type { Program } from 'pullback/Program'
import { primitives } from 'pullback/ProgramJson'
import * as T from 'pullback/Tensor'
import { decode } from '../../src/onnx/decode.js'
import { bind } from '../../src/primitive/bind.js'
import { run } from '../../src/transform/program.js'
import { stage } from '../../src/transform/stage.js'
import { generated } from '../compile/generated.js'
import { distance, imported } from './fixtures.js'

/** What a program gives when it has been written and read; `undefined` where it cannot be written. */
const readBack = (program: Program, inputs: readonly T.Tensor[]): readonly T.Tensor[] | undefined => {
  const written = Export.onnx(program)
  if (isLeft(written)) return undefined
  const { apply, params } = imported(written.right, { isParameter: () => false })
  return apply(params)(...inputs)
}

/** What a function gives; `undefined` where it refuses its arguments. */
const taken = <R>(f: () => R): R | undefined => {
  try {
    return f()
  } catch {
    return undefined
  }
}

/** One sample of a primitive in float32: its program, its operands, and what it gives. */
const sampled = (primitive: Primitive) =>
  fc.sample(A.draw({ maxElements: 12 }), { numRuns: 1, seed: 16 }).flatMap((from) => {
    const drawn = primitive.sample?.(from)
    if (drawn === undefined) return []
    const cast = (x: T.Tensor): T.Tensor => (x.dtype === 'float64' ? T.cast(x, 'float32') : x)
    const operands = primitive.programs === undefined ? drawn.operands.map(cast) : drawn.operands
    const one = taken(() => {
      const wanted = bind<Params>(primitive, operands, drawn.params)
      const { program } = stage('sample', operands, (leaves) => bind<Params>(primitive, leaves, drawn.params))
      return { program, operands, wanted }
    })
    return one === undefined ? [] : [one]
  })

test('every primitive that is exported', () => {
  const written = new Set<string>()
  const far: string[] = []
  for (const primitive of primitives) {
    for (const { program, operands, wanted } of sampled(primitive)) {
      const found = readBack(program, operands)
      if (found === undefined) continue
      written.add(primitive.name)
      wanted.forEach((each, i) => {
        const off = distance(found[i]!, each)
        const allowed = each.dtype === 'float64' ? 1e-12 : each.dtype === 'float32' ? 1e-5 : 0
        if (!(off <= allowed)) far.push(`${primitive.name}: ${String(found[i])} and not ${String(each)}`)
      })
    }
  }
  expect(far).toEqual([])
  expect(written.size).toBeGreaterThan(140)
})

test('generated programs whose results are finite', () => {
  const far = fc.sample(generated, { numRuns: 60, seed: 7 }).flatMap(({ f, inputs }, i) => {
    // Gathering out of range is refused, say.
    const wanted = taken(() => f(...inputs))
    if (wanted === undefined || !wanted.every((y) => T.toArray(y).every(Number.isFinite))) return []
    const found = readBack(Debug.trace((...leaves: typeof inputs) => f(...leaves))(...inputs), inputs)
    return wanted.flatMap((each, k) => {
      const off = found === undefined ? 0 : distance(found[k]!, each)
      return off <= (each.dtype === 'float64' ? 1e-10 : 1e-3) ? [] : [`${i}: ${off}`]
    })
  })
  expect(far).toEqual([])
})

test('lengths whose squares are beyond float32, and those of infinite and missing sides', () => {
  const sides = [T.of([1e30, -1e-30, 0, -0, Infinity, NaN, NaN, 3]), T.of([1e30, 1e-30, 0, -0, NaN, -Infinity, 1, -4])]
  const [found] = readBack(Debug.trace(T.hypot<[8], [8]>)(sides[0]!, sides[1]!), sides)!
  const wanted = T.hypot(sides[0]!, sides[1]!)
  const isInfinite = T.equal(wanted, Infinity)
  expect(T.toArray(T.equal(found!, Infinity))).toEqual(T.toArray(isInfinite))
  const [a, b] = [found!, wanted].map((x) => T.where(isInfinite, 0, x))
  expect(T.toArray(T.isNaN(a!))).toEqual(T.toArray(T.isNaN(b!)))
  expect(distance(T.div(a!, T.maximum(b!, 1e-30)), T.div(b!, T.maximum(b!, 1e-30)))).toBeLessThan(1e-6)
})

test('a step with its gradient, which is differentiated again', () => {
  type V = T.Tensor<[3]>
  const loss = (w: V, x: V): T.Tensor<[]> => T.sum(T.square(T.tanh(T.mul(w, x))))
  const written = Export.onnx(grad(loss))(T.zeros([3]), T.zeros([3]))
  if (isLeft(written)) throw new Error(written.left.message)
  const { apply, inputs } = imported(written.right)
  const [w, x] = [T.of([0.5, -1, 2]), T.of([1, 2, 0.3])]
  expect(inputs.map(({ name }) => name)).toEqual(['args[0]', 'args[1]'])
  const slope = (at: V): T.Tensor<[]> => T.sum(apply({})(at, x)[0])
  const wanted = grad((at: V) => T.sum(grad(loss)(at, x)))(w)
  expect(distance(grad(slope)(w), wanted)).toBeLessThan(1e-5)
})

/** The margins of the engine's own pooling, if a model has it. */
const marginsOf = (bytes: Uint8Array, operator: string): readonly number[] | undefined => {
  const read = decode(bytes)
  const nodes = isLeft(read) ? [] : read.right.graph.node
  const pads = nodes.find(({ opType }) => opType === operator)?.attribute.find(({ name }) => name === 'pads')
  return pads?.type === 'ints' ? pads.value.map(Number) : undefined
}

/** Windows that slide over short axes, some of which no pooling takes. */
const slides = [1, 2, 3, 5, 6, 7].flatMap((n) =>
  [1, 2, 3, 4].flatMap((window) =>
    [1, 2, 5].flatMap((stride) =>
      [0, 1, 2, 3].flatMap((padding) =>
        [1, 2, 3].flatMap((dilation) =>
          [false, true].map((ceilMode) => ({ n, options: { window, stride, padding, dilation, ceilMode } }))
        )
      )
    )
  )
)

test("pooling, the engine's own only where margins have fewer elements than a window", () => {
  type Pool = (x: T.Tensor<[2, 1, number]>, options: (typeof slides)[number]['options']) => T.Tensor
  const pools: Readonly<Record<string, Pool>> = { MaxPool: T.maxPool1d, AveragePool: T.avgPool1d }
  const far = Object.entries(pools).flatMap(([operator, pool]) => {
    const counts = { own: 0, other: 0 }
    const odd = slides.flatMap(({ n, options }) => {
      const x = T.reshape(T.sin(T.mul(T.arange(2 * n), 1.3)), [2, 1, n])
      const f = (x: T.Tensor): T.Tensor => pool(x as T.Tensor<[2, 1, number]>, options)
      const wanted = taken(() => f(x))
      if (wanted === undefined) return []
      const written = Export.onnx(f)(x)
      if (isLeft(written)) return [written.left.message]
      const { apply } = imported(written.right, { isParameter: () => false })
      const margins = marginsOf(written.right, operator)
      counts[margins === undefined ? 'other' : 'own']++
      const fits = margins?.every((each) => each < options.window) !== false
      return fits && distance(apply({})(x)[0], wanted) < 1e-5 ? [] : [JSON.stringify({ operator, n, options })]
    })
    expect(Math.min(counts.own, counts.other)).toBeGreaterThan(20)
    return odd
  })
  expect(far).toEqual([])
})

test.each([0, 1, 2, 5])('loops of %i steps, with and without elements, in both directions', (length) => {
  const [x, xs] = [T.of([0.3, -0.4]), T.sin(T.reshape(T.arange(2 * length), [length, 2]))]
  for (const reverse of [false, true]) {
    const along = (x: T.Tensor, xs: T.Tensor) =>
      scan((c: T.Tensor, e: T.Tensor) => [T.sin(T.add(c, e)), { c, e: T.mul(c, e) }] as const, { reverse })(x, xs)
    const alone = (x: T.Tensor) =>
      scan((c: T.Tensor) => [T.sin(T.add(c, 1)), { c, both: T.stack([c, c]) }] as const, { reverse, length })(x)
    for (const program of [Debug.trace(along)(x, xs), Debug.trace(alone)(x)]) {
      const inputs = [x, xs].slice(0, program.inputs.length)
      const found = readBack(program, inputs)!
      const wanted = run(program, inputs)
      expect(found.map((each, i) => distance(each, wanted[i]!) < 1e-6)).toEqual(wanted.map(() => true))
    }
  }
})

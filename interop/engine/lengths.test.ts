// Lengths of large tensors on a processor: whichever of their two forms the engine takes, they are those of eager calls.
import { isLeft } from 'fp-ts/lib/Either.js'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { compile } from 'pullback/engine/OnnxRuntime'
import { expect } from 'vitest'
import { testWith } from '../engines.js'

const shape = [64, 128] as const
const draw = (seed: number): T.Tensor => Random.normal(Random.key(seed), shape)

/** Some elements, at places that differ with the seed, are another number. */
const having = (x: T.Tensor, seed: number, value: number): T.Tensor =>
  T.where(T.less(Random.uniform(Random.key(seed), shape), 0.01), value, x)

/** Numbers of all magnitudes that float32 has, within a range of exponents. */
const between = (from: number, to: number, seed: number): T.Tensor =>
  T.mul(draw(seed), T.pow(2, T.add(T.mul(Random.uniform(Random.key(seed + 1), shape), to - from), from)))

const cases: Readonly<Record<string, readonly [T.Tensor, T.Tensor]>> = {
  'of the order of 1': [draw(1), draw(2)],
  'with zeros': [having(draw(1), 3, 0), having(draw(2), 3, 0)],
  'all zero': [T.zeros(shape), T.zeros(shape)],
  'whose squares overflow': [between(60, 120, 1), between(60, 120, 3)],
  'one of which overflows': [having(draw(1), 3, 1e30), draw(2)],
  'whose squares are lost': [between(-120, -70, 1), between(-120, -70, 3)],
  'some of which are lost beside others': [between(-120, 0, 1), between(-120, 0, 3)],
  'just above what is plain': [between(-44, -38, 1), between(-44, -38, 3)],
  'with an infinity': [having(draw(1), 3, Infinity), draw(2)],
  'with NaN': [having(draw(1), 3, NaN), draw(2)],
  'with infinities beside NaN': [
    having(having(draw(1), 3, NaN), 4, -Infinity),
    having(having(draw(2), 3, Infinity), 4, NaN)
  ]
}

await testWith(['onnxruntime-node'], 'lengths of large tensors', async () => {
  const compiled = await compile((x: T.Tensor, y: T.Tensor) => T.hypot(x, y), { engine: 'node', threads: 1 })(
    ...cases['of the order of 1']!
  )()
  if (isLeft(compiled)) throw new Error(compiled.left.message)
  for (const [name, [x, y]] of Object.entries(cases)) {
    const [found, wanted] = [await compiled.right(x, y), T.hypot(x, y)].map((each) => Array.from(T.toArray(each)))
    const largest = wanted!.reduce((most, each) => (Number.isFinite(each) ? Math.max(most, each) : most), 0)
    const off = wanted!.filter((each, i) =>
      Number.isFinite(each)
        ? !(Math.abs(found![i]! - each) <= 2 ** -22 * each + 2 ** -24 * largest)
        : !Object.is(found![i], each)
    )
    expect(off, `lengths ${name}`).toEqual([])
  }
  await compiled.right.release()
})

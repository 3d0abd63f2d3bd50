// Operands at which functions are nearly in the middle between two numbers of float32, for the digests: there a result shows
// the last bits of the float64 that was rounded, which it hides nearly everywhere else. `tsx --conditions=pullback-source
// scripts/hard-inputs.ts` searches and writes test/arithmetic/hard.ts; that the operands are the hardest there are is not needed.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as prettier from 'prettier'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { functionsOfOne, functionsOfTwo } from '../test/arithmetic/cases/elementwise.js'
import { root } from './sources.js'

const chunk = 2 ** 18
const chunks = 64
const kept = 24

/** What is made of several operations, each of which rounds. */
const composed: ReadonlySet<string> = new Set(['geluTanh', 'mish', 'selu', 'silu'])

interface Found {
  readonly distance: number
  /** The result, without its sign: one operand of each is enough. */
  readonly near: number
  readonly at: readonly number[]
}

const words = new Int32Array(1)
const float = new Float32Array(words.buffer)

/** How far a number is from the middle between two neighbours in float32, relative to it. */
const distance = (y: number): number => {
  const near = Math.fround(y)
  if (y === near || !(Math.abs(near) < 3e38) || Math.abs(near) < 1e-37) return Infinity
  float[0] = near
  words[0] = words[0]! + (Math.abs(y) > Math.abs(near) ? 1 : -1)
  return Math.abs((near + float[0]) / 2 - y) / Math.abs(y)
}

/** Numbers of ordinary size, those about 0 and 1, and all exponents by turns. */
const operand = (seed: number): T.Tensor => {
  const [low, high] = [[-20, 20] as const, [-2, 2] as const, [0, 1] as const, [0, 100] as const][seed % 4] ?? [0, 1]
  return Random.uniform(Random.key(seed), [chunk], { low, high })
}

const search = (name: string, arity: number, f: (xs: readonly T.Tensor[]) => T.Tensor): readonly Found[] => {
  let best: readonly Found[] = []
  for (let i = 0; i < chunks; i++) {
    const xs = Array.from({ length: arity }, (_, j) => operand(1000 + i + 4 * 1000 * j + (i >> 2) * j))
    const y = T.toArray(f(xs.map((x) => T.cast(x, 'float64'))))
    const data = xs.map((x) => T.toArray(x))
    const limit = best.length < kept ? Infinity : best[kept - 1]!.distance
    const found: Found[] = []
    y.forEach((value: number, k: number) => {
      const d = distance(value)
      if (d < limit) found.push({ distance: d, near: Math.abs(Math.fround(value)), at: data.map((each) => each[k]!) })
    })
    const all = [...best, ...found].sort((a, b) => a.distance - b.distance)
    const seen = new Set<number>()
    best = all.filter(({ near }) => !seen.has(near) && seen.add(near)).slice(0, kept)
  }
  console.log(`${name}: from ${best[0]?.distance.toExponential(1)} to ${best[kept - 1]?.distance.toExponential(1)}`)
  return best
}

const ofOne = Object.entries(functionsOfOne).map(
  ([name, f]) => [name, 1, ([x = T.scalar(0)]: readonly T.Tensor[]) => f(x)] as const
)
const ofTwo = Object.entries(functionsOfTwo).map(
  ([name, f]) => [name, 2, ([x = T.scalar(0), y = T.scalar(0)]: readonly T.Tensor[]) => f(x, y)] as const
)
const table = [...ofOne, ...ofTwo]
  .filter(([name]) => !composed.has(name))
  .map(([name, arity, f]) => {
    const found = search(name, arity, f)
    return [name, Array.from({ length: arity }, (_, j) => found.map(({ at }) => at[j]!))] as const
  })

const text = `/** Operands near the middle between two results in float32, made by scripts/hard-inputs.ts. */
export const hard: Readonly<Record<string, readonly (readonly number[])[]>> = ${JSON.stringify(Object.fromEntries(table))}
`
const file = join(root, 'test/arithmetic/hard.ts')
writeFileSync(file, await prettier.format(text, { ...(await prettier.resolveConfig(file)), filepath: file }))

/**
 * Lists of integers, from which every tensor is generated. They shrink towards 0, all at once first, and by halves.
 */
import * as fc from 'fast-check'

type Codes = readonly number[]

/** Ever smaller steps from a number towards 0, the largest first. */
const descents = (code: number): readonly number[] => {
  const result: number[] = []
  for (let step = code; step !== 0; step = Math.trunc(step / 2)) result.push(code - step)
  return result
}

const streamOf = (candidates: Iterable<Codes>): fc.Stream<fc.Value<Codes>> => {
  const each = function* (): IterableIterator<fc.Value<Codes>> {
    for (const candidate of candidates) yield new fc.Value(candidate, undefined)
  }
  return new fc.Stream(each())
}

/** One element after another, each by its own descents. */
const elementwise = function* (codes: Codes): Iterable<Codes> {
  for (let i = 0; i < codes.length; i++) {
    for (const smaller of descents(codes[i] ?? 0)) yield codes.map((code, j) => (j === i ? smaller : code))
  }
}

/** `n` numbers from `min` (at most 0) to `max` (at least 0), uniformly and independently. */
class Independent extends fc.Arbitrary<Codes> {
  private readonly n: number
  private readonly min: number
  private readonly max: number

  constructor(n: number, min: number, max: number) {
    super()
    this.n = n
    this.min = min
    this.max = max
  }

  generate(random: fc.Random): fc.Value<Codes> {
    const codes = new Array<number>(this.n)
    for (let i = 0; i < this.n; i++) codes[i] = random.nextInt(this.min, this.max)
    return new fc.Value(codes, undefined)
  }

  canShrinkWithoutContext(value: unknown): value is Codes {
    return Array.isArray(value) && value.length === this.n
  }

  shrink(codes: Codes): fc.Stream<fc.Value<Codes>> {
    const candidates = function* (): Iterable<Codes> {
      if (codes.every((code) => code === 0)) return
      yield codes.map(() => 0)
      if (codes.some((code) => Math.abs(code) > 1)) yield codes.map((code) => Math.trunc(code / 2))
      yield* elementwise(codes)
    }
    return streamOf(candidates())
  }
}

/** `n` different numbers from `min` to `max`, which shrink to a permutation of neighbours. */
class Distinct extends fc.Arbitrary<Codes> {
  private readonly n: number
  private readonly min: number
  private readonly max: number

  constructor(n: number, min: number, max: number) {
    super()
    if (max - min + 1 < n)
      throw new RangeError(
        `Arbitrary.distinct: the number of values is ${n}; for this domain, expected at most ${max - min + 1}`
      )
    this.n = n
    this.min = min
    this.max = max
  }

  generate(random: fc.Random): fc.Value<Codes> {
    const taken = new Set<number>()
    while (taken.size < this.n) {
      // A number that is taken is replaced by the next free one, so that this ends even when all are needed.
      let code = random.nextInt(this.min, this.max)
      while (taken.has(code)) code = code === this.max ? this.min : code + 1
      taken.add(code)
    }
    const codes = [...taken]
    for (let i = codes.length - 1; i > 0; i--) {
      const j = random.nextInt(0, i)
      const other = codes[j] ?? 0
      codes[j] = codes[i] ?? 0
      codes[i] = other
    }
    return new fc.Value(codes, undefined)
  }

  canShrinkWithoutContext(value: unknown): value is Codes {
    return Array.isArray(value) && value.length === this.n
  }

  shrink(codes: Codes): fc.Stream<fc.Value<Codes>> {
    const size = (list: Codes): number => list.reduce((sum, code) => sum + Math.abs(code), 0)
    const sorted = [...codes].sort((a, b) => a - b)
    const lowest = Math.max(this.min, Math.min(this.max - this.n + 1, -Math.floor(this.n / 2)))
    const packed = codes.map((code) => lowest + sorted.indexOf(code))
    const candidates = function* (): Iterable<Codes> {
      if (size(packed) < size(codes)) yield packed
      for (const candidate of elementwise(codes)) if (new Set(candidate).size === codes.length) yield candidate
    }
    return streamOf(candidates())
  }
}

/** `n` whole numbers from `min` to `max`, which contain 0. */
export const codes = (n: number, min: number, max: number): fc.Arbitrary<readonly number[]> =>
  new Independent(n, min, max)

/** `n` different whole numbers from `min` to `max`, which contain 0. */
export const distinctCodes = (n: number, min: number, max: number): fc.Arbitrary<readonly number[]> =>
  new Distinct(n, min, max)

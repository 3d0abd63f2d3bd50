// Batch invariance of functions: what holds to it, what breaks it and how that is said, and what is refused.
import * as fc from 'fast-check'
import * as A from 'pullback/Arbitrary'
import * as Law from 'pullback/Law'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { TreeError } from 'pullback/Tree'
import { describe, expect, it } from 'vitest'

const rows = A.tensor({ shape: [5, 3], dtype: 'float32' })

/** What a property throws at the examples that are given. */
const thrown = <X, R>(f: (batch: X) => R, batch: X): unknown => {
  const found = fc.check(Law.batchInvariance(f, fc.constant(batch)), { numRuns: 20, seed: 1 })
  return found.errorInstance ?? undefined
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? (error.message.split(';')[0] ?? '') : 'none')

describe('batch invariance', () => {
  it('holds of layers in evaluation', () => {
    const model = Layer.sequential(Layer.dense(3, 40), T.tanh, Layer.dropout(0.5), Layer.dense(40, 7))
    const [{ params, state }] = model.init(Random.key(1))
    const scores = (x: T.Tensor<[number, 3]>): T.Tensor =>
      T.logSoftmax(Layer.apply(model)(params, state, { mode: 'eval' })(x)[0])
    fc.assert(Law.batchInvariance(scores, rows), { numRuns: 20 })
  })

  it('holds of trees to trees, of every type, and ignores values that are not tensors', () => {
    const batches = fc.record({
      x: A.tensor({ shape: [4, 3] }),
      more: fc.record({ labels: A.indices({ shape: [4], below: 3 }), name: fc.constant('digits') })
    })
    fc.assert(
      Law.batchInvariance(
        ({ x, more }) => ({
          right: [T.equal(T.argmax(x, { axis: 1 }), more.labels)],
          norms: T.norm(x, { axis: -1 }),
          name: more.name
        }),
        batches
      ),
      { numRuns: 20 }
    )
  })

  it('holds of no examples', () => {
    expect(thrown((x: T.Tensor) => x, T.zeros([0, 3]))).toBeUndefined()
  })

  it('is broken by a mean over the batch', () => {
    const centred = (x: T.Tensor): T.Tensor => T.sub(x, T.mean(x, { axis: 0 }))
    const error = thrown(centred, T.of([[1], [2], [4]], 'float64'))
    expect(error).toBeInstanceOf(Law.GradientError)
    expect(sentenceOf(error)).toBe('centred: of 3 examples, number 0 has another result alone')
    expect(error instanceof Law.GradientError ? error.mismatch : error).toMatchObject({
      law: 'batch invariance',
      path: 'the result',
      index: [0, 0],
      automatic: 0,
      expected: 1 - 7 / 3
    })
  })

  it('is broken by one bit, and by the sign of a zero', () => {
    const x = T.of([[1.5], [-2.5]], 'float64')
    const off = (y: T.Tensor): T.Tensor => (y.shape[0] === 1 ? T.mul(y, 1 + Number.EPSILON) : y)
    expect(sentenceOf(thrown(off, x))).toBe('off: of 2 examples, number 0 has another result alone')
    const signed = (y: T.Tensor): T.Tensor => T.mul(T.zerosLike(y), y.shape[0] === 1 ? -1 : 1)
    expect(String(thrown(signed, x))).toContain('found -0, expected exactly 0')
  })

  it('says of values where they differ, before operands cut short, and gives no hint for derivatives', () => {
    const x = T.add(T.reshape(T.arange(3200, 'float64'), [32, 100]), 0.123456789)
    const factors = [0, -1, 2, 0.5, 100]
    for (const factor of factors) {
      const scaled = (y: T.Tensor): T.Tensor => (y.shape[0] === 1 ? T.mul(y, factor) : y)
      const error = thrown(scaled, x)
      if (!(error instanceof Law.GradientError)) throw new Error('a GradientError is required')
      const { mismatch, message } = error
      expect(mismatch.hint).toBeUndefined()
      const [full = ''] = mismatch.operands
      expect(full.length).toBeGreaterThan(30_000)
      expect(full.endsWith("]], 'float64')")).toBe(true)
      const lines = message.split('\n')
      expect(lines).toHaveLength(4)
      expect(lines[1]).toMatch(/^ {2}at the result\[0, 0\]: found .*, expected exactly 0\.123456789$/)
      expect(lines[2]).toMatch(/^ {2}ratio -?[\d.]+$/)
      expect(mismatch.ratio).toBeCloseTo(factor, 12)
      expect(lines[3]).toMatch(
        /^ {2}operands \(in full in mismatch\.operands\): T\.of\(\[\[0\.123456789, 1\.123456789, /
      )
      expect(lines[3]?.endsWith(`, ... (of ${full.length} characters)`)).toBe(true)
      expect(message.length).toBeLessThan(800)
    }
  })

  it('is broken by results that differ in parts, or in large batches only', () => {
    const inParts = (y: T.Tensor): T.Tensor => (y.shape[0] === 2 ? T.neg(y) : y)
    expect(sentenceOf(thrown(inParts, T.of([[1], [2], [3], [4]])))).toMatch(
      /^inParts: of 4 examples, those from \d to \d have other results in a batch of their own$/
    )
    const inLarge = (y: T.Tensor): T.Tensor => (y.shape[0]! > 4 ? T.neg(y) : y)
    expect(sentenceOf(thrown(inLarge, T.of([[1], [2], [3], [4]])))).toMatch(
      /^inLarge: 4 examples have other results in a batch that holds them \d times$/
    )
  })

  it('is broken by a result of another type or shape', () => {
    const typed = (y: T.Tensor): T.Tensor => (y.shape[0] === 1 ? T.cast(y, 'int32') : y)
    expect(sentenceOf(thrown(typed, T.of([[1], [2]])))).toBe(
      'typed: of 2 examples, number 0 has another result alone: in shape or type'
    )
    const fewer = (y: T.Tensor): readonly T.Tensor[] => (y.shape[0] === 1 ? [] : [y])
    expect(sentenceOf(thrown(fewer, T.of([[1], [2]])))).toBe(
      "fewer: of 2 examples, number 0 has another result alone: with no tensors instead of the result's [0]"
    )
  })

  it('is broken by a result with other keys, in whatever order they come', () => {
    type Keyed = Readonly<Record<string, T.Tensor>>
    const renamed = (y: T.Tensor): Keyed => (y.shape[0] === 1 ? { a: y } : { b: y })
    expect(sentenceOf(thrown(renamed, T.of([[1], [2]])))).toBe(
      "renamed: of 2 examples, number 0 has another result alone: with the result's a instead of the result's b"
    )
    const more = (y: T.Tensor): Keyed => (y.shape[0] === 1 ? { a: y, b: y } : { a: y })
    expect(sentenceOf(thrown(more, T.of([[1], [2]])))).toContain(
      "with the result's a, the result's b instead of the result's a"
    )
    const turned = (y: T.Tensor): Keyed => (y.shape[0] === 1 ? { b: T.neg(y), a: y } : { a: y, b: T.neg(y) })
    expect(thrown(turned, T.of([[1], [2]]))).toBeUndefined()
  })

  it('rejects scalars, different sizes and values without tensors as batches', () => {
    const same = <X>(x: X): X => x
    const scalar = thrown(same, { x: T.scalar(1) })
    expect(scalar).toBeInstanceOf(ShapeError)
    expect(String(scalar)).toContain(
      "Law.batchInvariance: the batch's x is a scalar; expected an axis of examples in front"
    )
    expect(String(thrown(same, [T.zeros([2, 3]), T.zeros([4])]))).toContain(
      "Law.batchInvariance: the batch's [0] has shape [2, 3] and the batch's [1] [4]; expected as many examples in front"
    )
    const none = thrown(same, { rate: 1 })
    expect(none).toBeInstanceOf(TreeError)
    expect(String(none)).toContain(
      'Law.batchInvariance: the batch has no tensors; expected one with an axis of examples in front'
    )
  })

  it('refuses a result without a row for each example', () => {
    const error = thrown((x: T.Tensor) => T.mean(x), T.zeros([4, 2]))
    expect(error).toBeInstanceOf(ShapeError)
    expect(String(error)).toContain(
      'Law.batchInvariance: the result has shape []; for a batch of 4, expected a row for each example, [4, ...]'
    )
  })

  it('rejects a result without tensors', () => {
    const expected = 'expected a tensor with a row for each example, or a tree of those'
    const number = (x: T.Tensor): number => T.item(T.sum(x))
    const map = (x: T.Tensor): ReadonlyMap<string, T.Tensor> => new Map([['x', x]])
    for (const f of [number, map, () => ({}), () => undefined]) {
      const error = thrown<T.Tensor, unknown>(f, T.zeros([4, 2]))
      expect(error).toBeInstanceOf(TreeError)
      expect(String(error)).toContain(`Law.batchInvariance: the result has no tensors; ${expected}`)
    }
    const error = thrown((x: T.Tensor) => Promise.resolve(x), T.zeros([4, 2]))
    expect(error).toBeInstanceOf(TreeError)
    expect(String(error)).toContain(
      `Law.batchInvariance: the result is a promise; ${expected}, from a function that is not async`
    )
  })
})

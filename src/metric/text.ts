/** Metrics of sequences of tokens: how well a model expects them, and how close made ones are to references. */
import { refusal } from '../internal/describe.js'
import { integer, oneOf, options, positiveCount } from '../internal/options.js'
import { cast, logSoftmax, toArray } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { type Mean, type Metric, MonoidMean, addLists, named, value } from './model.js'
import { requireRows } from './rows.js'

// -----------------------------------------------------------------------------
// perplexity
// -----------------------------------------------------------------------------

/**
 * The options of `perplexity`.
 *
 * @example
 * import type { PerplexityOptions } from 'pullback/Metric'
 *
 * const options: PerplexityOptions = { ignoreIndex: -1 }
 * options.ignoreIndex // => -1
 */
export interface PerplexityOptions {
  /** Rows with this label do not count, such as those of padding. */
  readonly ignoreIndex?: number
}

const checkPerplexity = options<PerplexityOptions>('perplexity', { ignoreIndex: integer })

/**
 * The perplexity: exp of the mean of -log p over tokens, where p is the probability that softmax gives the token. A metric. It is the number
 * of tokens for a model that finds all equally likely, 1 for one that is sure and right.
 *
 * Logits, or log-probabilities, have shape [..., tokens], labels shape [...]. Computed in float64. NaN in a row makes it NaN.
 *
 * @throws ShapeError when there is not one label for each row
 * @throws RangeError when a label is neither a token nor ignored
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * Metric.perplexity()(T.zeros([3, 8]), T.of([0, 5, 7], 'int32')) // ≈ 8
 */
export const perplexity = (
  options: PerplexityOptions = {}
): Metric<readonly [logits: Tensor, labels: Tensor], Mean> => {
  checkPerplexity(options)
  const { ignoreIndex } = options
  return named('perplexity', {
    ...MonoidMean,
    of: (logits: Tensor, labels: Tensor) => {
      const rows = requireRows('perplexity', logits, labels, ignoreIndex)
      const logs = toArray(logSoftmax(cast(logits, 'float64'), { axis: -1 }))
      let sum = 0
      let count = 0
      rows.labels.forEach((label: number, row: number) => {
        if (label === ignoreIndex) return
        sum -= logs[row * rows.classes + label]!
        count++
      })
      return { sum, count }
    },
    value: (mean: Mean) => Math.exp(value(mean))
  })
}

// -----------------------------------------------------------------------------
// BLEU
// -----------------------------------------------------------------------------

/**
 * A sequence of tokens: words, or indices of a vocabulary.
 *
 * @example
 * import type { Tokens } from 'pullback/Metric'
 *
 * const tokens: Tokens = ['the', 'cat']
 * tokens.length // => 2
 */
export type Tokens = readonly (string | number)[]

/**
 * The options of `bleu`.
 *
 * @example
 * import type { BleuOptions } from 'pullback/Metric'
 *
 * const options: BleuOptions = { order: 2, smoothing: 'addOne' }
 * options.order // => 2
 */
export interface BleuOptions {
  /** Up to how many tokens n-grams have; 4 by default. */
  readonly order?: number
  /**
   * What is done about n-grams that never match: nothing (`'none'`, the default: the score is 0); `'addOne'` adds 1 to matches and totals of
   * orders from 2 on (C.-Y. Lin and F. J. Och, 2004); `'exponential'` gives the k-th order without a match the precision 1 / (2^k total),
   * as sacreBLEU does. Without any match the score is 0.
   */
  readonly smoothing?: 'none' | 'addOne' | 'exponential'
}

/**
 * What BLEU counts: for each order the n-grams of candidates that match, and all of them; the tokens of the candidates, and of the references
 * that are closest in length.
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 *
 * const matches: Metric.Matches = Metric.bleu({ order: 2 }).of([['a', 'b']], [[['a', 'c', 'b']]])
 * matches // => { matches: [2, 0], totals: [2, 1], tokens: 2, expected: 3 }
 */
export interface Matches {
  readonly matches: readonly number[]
  readonly totals: readonly number[]
  readonly tokens: number
  readonly expected: number
}

const checkBleu = options<BleuOptions>('bleu', {
  order: positiveCount,
  smoothing: oneOf('none', 'addOne', 'exponential')
})

/** The n-grams of a sequence and how often each is there; those with NaN match none. */
const gramsOf = (tokens: Tokens, n: number): ReadonlyMap<string, number> => {
  const names = tokens.map((token) => (typeof token === 'string' ? JSON.stringify(token) : String(token)))
  const grams = new Map<string, number>()
  for (let i = 0; i + n <= names.length; i++) {
    const gram = names.slice(i, i + n)
    const key = gram.join(' ')
    if (!gram.includes('NaN')) grams.set(key, (grams.get(key) ?? 0) + 1)
  }
  return grams
}

const matchesOf = (candidate: Tokens, references: readonly Tokens[], n: number): number => {
  const wanted = references.map((reference) => gramsOf(reference, n))
  let hits = 0
  gramsOf(candidate, n).forEach((count, gram) => {
    hits += Math.min(count, Math.max(...wanted.map((grams) => grams.get(gram) ?? 0)))
  })
  return hits
}

/** The length of the reference that is closest in length, the shorter of two. */
const closest = (length: number, references: readonly Tokens[]): number =>
  references
    .map((reference) => reference.length)
    .reduce((best, other) => {
      const [a, b] = [Math.abs(best - length), Math.abs(other - length)]
      return b < a || (b === a && other < best) ? other : best
    })

const requireTokens = (candidates: readonly Tokens[], references: readonly (readonly Tokens[])[]): void => {
  for (const [name, list] of Object.entries({ candidates, references })) {
    if (!Array.isArray(list)) throw new TypeError(refusal('bleu', `the argument ${name}`, list, 'an array'))
  }
  if (candidates.length !== references.length) {
    throw new RangeError(
      `bleu: the numbers of candidates and of lists of references are ${candidates.length} and ${references.length}; expected the same`
    )
  }
  candidates.forEach((candidate, i) => {
    const list: unknown = references[i]
    if (!Array.isArray(list)) {
      throw new TypeError(refusal('bleu', `element ${i} of references`, list, 'an array of sequences of tokens'))
    }
    const all: readonly unknown[] = [candidate, ...Array.from<unknown>(list)]
    const wrong = all.findIndex((each) => !Array.isArray(each))
    if (wrong >= 0) throw new TypeError(refusal('bleu', `a sequence of pair ${i}`, all[wrong], 'an array of tokens'))
    if (all.length === 1) throw new RangeError(`bleu: candidate ${i} has 0 references; expected at least one`)
  })
}

const scoreOf = ({ matches, totals, tokens, expected }: Matches, smoothing: BleuOptions['smoothing']): number => {
  if (matches.length === 0) return NaN
  if (matches.every((hits) => hits === 0)) return 0
  let half = 1
  const logs = matches.map((hits, i) => {
    const all = totals[i]!
    if (smoothing === 'addOne' && i > 0) return Math.log((hits + 1) / (all + 1))
    if (smoothing !== 'exponential' || hits > 0) return Math.log(all === 0 ? 0 : hits / all)
    half /= 2
    return Math.log(all === 0 ? 0 : half / all)
  })
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length
  return Math.exp(mean + Math.min(0, 1 - expected / tokens))
}

/**
 * BLEU of a corpus: the geometric mean of the precisions of n-grams, from 1 to `order` tokens, times a penalty for brevity, exp(1 - r / c) for
 * c tokens of candidates and r > c of references. Each n-gram of a candidate counts as often as one of its references has it. A metric: the
 * counts of parts are merged before the score is taken.
 *
 * Takes candidates, and for each of them a list of references; of several references the one closest in length counts for r, the shorter at a
 * tie. Without smoothing it is 0 where one order never matches. NaN is a token that matches none. NaN without candidates.
 *
 * K. Papineni, S. Roukos, T. Ward and W.-J. Zhu, BLEU: a Method for Automatic Evaluation of Machine Translation, ACL 2002.
 *
 * @throws RangeError when there is not one list of references for each candidate, or such a list is empty
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 *
 * const candidate = 'the cat sat on the mat'.split(' ')
 * const reference = 'the cat is on the mat'.split(' ')
 * Metric.bleu({ order: 2 })([candidate], [[reference]]) // ≈ 0.7071
 * Metric.bleu()([candidate], [[reference]]) // => 0
 */
export const bleu = (
  options: BleuOptions = {}
): Metric<readonly [candidates: readonly Tokens[], references: readonly (readonly Tokens[])[]], Matches> => {
  checkBleu(options)
  const { order = 4, smoothing = 'none' } = options
  const orders = Array.from({ length: order }, (_, i) => i + 1)
  const total = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0)
  return named('bleu', {
    empty: { matches: [], totals: [], tokens: 0, expected: 0 },
    concat: (a: Matches, b: Matches) => ({
      matches: addLists('orders', a.matches, b.matches),
      totals: addLists('orders', a.totals, b.totals),
      tokens: a.tokens + b.tokens,
      expected: a.expected + b.expected
    }),
    of: (candidates: readonly Tokens[], references: readonly (readonly Tokens[])[]) => {
      requireTokens(candidates, references)
      return {
        matches: orders.map((n) => total(candidates.map((each, i) => matchesOf(each, references[i]!, n)))),
        totals: orders.map((n) => total(candidates.map((each) => Math.max(each.length - n + 1, 0)))),
        tokens: total(candidates.map((each) => each.length)),
        expected: total(candidates.map((each, i) => closest(each.length, references[i]!)))
      }
    },
    value: (matches: Matches) => scoreOf(matches, smoothing)
  })
}

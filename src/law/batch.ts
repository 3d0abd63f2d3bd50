/** The law of batches: an example's result does not depend on the examples beside it. */
import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import { ShapeError, equals, show } from '../shape/model.js'
import { gather } from '../tensor/indexing.js'
import type { Tensor } from '../tensor/model.js'
import { isPromise } from '../transform/scope.js'
import { TreeError } from '../tree/error.js'
import { mapTensors } from '../tree/model.js'
import { type Reported, broken, compare } from './compare.js'
import { GradientError } from './toError.js'
import { literal } from './literal.js'
import { type Verdict, all, nothing } from './model.js'
import { salts } from './property.js'
import { pick } from './directions.js'
import { flat, tensorAt } from './values.js'

const law = 'batch invariance'
const operation = 'Law.batchInvariance'

/** The tensors in a value of any kind, with their names in sentences. */
const found = (value: unknown, whole: string): readonly (readonly [leaf: Tensor, path: string])[] => {
  const result: (readonly [Tensor, string])[] = []
  mapTensors(value, (leaf, path) => {
    result.push([leaf, path === '' ? whole : `${whole}'s ${path}`])
    return leaf
  })
  return result
}

/** The number of examples, which all tensors of a batch share. */
const sizeOf = (batch: unknown): number => {
  const leaves = found(batch, 'the batch')
  const [first] = leaves
  if (first === undefined) {
    throw new TreeError(operation, '', 'the batch has no tensors; expected one with an axis of examples in front')
  }
  const n = first[0].shape[0]
  for (const [{ shape }, path] of leaves) {
    if (shape.length === 0) {
      throw new ShapeError(operation, [shape], `${path} is a scalar; expected an axis of examples in front`)
    }
    if (shape[0] !== n) {
      const both = `${first[1]} has shape ${show(first[0].shape)} and ${path} ${show(shape)}`
      throw new ShapeError(operation, [first[0].shape, shape], `${both}; expected as many examples in front`)
    }
  }
  return n ?? 0
}

type Leaves = ReturnType<typeof found>

/** The results of a call, each of which has an axis of `n` examples in front. */
const resultsOf = (value: unknown, n: number): Leaves => {
  const leaves = found(value, 'the result')
  for (const [{ shape }, path] of leaves) {
    if (shape[0] === n) continue
    throw new ShapeError(
      operation,
      [shape],
      `${path} has shape ${show(shape)}; for a batch of ${n}, expected a row for each example, [${n}, ...]`
    )
  }
  return leaves
}

/** Refuses a result without tensors to compare. */
const requireTensors = (value: unknown, leaves: Leaves): void => {
  if (leaves.length > 0) return
  const wrong = isPromise(value) ? 'the result is a promise' : 'the result has no tensors'
  const remedy = isPromise(value) ? ', from a function that is not async' : ''
  throw new TreeError(
    operation,
    '',
    `${wrong}; expected a tensor with a row for each example, or a tree of those${remedy}`
  )
}

/** Other batches of the same examples: each a list of their positions, and the start of its sentence. */
interface Other {
  readonly examples: readonly number[]
  readonly what: string
}

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i)

/** Each example alone, the batch in parts, and the batch several times over. */
const othersOf = (n: number, salt: number): readonly Other[] => {
  const cuts = range(1, n).filter((at) => pick(salt, at, 2) === 0)
  const bounds = [0, ...cuts, n]
  const parts = bounds.slice(1).map((to, i) => ({
    examples: range(bounds[i]!, to),
    what: `of ${n} examples, those from ${bounds[i]!} to ${to - 1} have other results in a batch of their own`
  }))
  const times = 2 + pick(salt + 1, 0, 7)
  return [
    ...range(0, n).map((i) => ({ examples: [i], what: `of ${n} examples, number ${i} has another result alone` })),
    ...parts.filter(({ examples }) => examples.length > 1 && examples.length < n),
    {
      examples: range(0, n * times).map((i) => i % n),
      what: `${n} examples have other results in a batch that holds them ${times} times`
    }
  ]
}

/** The rows at some positions, in that order. */
const rowsAt = (x: Tensor, examples: readonly number[]): Tensor =>
  gather(x, tensorAt([examples.length], 'int32', Float64Array.from(examples)))

const heldAt = <X, R>(name: string, f: (batch: X) => R, batch: X, salt: number): Verdict => {
  const n = sizeOf(batch)
  if (n === 0) return nothing
  const whole = f(batch)
  const results = resultsOf(whole, n)
  requireTensors(whole, results)
  const value = results.map(([leaf]) => leaf)
  const paths = results.map(([, path]) => path)
  const subject: Reported = {
    name,
    inputs: found(batch, '').map(([leaf]) => leaf),
    value,
    literals: () => [literal(batch)]
  }
  return all(
    othersOf(n, salt).map(({ examples, what }) => (): Verdict => {
      const others = new Map(
        resultsOf(f(mapTensors(batch, (leaf) => rowsAt(leaf, examples))), examples.length).map(([x, path]) => [path, x])
      )
      const given = paths.flatMap((path) => others.get(path) ?? [])
      if (given.length !== paths.length || others.size !== paths.length) {
        const instead = [...others.keys()].join(', ') || 'no tensors'
        return broken(subject, law, 0, `${what}: with ${instead} instead of ${paths.join(', ')}`)
      }
      const expected = value.map((x) => rowsAt(x, examples))
      const alike = given.every((x, i) => x.dtype === expected[i]?.dtype && equals(x.shape, expected[i].shape))
      if (!alike) return broken(subject, law, 0, `${what}: in shape or type`)
      return compare(subject, {
        law,
        order: 0,
        what,
        automatic: flat(given),
        expected: flat(expected),
        like: given,
        paths
      })
    })
  )
}

/**
 * The property that a function of a batch gives each example the result that it has alone: bit for bit, in float32 too,
 * beside any number of other examples. The batch is a tensor `[n, ...]`, or a tree of those; so is the result. Constants of
 * all examples, such as parameters, belong in the function. Use batches of two examples or more.
 *
 * Inference of a model obeys it, so that scores do not depend on how an evaluation is split into batches; a mean over
 * the batch does not.
 *
 * It is an ordinary property of fast-check: `fc.assert` throws, with a `GradientError` as the cause.
 *
 * @throws ShapeError in the property, when tensors of a batch differ in length, or a result has no row for each example
 * @throws TreeError in the property, when a batch or a result has no tensors, such as that of an async function
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 * import * as Law from 'pullback/Law'
 * import * as T from 'pullback/Tensor'
 *
 * const w = T.of([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])
 * const scores = (x: T.Tensor<[number, 3]>) => T.softmax(T.matmul(x, w))
 * const batches = A.tensor({ shape: [5, 3], dtype: 'float32' })
 * fc.assert(Law.batchInvariance(scores, batches))
 *
 * const centred = (x: T.Tensor<[number, 3]>) => T.sub(x, T.mean(x, { axis: 0 }))
 * fc.check(Law.batchInvariance(centred, batches)).failed // => true
 */
export const batchInvariance = <X, R>(
  f: (batch: X) => R,
  batches: fc.Arbitrary<X>
): fc.IPropertyWithHooks<[batch: X, salt: number]> => {
  const name = f.name === '' ? 'the function' : f.name
  return fc.property(batches, salts, (batch, salt) => {
    const verdict = heldAt(name, f, batch, salt)
    if (E.isLeft(verdict)) throw new GradientError(verdict.left)
  })
}

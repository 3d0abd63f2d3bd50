/** What an engine makes of the samples, beside eager calls in the same process: in Node and in browsers alike. */
import { isLeft } from 'fp-ts/lib/Either.js'
import type * as OnnxRuntime from 'pullback/engine/OnnxRuntime'
import { compile, step as stepOn } from 'pullback/engine/OnnxRuntime'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { distance } from './distance.js'
import { type Sample, inFloats, steps } from '../steps.js'

/** How far the results of one sample are from eager ones. */
export interface Outcome {
  readonly name: string
  /** The largest difference in loss, gradients and whatever else it computes, as a share of the largest element of each leaf. */
  readonly furthest: number
  /** Which leaf that is in. */
  readonly leaf: string
  /** How far the loss is after 20 steps, as a share of the loss; of samples that train. */
  readonly after20?: number
  /** Why there is nothing of it. */
  readonly trouble?: string
}

type Told = { readonly loss: T.Tensor<[]> }
type Training = (state: unknown, batch: unknown) => readonly [unknown, Told]

/** Casts the step of a sample that trains to what it is. */
const training = ({ step }: Sample): Training => step as Training

const largest = (x: T.Tensor): number =>
  Array.from(T.toArray(x)).reduce((most, each) => Math.max(most, Math.abs(each)), 0)

/** A leaf this small beside the largest is zero but for rounding, as the gradient of the bias of keys is in attention. */
const rounding = 1e-6

/**
 * The largest difference of two trees, and where it is: as a share of the largest element of its leaf, or of all leaves where that is zero
 * but for rounding.
 */
const furthestOf = (found: unknown, wanted: unknown): Pick<Outcome, 'furthest' | 'leaf'> => {
  const { leaves, paths } = Tree.flatten(wanted)
  const others = Tree.leaves(found)
  const most = Math.max(...leaves.map(largest))
  const distances = leaves.map((leaf, i) => {
    const own = largest(leaf)
    return distance(others[i]!, leaf) * (own < rounding * most ? own / most : 1)
  })
  const furthest = Math.max(...distances)
  return { furthest, leaf: paths[distances.indexOf(furthest)] ?? '' }
}

const lastLoss = async (
  advance: (state: unknown) => Promise<readonly [unknown, Told]>,
  start: unknown,
  count: number
): Promise<number> => {
  const [next, { loss }] = await advance(start)
  return count === 1 ? T.item(loss) : lastLoss(advance, next, count - 1)
}

/** A step of training, and twenty, whose state stays with the engine. */
const trained = async (sample: Sample, options: OnnxRuntime.Options): Promise<Outcome> => {
  const { name, args } = sample
  const [state, batch] = args
  const made = await stepOn(training(sample), options)(state, batch)()
  if (isLeft(made)) return { name, furthest: NaN, leaf: '', trouble: made.left.message }
  const advance = made.right
  const [, told] = await advance(advance.place(state), batch)
  const [, wanted] = training(sample)(state, batch)
  const found = await lastLoss(
    (placed) => advance(placed as OnnxRuntime.Placed<unknown>, batch),
    advance.place(state),
    20
  )
  const eager = await lastLoss((given) => Promise.resolve(training(sample)(given, batch)), state, 20)
  await advance.release()
  return { name, ...furthestOf(told, wanted), after20: Math.abs(found - eager) / Math.abs(eager) }
}

const computed = async ({ name, step, args }: Sample, options: OnnxRuntime.Options): Promise<Outcome> => {
  const made = await compile(step, options)(...args)()
  if (isLeft(made)) return { name, furthest: NaN, leaf: '', trouble: made.left.message }
  const found = await made.right(...args)
  await made.right.release()
  return { name, ...furthestOf(found, step(...args)) }
}

/** The outcome of a sample in float32, whatever the engine throws. */
const outcomeOf = async (sample: Sample, options: OnnxRuntime.Options): Promise<Outcome> => {
  try {
    return await (sample.trains ? trained : computed)(inFloats('float32', sample), options)
  } catch (error) {
    return {
      name: sample.name,
      furthest: NaN,
      leaf: '',
      trouble: error instanceof Error ? error.message : String(error)
    }
  }
}

/** The outcomes of all samples, or of those of some names, one behind the other. */
export const outcomes = async (
  options: OnnxRuntime.Options,
  names: readonly string[] = steps().map(({ name }) => name)
): Promise<readonly Outcome[]> => {
  const found: Outcome[] = []
  for (const sample of steps()) if (names.includes(sample.name)) found.push(await outcomeOf(sample, options))
  return found
}

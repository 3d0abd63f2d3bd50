/** Where numbers stopped being finite: the loss, the parameters, the batch or the gradient. */
import * as E from '../internal/either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { size } from '../shape/model.js'
import { type Concrete, contiguous, isConcrete } from '../tensor/model.js'
import { below, isRecord } from '../tree/error.js'
import { mapTensors } from '../tree/model.js'
import type { AsyncStep, Report } from './model.js'
import type { Diverged } from './outcome.js'
import { probeOf } from './probe.js'

/** A state, the batch of its step, and the report of that step. */
export interface Made<X, Batch> {
  readonly state: X
  readonly batch: Batch
  readonly report: Report
}

const isFinite = (x: Concrete): boolean => {
  const { data, offset } = contiguous(x)
  const end = offset + size(x.shape)
  for (let i = offset; i < end; i++) if (!Number.isFinite(data[i]!)) return false
  return true
}

/** The path of the first tensor in any value that is not finite. */
const firstBad = (value: unknown): string | undefined => {
  let found: string | undefined
  mapTensors(value, (leaf, path) => {
    if (found === undefined && isConcrete(leaf) && !isFinite(leaf)) found = path
    return leaf
  })
  return found
}

/** A path below another. */
const under = (path: string, rest: string): string =>
  rest === '' ? path : path === '' || rest.startsWith('[') ? `${path}${rest}` : `${path}.${rest}`

/** How deep in a state its parameters are looked for: a state of two models has them below each. */
const deep = 2

/** The first leaf that is not finite of what a state holds by the name of params, at most so deep. */
const badParameter = (state: unknown, path = '', depth = deep): string | undefined => {
  if (!isRecord(state)) return undefined
  if ('params' in state) {
    const bad = firstBad(state['params'])
    return bad === undefined ? undefined : under(below(path, 'params'), bad)
  }
  if (depth === 0) return undefined
  for (const key of Object.keys(state)) {
    const bad = badParameter(state[key], below(path, key), depth - 1)
    if (bad !== undefined) return bad
  }
  return undefined
}

/** The first leaf of the gradient of a step that is not finite, where the step can say. */
const badGradient = <X, Batch, R extends Report>(
  step: AsyncStep<X, Batch, R>,
  made: Pick<Made<X, Batch>, 'state' | 'batch'> | undefined
): string | undefined => {
  const { gradient } = probeOf(step)
  return gradient === undefined || made === undefined ? undefined : firstBad(gradient(made.state, made.batch))
}

const diverged = <X>(
  { step, loss }: Report,
  what: string,
  lastGood: X,
  leaf: string | undefined,
  remedy: string
): Either<Diverged<X>, never> =>
  E.left({
    _tag: 'Diverged',
    step,
    loss,
    ...(leaf !== undefined && { leaf }),
    lastGood,
    message: `Train: ${what}; expected finite numbers, ${remedy}`
  })

const lower = 'lower the learning rate or clip the gradient'

/** Before the first update, no learning rate can be the cause. */
const look = 'look at the data (Debug.checkFinite)'

/** `the parameter w`, of a path `params.w`. */
const named = (what: string, path: string): string => {
  const name = path.startsWith('params.') ? path.slice('params.'.length) : path.replace(/^params(?=\[|$)/, '')
  return name === '' ? `the ${what}s are` : `the ${what} ${name} is`
}

/** The end of training by a loss that is not finite: `made` is the step that found it, `before` the one before. */
export const lossDiverged = <X, Batch, R extends Report>(
  step: AsyncStep<X, Batch, R>,
  made: Made<X, Batch>,
  before: Made<X, Batch> | undefined
): Either<Diverged<X>, never> => {
  const { report, state, batch } = made
  const { loss } = report
  const end = (leaf: string | undefined, why: string): Either<Diverged<X>, never> =>
    diverged(
      report,
      `the loss is ${loss} at step ${report.step}${why}`,
      before?.state ?? state,
      leaf,
      report.step === 0 ? look : lower
    )
  const parameter = badParameter(probeOf(step).stateOf(state))
  if (parameter !== undefined) {
    const earlier = badGradient(step, before)
    if (before === undefined || earlier === undefined)
      return end(parameter, `, where ${named('parameter', parameter)} not finite`)
    const gradient = earlier === '' ? 'the gradient' : `the gradient of ${earlier}`
    return end(under('gradient', earlier), `, since ${gradient} was not finite at step ${before.report.step}`)
  }
  const datum = firstBad(batch)
  if (datum !== undefined)
    return end(under('batch', datum), `, where the batch is not finite${datum === '' ? '' : ` in ${datum}`}`)
  const gradient = badGradient(step, made)
  return end(gradient === undefined ? undefined : under('gradient', gradient), '')
}

/** The end of training by parameters that the last update left not finite: there is no later loss to show them. */
export const checkParameters = <X, Batch, R extends Report>(
  step: AsyncStep<X, Batch, R>,
  state: X,
  last: Made<X, Batch>
): Either<Diverged<X>, X> => {
  const parameter = badParameter(probeOf(step).stateOf(state))
  if (parameter === undefined) return E.right(state)
  const at = ` at step ${last.report.step}`
  const gradient = badGradient(step, last)
  if (gradient === undefined)
    return diverged(last.report, `${named('parameter', parameter)} not finite${at}`, last.state, parameter, lower)
  const of = gradient === '' ? 'the gradient is' : `the gradient of ${gradient} is`
  return diverged(last.report, `${of} not finite${at}`, last.state, under('gradient', gradient), lower)
}

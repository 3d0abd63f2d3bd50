// Every optimizer and transformation of the module, as the laws are run over them. A name that is exported and is not here fails a test.
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as Schedule from 'pullback/Schedule'
import type * as T from 'pullback/Tensor'

export type Any = Optimizer.Optimizer<Optimizer.Need>

/** A row: an optimizer of a learning rate, or a transformation, with what the laws must know of it. */
export interface Row {
  readonly name: string
  /** The optimizer, for a rate that falls to 0 over so many steps where it takes a schedule. */
  readonly make: (rate: number, steps: number) => Any
  /** Rates at which it comes down on a parabola and on Rosenbrock's function; transformations alone have none. */
  readonly rates?: readonly [parabola: number, rosenbrock: number]
  /** Whether a zero gradient moves it, as weight decay and noise do. */
  readonly moves?: boolean
  /** Whether its update depends on the order of leaves, as that of noise does. */
  readonly ordered?: boolean
  /** Whether an optimizer of the table consists of it: inside of transformations it is run by `npm run long`. */
  readonly covered?: boolean
  /** Whether its updates stay small when gradients are of 1e30. */
  readonly bounded?: boolean
}

const falling = (rate: number, steps: number): Schedule.Schedule => Schedule.cosine({ from: rate, over: steps })
const isMatrix = (_path: string, leaf: T.Tensor): boolean => leaf.shape.length === 2

const optimizers: readonly Row[] = [
  { name: 'sgd', make: (r, n) => Optimizer.sgd(falling(r, n)), rates: [0.1, 0.005] },
  { name: 'sgd, momentum', make: (r, n) => Optimizer.sgd(falling(r, n), { momentum: 0.9 }), rates: [0.1, 0.003] },
  {
    name: 'sgd, nesterov',
    make: (r, n) => Optimizer.sgd(falling(r, n), { momentum: 0.9, nesterov: true }),
    rates: [0.1, 0.002]
  },
  {
    name: 'sgd, rate in the velocity',
    make: (r, n) => Optimizer.sgd(falling(r, n), { momentum: 0.9, nesterov: true, rateInVelocity: true }),
    rates: [0.1, 0.002]
  },
  { name: 'adagrad', make: (r) => Optimizer.adagrad(r), rates: [1, 0.5], bounded: true },
  {
    name: 'adadelta',
    make: (r, n) => Optimizer.adadelta(falling(r, n), { epsilon: 1e-2 }),
    rates: [0.5, 0.02],
    bounded: true
  },
  { name: 'rmsprop', make: (r, n) => Optimizer.rmsprop(falling(r, n)), rates: [0.1, 0.1], bounded: true },
  {
    name: 'rmsprop, epsilon outside',
    make: (r, n) => Optimizer.rmsprop(falling(r, n), { epsilonInRoot: false, initial: 1 }),
    rates: [0.1, 0.1],
    bounded: true
  },
  {
    name: 'rmsprop, centred, momentum',
    make: (r, n) => Optimizer.rmsprop(falling(r, n), { centred: true, momentum: 0.9, nesterov: true }),
    rates: [0.1, 0.01],
    bounded: true
  },
  { name: 'adam', make: (r, n) => Optimizer.adam(falling(r, n)), rates: [0.5, 0.3], bounded: true },
  {
    name: 'adamw',
    make: (r, n) => Optimizer.adamw(falling(r, n), { weightDecay: 1e-4 }),
    rates: [0.5, 0.3],
    moves: true,
    bounded: true
  },
  { name: 'amsgrad', make: (r, n) => Optimizer.amsgrad(falling(r, n)), rates: [0.3, 0.3], bounded: true },
  { name: 'adamax', make: (r, n) => Optimizer.adamax(falling(r, n)), rates: [0.3, 0.3], bounded: true },
  { name: 'nadam', make: (r, n) => Optimizer.nadam(falling(r, n)), rates: [0.5, 0.3], bounded: true },
  { name: 'radam', make: (r, n) => Optimizer.radam(falling(r, n)), rates: [0.3, 0.03] },
  { name: 'adabelief', make: (r, n) => Optimizer.adabelief(falling(r, n)), rates: [0.3, 0.3], bounded: true },
  { name: 'lion', make: (r, n) => Optimizer.lion(falling(r, n)), rates: [0.1, 0.1], bounded: true },
  {
    name: 'lars',
    make: (r, n) => Optimizer.lars(falling(r, n), { trustCoefficient: 1, momentum: 0.5 }),
    rates: [0.7, 0.5]
  },
  { name: 'lamb', make: (r, n) => Optimizer.lamb(falling(r, n)), rates: [0.3, 0.2], bounded: true },
  {
    name: 'adafactor',
    make: (r, n) => Optimizer.adafactor(falling(r, n), { minSize: 2, momentum: 0.5 }),
    rates: [2, 0.5],
    bounded: true
  },
  { name: 'novograd', make: (r, n) => Optimizer.novograd(falling(r, n)), rates: [0.03, 0.03], bounded: true },
  { name: 'rprop', make: (r) => Optimizer.rprop(r), rates: [0.1, 0.1], bounded: true },
  { name: 'muon', make: (r, n) => Optimizer.muon(falling(r, n)), rates: [0.5, 0.3], bounded: true }
]

const inner = (): Optimizer.Optimizer => Optimizer.adam(0.1)

const transformations: readonly Row[] = [
  { name: 'identity', make: () => Optimizer.identity },
  { name: 'chain', make: () => Optimizer.chain(Optimizer.clipByGlobalNorm(1), inner()), bounded: true },
  { name: 'masked', make: () => Optimizer.masked(isMatrix, inner()) },
  {
    name: 'partition',
    make: () =>
      Optimizer.partition({ matrix: inner(), rest: Optimizer.lion(0.1) }, (path, leaf) =>
        isMatrix(path, leaf) ? 'matrix' : 'rest'
      ),
    bounded: true
  },
  { name: 'freeze', make: () => Optimizer.chain(inner(), Optimizer.freeze(isMatrix)), bounded: true },
  { name: 'scale', make: () => Optimizer.scale(-0.5) },
  { name: 'scaleByLearningRate', covered: true, make: () => Optimizer.scaleByLearningRate(0.1) },
  { name: 'scaleBySchedule', covered: true, make: () => Optimizer.scaleBySchedule(falling(0.1, 5)) },
  { name: 'trace', covered: true, make: () => Optimizer.trace(0.9) },
  { name: 'ema', covered: true, make: () => Optimizer.ema(0.9) },
  { name: 'scaleByAdam', covered: true, make: () => Optimizer.scaleByAdam(), bounded: true },
  { name: 'scaleByAmsgrad', covered: true, make: () => Optimizer.scaleByAmsgrad(), bounded: true },
  { name: 'scaleByAdamax', covered: true, make: () => Optimizer.scaleByAdamax(), bounded: true },
  { name: 'scaleByNadam', covered: true, make: () => Optimizer.scaleByNadam(), bounded: true },
  { name: 'scaleByRadam', covered: true, make: () => Optimizer.scaleByRadam() },
  { name: 'scaleByBelief', covered: true, make: () => Optimizer.scaleByBelief(), bounded: true },
  { name: 'scaleByLion', covered: true, make: () => Optimizer.scaleByLion(), bounded: true },
  { name: 'scaleByRms', covered: true, make: () => Optimizer.scaleByRms(), bounded: true },
  { name: 'scaleByStddev', covered: true, make: () => Optimizer.scaleByStddev(), bounded: true },
  { name: 'scaleByRss', covered: true, make: () => Optimizer.scaleByRss(), bounded: true },
  { name: 'scaleByAdadelta', covered: true, make: () => Optimizer.scaleByAdadelta(), bounded: true },
  { name: 'scaleByTrustRatio', covered: true, make: () => Optimizer.scaleByTrustRatio() },
  { name: 'scaleByNovograd', covered: true, make: () => Optimizer.scaleByNovograd(), bounded: true },
  {
    name: 'scaleByFactoredRms',
    covered: true,
    make: () => Optimizer.scaleByFactoredRms({ minSize: 2 }),
    bounded: true
  },
  {
    name: 'scaleByParamBlockRms',
    covered: true,
    make: () => Optimizer.chain(Optimizer.clip(1), Optimizer.scaleByParamBlockRms())
  },
  { name: 'scaleByRprop', covered: true, make: () => Optimizer.scaleByRprop(0.1), bounded: true },
  { name: 'orthogonalize', covered: true, make: () => Optimizer.orthogonalize() },
  { name: 'addDecayedWeights', covered: true, make: () => Optimizer.addDecayedWeights(0.1), moves: true },
  { name: 'addNoise', make: () => Optimizer.addNoise(Random.key(7)), moves: true, ordered: true },
  { name: 'clip', make: () => Optimizer.clip(1), bounded: true },
  { name: 'clipByBlockRms', covered: true, make: () => Optimizer.clipByBlockRms(1), bounded: true },
  { name: 'clipByGlobalNorm', covered: true, make: () => Optimizer.clipByGlobalNorm(1), bounded: true },
  { name: 'adaptiveGradClip', make: () => Optimizer.adaptiveGradClip(0.1), bounded: true },
  { name: 'normalizeByUpdateNorm', make: () => Optimizer.normalizeByUpdateNorm(), bounded: true },
  { name: 'centralize', make: () => Optimizer.centralize },
  { name: 'zeroNaNs', make: () => Optimizer.zeroNaNs },
  { name: 'applyIfFinite', make: () => Optimizer.applyIfFinite(inner(), 2), bounded: true },
  { name: 'accumulate', make: () => Optimizer.accumulate(inner(), 2), bounded: true },
  { name: 'lookahead', make: () => Optimizer.lookahead(inner(), { every: 2 }), bounded: true },
  { name: 'averaged', make: () => Optimizer.chain(inner(), Optimizer.averaged({ decay: 0.9 })), bounded: true },
  { name: 'averaged, Polyak', make: () => Optimizer.chain(inner(), Optimizer.averaged()), bounded: true },
  { name: 'sharpness', make: () => Optimizer.chain(Optimizer.sharpness(0.05), inner()), bounded: true },
  {
    name: 'injectHyperparams',
    make: () =>
      Optimizer.injectHyperparams(({ rate, beta1 }) => Optimizer.adam(rate, { beta1 }), {
        rate: falling(0.1, 5),
        beta1: 0.9
      }),
    bounded: true
  },
  { name: 'named', make: () => Optimizer.named('inner', inner()), bounded: true },
  {
    name: 'named, around accumulate',
    make: () => Optimizer.named('inner', Optimizer.accumulate(inner(), 2)),
    bounded: true
  }
]

export const rows: readonly Row[] = [...optimizers, ...transformations]

/** What the module exports that is neither an optimizer nor makes one, or makes one of a rule. */
export const others: readonly string[] = [
  'Monoid',
  'applyUpdates',
  'averageOf',
  'globalNorm',
  'hyperparamsOf',
  'partOf',
  'stateful',
  'stateless',
  'withHyperparams'
]

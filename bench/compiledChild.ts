/** One process of the comparison of compiled functions: measures one implementation and prints numbers as JSON. */
import type * as Jit from 'pullback/Jit'
import { spreadOf } from './best.js'
import { coldPendulum, coldPerceptron, leftBehind } from './coldStart.js'
import { kernelsOf } from './kernels.js'
import { loadCompiler, loadPackage } from './load.js'
import { otherSteps } from './otherSteps.js'
import { type Prepare, type Step, stepsOf } from './steps.js'
import { streams } from './stream.js'

type Numbers = Readonly<Record<string, number>>

const seconds = 0.8

const eager: Prepare = (f, args) => () => f(...args)

const compiledBy =
  (jit: typeof Jit.jit): Prepare =>
  (f, args) => {
    const compiled = jit(f)
    return () => compiled(...args)
  }

/** Least times under the names of the steps, medians under `median` and the name. */
const times = (steps: readonly Step[]): Numbers =>
  Object.fromEntries(
    steps.flatMap(({ name, run }) => {
      const { best, median } = spreadOf(run, seconds)
      return [
        [name, best],
        [`median ${name}`, median]
      ]
    })
  )

const [kind = '', folder = '.'] = process.argv.slice(2)
const measure = async (): Promise<Numbers> => {
  if (kind === 'tensorflow' || kind === 'jax') return times(await otherSteps(kind))
  const ours = await loadPackage(folder)
  if (kind === 'eager') return times(stepsOf(ours, eager))
  if (kind === 'jit' && ours.Jit !== undefined) return times(stepsOf(ours, compiledBy(ours.Jit.jit)))
  if (kind === 'left behind') return leftBehind(ours)
  const compiler = await loadCompiler(folder)
  if (kind === 'cold perceptron') return coldPerceptron(ours, compiler)
  if (kind === 'cold pendulum') return coldPendulum(ours, compiler)
  if (kind === 'streams') return streams(ours, compiler, 10_000_000)
  if (kind === 'cached streams') return streams(ours, compiler, 2000)
  if (kind === 'kernels') return times(stepsOf(ours, (f, args) => kernelsOf(compiler, f, args).run))
  throw new Error(`bench: ${kind} is unknown`)
}
console.log(JSON.stringify(await measure()))

// Gaussian-process regression by marginal likelihood: a process draws noisy measurements, and the length scale, amplitude
// and noise that it had are found again from half of them; the other half is predicted.
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Process from './gaussianProcess/regression.js'
import { check } from './support/run.js'

const names = ['length scale', 'amplitude', 'noise']
const truth: Process.Hyper = T.log(T.of([1, 1.5, 0.2], 'float64'))

const [forPoints, forValues] = Random.split(Random.key(0))
const points = Random.uniform(forPoints, [160], { high: 10, dtype: 'float64' })
const { x, y } = Process.drawSamples(forValues, truth, points)
const seen: Process.Samples = { x: T.slice(x, [[0, 80]]), y: T.slice(y, [[0, 80]]) }
const unseen: Process.Samples = { x: T.slice(x, [[80]]), y: T.slice(y, [[80]]) }

/** The largest difference between two vectors, relative to the size of the numbers in them. */
const difference = (a: T.Tensor<[3]>, b: T.Tensor<[3]>): number =>
  T.item(T.max(T.div(T.abs(T.sub(a, b)), T.add(T.abs(b), 1))))

const start: Process.Hyper = T.zeros([3], 'float64')
const apart = difference(grad(Process.logMarginal)(start, seen), Process.textbookGradient(start, seen))
check(`the gradient is that of the textbook's formula, to ${apart.toExponential(0)}`, apart < 1e-10)

const started = performance.now()
const found = Process.fit(seen, start)
const deviations = T.toNested(Process.uncertainty(found, seen))
console.log(`\nlearnt from ${seen.y.shape[0]} measurements in ${((performance.now() - started) / 1000).toFixed(1)} s:`)

const slope = T.item(T.norm(grad(Process.logMarginal)(found, seen)))
check(`the gradient at the end has length ${slope.toExponential(0)}`, slope < 1e-9)
const [values, known] = [T.toNested(found), T.toNested(truth)]
names.forEach((name, i) => {
  const [value = NaN, right = NaN, deviation = NaN] = [values[i], known[i], deviations[i]]
  const range = `${Math.exp(value - deviation).toFixed(2)} to ${Math.exp(value + deviation).toFixed(2)}`
  const statement = `${name.padEnd(12)} ${Math.exp(value).toFixed(3)} (${range}), was ${Math.exp(right).toFixed(3)}`
  check(statement, Math.abs(value - right) < 3 * deviation)
})

const { mean, variance } = Process.predict(found, seen, unseen.x)
const surprise = T.div(T.sub(unseen.y, mean), T.sqrt(variance))
const root = Math.sqrt(T.item(T.mean(T.square(surprise))))
const within = T.item(T.mean(T.cast(T.less(T.abs(surprise), 2), 'float64')))
console.log(`\npredicted: ${unseen.y.shape[0]} other measurements`)
check(`they deviate by ${root.toFixed(2)} of the deviation that was predicted`, root > 0.8 && root < 1.2)
check(`${(100 * within).toFixed(0)} % of them lie within two of it`, within > 0.9)

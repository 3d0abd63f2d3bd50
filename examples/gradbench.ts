// Twelve problems of GradBench at small sizes: their values, and their derivatives beside centred differences.
import * as T from 'pullback/Tensor'
import { problems } from './gradbench/problems.js'
import { saddle } from './gradbench/saddle.js'
import { check } from './support/run.js'

const allowed = 1e-8

/** A result, how long it took in milliseconds, of a second call. */
const timed = <A>(f: () => A): readonly [A, number] => {
  f()
  const started = performance.now()
  const result = f()
  return [result, performance.now() - started]
}

const line = (cells: readonly string[]): string => {
  const [name = '', size = '', ...numbers] = cells
  return [name.padEnd(9), size.padEnd(22), ...numbers.map((each) => each.padStart(13))].join(' ')
}

console.log(line(['problem', 'size', 'value', 'ms', 'Jacobian', 'ms', 'deviation']))
const deviations = problems.map(({ name, size, value, derivative, deviation }) => {
  const [found, valueTime] = timed(value)
  const [jacobian, derivativeTime] = timed(derivative)
  const apart = deviation()
  const norm = T.item(T.norm(found))
  const shown = [norm.toPrecision(6), valueTime.toFixed(2), jacobian.shape.join(' x '), derivativeTime.toFixed(2)]
  console.log(line([name, size, ...shown, apart.toExponential(1)]))
  return apart
})
console.log(
  '(value: the objective, or its norm; deviation: from centred differences, in parts of the largest derivative)\n'
)

const most = Math.max(...deviations)
check(`every derivative is within ${allowed} of centred differences: ${most.toExponential(1)}`, most <= allowed)

const one = T.scalar(1, 'float64')
const [x, y] = saddle([one, one], 'rr')
const coordinates = [...x, ...y].map(T.item)
check(
  `descent through descent finds the saddle point: (${coordinates.join(', ')})`,
  coordinates.every((each) => each === 8.246324826140356e-6)
)

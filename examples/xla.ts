// The digits example on every machine that XLA runs on. This program writes the whole step of training as StableHLO (dropout, gradient, Adam and
// schedule), the state to start from, and the data; python/pullback_xla.py trains, here on eight devices; what it saves is read and put to the test.
//
// npx tsx examples/xla.ts
// cd examples/out
// python ../../python/pullback_xla.py digits.mlir --params start.safetensors --data data.safetensors --steps 420 --every 42 --devices 8 --save trained.safetensors
// npx tsx ../xla.ts trained.safetensors
import { readFile } from 'node:fs/promises'
import { pipe } from 'fp-ts/lib/function.js'
import * as Dataset from 'pullback/Dataset'
import * as Export from 'pullback/Export'
import * as Metric from 'pullback/Metric'
import * as Random from 'pullback/Random'
import { batch, begin, update } from './digits/exported.js'
import { loadDigits } from './digits/load.js'
import { scoresOf } from './digits/training.js'
import { writeOut } from './support/files.js'
import { check, getOrExit } from './support/run.js'
import { fromSafetensors, toSafetensors } from './support/safetensors.js'

const required = 0.9

const [train, test] = pipe(await loadDigits(), getOrExit(Dataset.showCsvErrors))
const start = begin(0)
const [trained] = process.argv.slice(2).filter((word) => !word.startsWith('--'))

if (trained === undefined) {
  const text = pipe(
    Export.stableHlo(update)(start, batch),
    getOrExit(({ message }) => message)
  )
  const rows = pipe(train, Dataset.shuffle(Random.key(1)))
  console.log(await writeOut('digits.mlir', text))
  console.log(await writeOut('start.safetensors', toSafetensors(start)))
  console.log(await writeOut('data.safetensors', toSafetensors(rows)))
} else {
  const state = fromSafetensors(await readFile(trained), start)
  const accuracy = Metric.accuracy(scoresOf({ ...state, step: 0 })(test.features), test.labels)
  check(`test accuracy ${(100 * accuracy).toFixed(1)} %, at least ${100 * required} % required`, accuracy >= required)
}

/**
 * `npm run bench`: prints the comparison tables. Ratios of one run hold; seconds are this machine's, at this moment.
 * `npm run bench -- against 7` prints only the one against the earlier commit, of so many processes each, and `npm run bench -- convolution 7`
 * only the one of convolutions, of so many rounds; `folds 7` and `elsewhere 5`, that of engines, likewise. `compiled 7` prints only those of `jit`, of so many processes each, beside PyTorch
 * where the environment variable PYTHON names an interpreter that has it.
 */
import { against } from './against.js'
import { calculus } from './calculus.js'
import { compiled } from './compiled.js'
import { convolutions } from './convolution.js'
import { elsewhere } from './elsewhere.js'
import { folds } from './folds.js'
import { layers } from './layers.js'
import { products } from './matmul.js'
import { perceptron } from './perceptron.js'
import { peers } from './peers.js'
import { scalarPrograms } from './scalar.js'
import { scanMemory } from './scanMemory.js'

const [only, rounds = '7'] = process.argv.slice(2)
if (only === 'convolution') console.log(await convolutions(Number(rounds)))
else if (only === 'folds') console.log(folds(Number(rounds)))
else if (only === 'compiled') console.log(compiled(Number(rounds)))
else if (only === 'elsewhere') console.log(elsewhere(Number(rounds)))
else if (only !== 'against') {
  console.log(
    'pullback, measured side by side in one process: best and median of a call, and the ratio to the first row'
  )
  console.log(scalarPrograms())
  console.log(calculus())
  console.log(scanMemory())
  console.log(products())
  console.log(perceptron())
  console.log(layers())
  console.log(folds())
  console.log(await convolutions())
  console.log(await peers())
}
if (only === undefined || only === 'against') console.log(against(Number(rounds)))

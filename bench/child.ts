/** One process of the comparison with an earlier commit: measures one implementation and prints the times of a call, or rates, as JSON. */
import { bestOf } from './best.js'
import { functions } from './functions.js'
import { limits } from './limit.js'
import { loadPackage } from './load.js'
import { others } from './otherProducts.js'
import { type Ours, trainingSteps } from './training.js'

type Times = Readonly<Record<string, number>>

const products = ({ Tensor: T, Random }: Ours): Times => {
  const times: Record<string, number> = {}
  for (const dtype of ['float32', 'float64'] as const) {
    for (const n of [8, 16, 64, 512, 1024]) {
      const a = Random.normal(Random.key(1), [n, n], dtype)
      const b = Random.normal(Random.key(2), [n, n], dtype)
      const seconds = n > 600 ? 0.8 : 0.3
      times[`${dtype} ${n}`] = bestOf(() => T.matmul(a, b), seconds)
      if (n < 512) continue
      times[`${dtype} ${n} A'B`] = bestOf(() => T.matmul(T.transpose(a), b), seconds)
      times[`${dtype} ${n} AB'`] = bestOf(() => T.matmul(a, T.transpose(b)), seconds)
    }
  }
  const [small, tall] = [Random.normal(Random.key(1), [2, 3]), Random.normal(Random.key(2), [3, 2])]
  times['float32 2 x 3 by 3 x 2'] = bestOf(() => T.matmul(small, tall), 0.5)
  return times
}

const [kind, folder = '.'] = process.argv.slice(2)
const measure = async (): Promise<Times> => {
  if (kind === 'products') return products(await loadPackage(folder))
  if (kind === 'training') return trainingSteps(await loadPackage(folder))
  if (kind === 'functions') return functions(await loadPackage(folder))
  if (kind === 'limit') return limits()
  return others(kind ?? '')
}
console.log(JSON.stringify(await measure()))

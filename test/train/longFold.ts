// A long fold of a tiny step, with the memory and the depth of the stack after a fifth of it and at its end.
import * as E from 'fp-ts/lib/Either.js'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const usedHeap = (): number => {
  collect()
  return process.memoryUsage().heapUsed
}

interface State {
  readonly params: T.Tensor<[]>
  readonly ballast: readonly number[]
  readonly count: number
}

const step: Train.Step<State, number> = ({ params, count }, x) => [
  { params: T.mul(T.add(params, x), 0.5), ballast: new Array<number>(100).fill(count), count: count + 1 },
  { step: count, loss: x }
]

export interface LongFold {
  readonly count: number
  /** Bytes after a fifth of the steps, and after all but one. */
  readonly used: readonly number[]
  /** Lines of the stack at the same steps. */
  readonly depth: readonly number[]
}

export const foldOf = (steps: number): LongFold => {
  const used: number[] = []
  const depth: number[] = []
  const batches = function* (): Generator<number> {
    for (let i = 0; i < steps; i++) {
      if (i === steps / 5 || i === steps - 1) {
        used.push(usedHeap())
        depth.push(new Error('here').stack?.split('\n').length ?? 0)
      }
      yield i % 3
    }
  }
  const result = Train.fold(step)({ params: T.scalar(0), ballast: [], count: 0 }, batches())
  return { count: E.isRight(result) ? result.right.count : 0, used, depth }
}

/** Layers: what 24 blocks of dense and tanh cost over the plain function of the same operations. */
import { grad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

const blocks = 24
const width = 8

type Rows = T.Tensor<[number, 8]>

/** The least times of single calls, in microseconds: the functions take turns, so that a busy machine slows all of them. */
const least = (functions: readonly (() => unknown)[], calls: number): readonly number[] => {
  const best = functions.map(() => Infinity)
  for (let call = 0; call < calls; call++) {
    functions.forEach((run, i) => {
      const start = performance.now()
      run()
      best[i] = Math.min(best[i] ?? Infinity, 1000 * (performance.now() - start))
    })
  }
  return best
}

export const layers = (): string => {
  const parts = Array.from({ length: blocks }, () => [Layer.dense(width, width), T.tanh] as const).flat()
  const model = Layer.sequential(...parts)
  const [{ params, state }] = model.init(Random.key(0))
  const weights: readonly Layer.DenseParams<8, 8>[] = params.filter((_, i) => i % 2 === 0) as never
  const x: Rows = Random.normal(Random.key(1), [4, width])
  const plain = (p: typeof weights): Rows =>
    p.reduce<Rows>((y, { w, b }) => T.tanh(T.add(T.matmul(y, T.transpose(w)), b)), x)
  const layered = (p: typeof params): Rows => Layer.predict(model)(p, state)(x as never) as Rows
  const ofPlain = grad((p: typeof weights) => T.sum(plain(p)))
  const ofLayered = grad((p: typeof params) => T.sum(layered(p)))
  const [a = 0, b = 0, c = 0, d = 0] = least(
    [() => plain(weights), () => layered(params), () => ofPlain(weights), () => ofLayered(params)],
    5000
  )
  const row = (name: string, function_: number, layer: number, most: number): string =>
    `  ${name}  function ${function_.toFixed(0)} us, layers ${layer.toFixed(0)} us: ` +
    `${((layer - function_) / blocks).toFixed(2)} us a block more; at most ${most}`
  return [
    `\n${blocks} blocks of dense and tanh, [4, ${width}], over the plain function: least of 5000 calls each`,
    row('value   ', a, b, 1),
    row('gradient', c, d, 2)
  ].join('\n')
}

/** Layers: what 24 blocks of dense and tanh cost over the plain function of the same operations. */
import { grad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { type Timing, sideBySide, table } from './bench/measure.js'

const blocks = 24
const width = 8

type Rows = T.Tensor<[number, 8]>

export const layers = (): string => {
  const block = Layer.sequential(Layer.dense(width, width), T.tanh)
  const model = Layer.sequential(...Array.from({ length: blocks }, () => block))
  const [{ params, state }] = model.init(Random.key(0))
  const x: Rows = Random.normal(Random.key(1), [4, width])
  const plain = (p: typeof params, input: Rows): Rows =>
    p.reduce<Rows>((y, [{ w, b }]) => T.tanh(T.add(T.matmul(y, T.transpose(w)), b)), input)
  const layered = (p: typeof params, input: Rows): Rows => Layer.predict(model)(p, state)(input)
  const sums = {
    plain: grad((p: typeof params) => T.sum(plain(p, x))),
    layered: grad((p: typeof params) => T.sum(layered(p, x)))
  }
  const each =
    (timings: readonly Timing[]) =>
    ({ best }: Timing): string =>
      `${(((best - (timings[0]?.best ?? best)) / blocks) * 1e6).toFixed(2)} us a block more`
  const forward = sideBySide(
    [
      ['plain function', () => plain(params, x)],
      ['layers', () => layered(params, x)]
    ],
    31
  )
  const gradient = sideBySide(
    [
      ['plain function, gradient', () => sums.plain(params)],
      ['layers, gradient', () => sums.layered(params)]
    ],
    31
  )
  return [
    table(
      `${blocks} blocks of dense and tanh, [4, ${width}]; at most 1 us a block over the plain function`,
      forward,
      each(forward)
    ),
    table('its gradient; at most 2 us a block', gradient, each(gradient))
  ].join('\n')
}
console.log(layers())

/** The blocks of residual networks. */
import { type Kind, oneOf } from '../internal/options.js'
import { batchNorm } from '../layer/batchNorm.js'
import { conv2d } from '../layer/convolution.js'
import { make } from '../layer/make.js'
import type { AnyLayer } from '../layer/model.js'
import { sequential } from '../layer/sequential.js'
import { add, relu } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import type { Drawing } from './images.js'
import { type Named, mappings } from './parts.js'

/** What is before the blocks of a network. */
export const stemKind: Kind = /* @__PURE__ */ oneOf('large', 'small')

/** Two convolutions of 3 x 3, or one of them between two of 1 x 1. */
export type BlockKind = 'basic' | 'bottleneck'

/** How many times the width of a block it gives. */
export const expansion: { readonly [Kind in BlockKind]: number } = { basic: 1, bottleneck: 4 }

/** A convolution without a bias, whose padding keeps the size for stride 1. */
export const convolution = (inputs: number, outputs: number, window: number, stride: number, own: Drawing): AnyLayer =>
  conv2d(inputs, outputs, { window, stride, padding: (window - 1) / 2, bias: false, ...own })

/** A convolution of a block: its outputs, window and stride. */
type Step = readonly [outputs: number, window: number, stride: number]

const stepsOf = (kind: BlockKind, width: number, stride: number): readonly Step[] =>
  kind === 'basic'
    ? [
        [width, 3, stride],
        [width, 3, 1]
      ]
    : [
        [width, 1, 1],
        [width, 3, stride],
        [4 * width, 1, 1]
      ]

const projectionOf = (...layers: readonly AnyLayer[]): AnyLayer => sequential(...layers)

/** Convolutions, each before batch norm and all but the last before relu; the sum with the input; relu. */
export const residualBlock = (
  kind: BlockKind,
  inputs: number,
  width: number,
  stride: number,
  hasShortcut: boolean,
  own: Drawing
): AnyLayer => {
  const steps = stepsOf(kind, width, stride)
  const outputs = expansion[kind] * width
  const norm = (channels: number): AnyLayer => batchNorm(channels, { dtype: own.dtype })
  const main = steps.flatMap(([n, window, by], i): readonly (readonly [string, AnyLayer])[] => [
    [`conv${i + 1}`, convolution(i === 0 ? inputs : steps[i - 1]![0], n, window, by, own)],
    [`bn${i + 1}`, norm(n)]
  ])
  const isProjected = hasShortcut && (stride !== 1 || inputs !== outputs)
  const parts: Named = {
    ...Object.fromEntries(main),
    ...(isProjected && { downsample: projectionOf(convolution(inputs, outputs, 1, stride, own), norm(outputs)) })
  }
  return make(mappings(parts), (bound) => (x: Tensor) => {
    const y = steps.reduce(
      (value, _, i) => bound[`bn${i + 1}`]!(bound[`conv${i + 1}`]!(i === 0 ? value : relu(value))),
      x
    )
    return relu(hasShortcut ? add(bound['downsample']?.(x) ?? x, y) : y)
  })
}

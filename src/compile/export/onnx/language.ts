/** ONNX as the exporter sees it. */
import type { Rules, Language } from '../model.js'
import { algebra, has } from './algebra.js'
import { type Value, type Writer, constant } from './graph.js'
import { bits } from './rules/bits.js'
import { control } from './rules/control.js'
import { convolutions } from './rules/convolution.js'
import { elementwise } from './rules/elementwise.js'
import { indices } from './rules/indices.js'
import { layout } from './rules/layout.js'
import { products } from './rules/products.js'
import { reductions } from './rules/reductions.js'
import { windows } from './rules/windows.js'

const rules: Rules<Writer, Value> = /* @__PURE__ */ new Map([
  ...elementwise,
  ...layout,
  ...reductions,
  ...products,
  ...convolutions,
  ...windows,
  ...indices,
  ...control,
  ...bits
])

/** Operators of opset 18, as far as the CPU kernels of ONNX Runtime have them for a type. */
export const onnx: Language<Writer, Value> = {
  format: 'ONNX',
  rules,
  has,
  constant,
  algebra,
  withoutOutputs: 'the program has no outputs; expected one or more, without which no engine loads a model',
  at: (writer, { primitive: { name }, scope }) => ({
    ...writer,
    label: scope === undefined ? name : `${scope}/${name}`
  })
}

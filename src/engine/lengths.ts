/** `hypot` in few passes over memory, for processors, where passes are what elementwise operations cost: roots of moments are made of it. */
import { onnx } from '../compile/export/onnx/language.js'
import { type Value, type Writer, int, node, whole } from '../compile/export/onnx/graph.js'
import { either } from '../compile/export/onnx/rules/control.js'
import { type Line, on } from '../compile/export/onnx/rules/on.js'
import { filled, pointwise } from '../compile/export/onnx/values.js'
import type { Inner } from '../compile/export/model.js'
import type { TensorType } from '../primitive/model.js'
import { size } from '../shape/model.js'
import { hypot } from '../tensor/hypot.js'

/** Below so many elements, the passes cost less than a choice. */
const least = 4096

/**
 * The sums of all squares between which sqrt(x^2 + y^2) is computed as it stands: no square overflows or is NaN, and squares that are lost or subnormal,
 * below 2^-126, change no element by more than 2^-63, half a unit in the last place of the largest.
 */
const plain = ({ shape }: TensorType): readonly [number, number] => [size(shape) * 2 ** -78, 2 ** 127]

const general = /* @__PURE__ */ onnx.rules.get(hypot.primitive)!

/** The length of float32 vectors: by the general rule where that costs little, else by a choice between it and the plain form. */
export const quickHypot: Line = /* @__PURE__ */ on(
  hypot.primitive,
  (w, operands, params, results, inner: Inner<Writer, Value>) => {
    const type = results[0]!
    if (size(type.shape) < least) return general.write(w, operands, params, results, inner)
    const mask: TensorType = { shape: [], dtype: 'bool' }
    const [x, y] = operands.map((each) => pointwise(w, 'Mul', type, [each, each]))
    const squares = pointwise(w, 'Add', type, [x!, y!])
    const total = whole(node(w, 'ReduceSum', [squares.name], { keepdims: int(0) }), { shape: [], dtype: type.dtype })
    const [from, to] = plain(type)
    const isAbove = pointwise(w, 'Greater', mask, [total, filled(w, total, from)])
    const isBelow = pointwise(w, 'Less', mask, [total, filled(w, total, to)])
    const inRange = pointwise(w, 'And', mask, [isAbove, isBelow])
    const asItStands = (within: Writer): readonly Value[] => [pointwise(within, 'Sqrt', type, [squares])]
    const careful = (within: Writer): readonly Value[] => general.write(within, operands, params, results, inner)
    return either(w, inRange, asItStands, careful, results)
  },
  general.refuses
)

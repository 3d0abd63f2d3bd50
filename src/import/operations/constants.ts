/** Constants, conversions between element types, and tensors made from a description. */
import { size } from '../../shape/model.js'
import { upTo } from '../../kernel/library/kinds.js'
import * as T from '../../Tensor.js'
import type { Tensor } from '../../tensor/model.js'
import { converted, dtypeOf } from '../elements.js'
import { type Node, type Operation, type Operations, always, operation, plain, typeOfInput } from '../operation.js'
import { numberOf, numbersOf, refuse, vector } from '../values.js'
import type { ElementType } from '../../onnx/model.js'

const cast: Operation = operation(
  1,
  1,
  (node) => {
    node.flag('saturate', true)
    node.word('round_mode', ['up', 'down', 'nearest'])
    const from = node.type(0)
    const to = node.elementType('to', undefined)
    if (to === undefined) node.fault('has no type; expected the attribute to')
    return (x) => converted(x, from, to ?? 'float32')
  },
  { types: (node) => [node.elementType('to', undefined)], unsigned: true }
)

const castLike: Operation = operation(
  2,
  2,
  (node) => {
    node.flag('saturate', true)
    node.word('round_mode', ['up', 'down', 'nearest'])
    const [from, to] = [node.type(0), node.type(1)]
    return (x, like) => (to === undefined ? T.cast(x, like.dtype) : converted(x, from, to))
  },
  { types: typeOfInput(1), unsigned: true }
)

/** The attributes of a constant: how each gives a tensor. */
const constantOf = (node: Node): { readonly value: Tensor; readonly type: ElementType } | undefined => {
  if (node.has('value')) return node.tensor('value')
  const int = node.int('value_int', undefined)
  if (int !== undefined) return { value: T.scalar(int, 'int32'), type: 'int64' }
  const ints = node.ints('value_ints')
  if (ints !== undefined) return { value: vector(ints), type: 'int64' }
  const float = node.float('value_float', undefined)
  if (float !== undefined) return { value: T.scalar(float), type: 'float32' }
  const floats = node.floats('value_floats')
  return floats === undefined
    ? undefined
    : { value: T.fromTypedArray(Float32Array.from(floats), [floats.length]), type: 'float32' }
}

const constant: Operation = operation(
  0,
  0,
  (node) => {
    const found = constantOf(node)
    if (found === undefined) node.fault('has no value; expected a tensor, or numbers')
    const value = found?.value ?? T.scalar(0)
    return () => value
  },
  { types: (node) => [constantOf(node)?.type], unsigned: true }
)

const constantOfShape: Operation = operation(
  1,
  1,
  (node) => {
    const { value } = node.tensor('value') ?? { value: T.scalar(0) }
    return (sizes) => T.broadcastTo(T.reshape(value, []), numbersOf(sizes, 'the shape'))
  },
  { types: (node) => [node.tensor('value')?.type ?? 'float32'], unsigned: true }
)

const ranged = (start: Tensor, limit: Tensor, delta: Tensor): Tensor => {
  const [from, to, by] = [numberOf(start, 'start'), numberOf(limit, 'limit'), numberOf(delta, 'delta')]
  const count = Math.max(0, Math.ceil((to - from) / by))
  return Number.isFinite(count)
    ? T.add(T.mul(T.arange(count, start.dtype), delta), start)
    : refuse(`the range from ${from} to ${to} by ${by} has no end; expected another delta`)
}

const eyeLike: Operation = operation(
  1,
  1,
  (node) => {
    const [type, k] = [node.elementType('dtype', node.type(0)), node.int('k', 0)]
    return (x) => {
      const [rows = 0, columns = 0] = x.shape
      const at = (i: number): Tensor => T.arange(i, 'int32')
      const isOn = T.equal(T.add(T.expandDims(at(rows), 1), k), at(columns))
      return T.cast(isOn, type === undefined ? x.dtype : dtypeOf(type))
    }
  },
  { types: (node) => [node.elementType('dtype', node.type(0))] }
)

/** In a model that is run, nothing is dropped; the ratio is read, but has no effect. */
const dropout: Operation = operation(
  1,
  3,
  (node) => {
    node.float('ratio', 0.5)
    node.int('seed', 0)
    return (x, ratio?: Tensor, training?: Tensor) => {
      const isTraining = training !== undefined && numberOf(training, 'training_mode') !== 0
      if (isTraining && (ratio === undefined || numberOf(ratio, 'ratio') !== 0)) {
        refuse('is in training mode, which draws random numbers; expected a model exported for inference')
      }
      return [x, T.ones(x.shape, 'bool')]
    }
  },
  { types: ({ type }) => [type(0), 'bool'] }
)

/** Windows of signals: sums of cosines, periodic or symmetric. */
const windowOf = (...weights: readonly number[]): Operation =>
  operation(
    1,
    1,
    (node) => {
      const type = node.elementType('output_datatype', 'float32')
      const isPeriodic = node.flag('periodic', true)
      return (size) => {
        const n = numberOf(size, 'size')
        const angle = (2 * Math.PI) / (isPeriodic ? n : n - 1)
        const values = upTo(n).map((i) => weights.reduce((sum, weight, k) => sum + weight * Math.cos(angle * i * k), 0))
        return T.cast(T.fromTypedArray(Float64Array.from(values), [n]), dtypeOf(type))
      }
    },
    { types: (node) => [node.elementType('output_datatype', 'float32')] }
  )

export const constants: Operations = {
  Cast: cast,
  CastLike: castLike,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: plain(3, ranged),
  EyeLike: eyeLike,
  Identity: plain(1, (x) => x, { unsigned: true }),
  Dropout: dropout,
  HannWindow: windowOf(0.5, -0.5),
  HammingWindow: windowOf(25 / 46, -21 / 46),
  BlackmanWindow: windowOf(0.42, -0.5, 0.08),
  NonZero: plain(
    1,
    (x) => {
      if (x.level > 0)
        refuse('has a result whose size depends on values; expected an input that shapes and constants decide')
      const places: readonly Tensor[] = T.nonzero(x)
      return places.length === 0 ? T.zeros([0, size(x.shape)], 'int32') : T.stack(places)
    },
    { types: always('int64') }
  )
}

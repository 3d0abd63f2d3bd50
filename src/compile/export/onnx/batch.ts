/**
 * Models of any batch size. A program has fixed sizes, so the function is traced at three of them, and the three models are laid
 * over each other: what differs must be an expression of the batch size, which the model then computes from an input's shape.
 */
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import {
  type AttributeProto,
  type Dimension,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
  elementCodes
} from '../../../onnx/model.js'
import { equals } from '../../../shape/model.js'
import { type UnsupportedEquation } from '../refusals.js'

/**
 * The batch sizes of the three models, which no other size is likely to be. They leave different remainders by 2, 3 and 4, so that a function
 * which rounds a part of the size, or asks whether it is even, is seen.
 */
export const batchSizes = [101, 212, 429] as const

/** One thing as it is in the three models. */
type Three<A> = readonly [A, A, A]

/** The name of the size in the types of inputs and outputs. */
const symbol = 'batch'

const [first, second, third] = batchSizes

// -----------------------------------------------------------------------------
// expressions of the batch size
// -----------------------------------------------------------------------------

/** `slope n + offset` of a batch of n. */
interface Line {
  readonly slope: number
  readonly offset: number
}

const near = (a: number, b: number, tolerance: number): boolean =>
  Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b))

/** The line through three numbers, up to a relative error. */
const lineOf = ([a, b, c]: Three<number>, tolerance = 0): Line | undefined => {
  const slope = (b - a) / (second - first)
  const offset = a - slope * first
  if (!near(slope * third + offset, c, tolerance)) return undefined
  // What the rounding of floats leaves of an offset of 0.
  return { slope, offset: Math.abs(offset) <= tolerance * Math.abs(a) * 10 ? 0 : offset }
}

const dimensionOf = (sizes: Three<Dimension>): Dimension => {
  const [a, b, c] = sizes
  if (a === b && b === c) return a
  if (a === first && b === second && c === third) return symbol
  return undefined
}

// -----------------------------------------------------------------------------
// constants
// -----------------------------------------------------------------------------

const viewOf = ({ raw = new Uint8Array() }: TensorProto): DataView =>
  new DataView(raw.buffer, raw.byteOffset, raw.byteLength)

/** How the elements of a type are read. */
const readers: ReadonlyMap<number, readonly [width: number, read: (view: DataView, at: number) => number]> = new Map([
  [elementCodes.int64, [8, (view: DataView, at: number) => Number(view.getBigInt64(at, true))]],
  [elementCodes.int32, [4, (view: DataView, at: number) => view.getInt32(at, true)]],
  [elementCodes.float32, [4, (view: DataView, at: number) => view.getFloat32(at, true)]],
  [elementCodes.float64, [8, (view: DataView, at: number) => view.getFloat64(at, true)]]
] as const)

const numbersOf = (tensor: TensorProto): readonly number[] | undefined => {
  const reader = readers.get(tensor.dataType)
  if (reader === undefined) return undefined
  const [width, read] = reader
  const view = viewOf(tensor)
  return Array.from({ length: view.byteLength / width }, (_, i) => read(view, i * width))
}

const int64s = (name: string, values: readonly number[]): TensorProto => ({
  name,
  dims: [values.length],
  dataType: elementCodes.int64,
  raw: new Uint8Array(BigInt64Array.from(values, BigInt).buffer)
})

const floats = (name: string, dataType: number, value: number): TensorProto => ({
  name,
  dims: [],
  dataType,
  raw: new Uint8Array((dataType === elementCodes.float64 ? Float64Array : Float32Array).of(value).buffer)
})

const node = (opType: string, input: readonly string[], output: string, attribute: readonly AttributeProto[] = []) => ({
  name: `${symbol}#${output}`,
  opType,
  domain: '',
  input,
  output: [output],
  attribute
})

/** What stands for a constant that differs: other constants, and nodes that compute it. */
interface Computed {
  readonly constants: readonly TensorProto[]
  readonly nodes: readonly NodeProto[]
}

const to = (code: number): readonly AttributeProto[] => [{ name: 'to', type: 'int', value: code }]

/** A list of sizes, or one: the batch size times slopes plus offsets. */
const integersOf = (name: string, dims: readonly number[], lines: readonly Line[], dataType: number): Computed => {
  const [slopes, offsets, products, sums] = ['slopes', 'offsets', 'products', 'sums'].map((part) => `${name}.${part}`)
  const isList = dims.length === 1 && dataType === elementCodes.int64
  return {
    constants: [
      int64s(
        slopes!,
        lines.map(({ slope }) => slope)
      ),
      int64s(
        offsets!,
        lines.map(({ offset }) => offset)
      ),
      ...(isList ? [] : [int64s(`${name}.shape`, dims)])
    ],
    nodes: [
      node('Mul', [symbol, slopes!], products!),
      node('Add', [products!, offsets!], isList ? name : sums!),
      ...(isList
        ? []
        : [
            node('Reshape', [sums!, `${name}.shape`], `${name}.whole`),
            node('Cast', [`${name}.whole`], name, to(dataType))
          ])
    ]
  }
}

/** A float, as a line or as the reciprocal of one. */
const floatOf = (name: string, dataType: number, { slope, offset }: Line, isReciprocal: boolean): Computed => {
  const part = (what: string): string => `${name}.${what}`
  return {
    constants: [
      floats(part('slope'), dataType, slope),
      floats(part('offset'), dataType, offset),
      int64s(part('shape'), [])
    ],
    nodes: [
      node('Reshape', [symbol, part('shape')], part('size')),
      node('Cast', [part('size')], part('float'), to(dataType)),
      node('Mul', [part('float'), part('slope')], part('product')),
      node('Add', [part('product'), part('offset')], isReciprocal ? part('sum') : name),
      ...(isReciprocal ? [node('Reciprocal', [part('sum')], name)] : [])
    ]
  }
}

/** Numbers from `start` on by a step, as many as the batch has examples. */
const rangeOf = (name: string, dataType: number, start: number, step: number): Computed => {
  const part = (what: string): string => `${name}.${what}`
  const scalar = (what: string, value: number): TensorProto => ({ ...int64s(part(what), [value]), dims: [] })
  return {
    constants: [
      scalar('zero', 0),
      scalar('one', 1),
      scalar('step', step),
      scalar('start', start),
      int64s(part('shape'), [])
    ],
    nodes: [
      node('Reshape', [symbol, part('shape')], part('size')),
      node('Range', [part('zero'), part('size'), part('one')], part('places')),
      node('Mul', [part('places'), part('step')], part('products')),
      node('Add', [part('products'), part('start')], part('sums')),
      node('Cast', [part('sums')], name, to(dataType))
    ]
  }
}

const isProgression = (list: readonly number[], start: number, step: number): boolean =>
  list.every((each, i) => each === start + i * step)

/** How a constant that differs between the models is computed; `undefined` where it is no expression of the batch size. */
const computed = (tensors: Three<TensorProto>): Computed | undefined => {
  const [{ name, dims, dataType }] = tensors
  const lists = tensors.map(numbersOf)
  const [a, b, c] = lists
  if (a === undefined || b === undefined || c === undefined) return undefined
  if (a.length !== b.length || b.length !== c.length) {
    const [start = 0, next = 0] = a
    const isWhole = dims.length === 1 && a.length === first && b.length === second && c.length === third
    const step = next - start
    return isWhole && Number.isInteger(start) && [a, b, c].every((list) => isProgression(list, start, step))
      ? rangeOf(name, dataType, start, step)
      : undefined
  }
  const isInteger = dataType === elementCodes.int64 || dataType === elementCodes.int32
  if (isInteger) {
    const lines = a.map((each, i) => lineOf([each, b[i]!, c[i]!]))
    const whole = lines.flatMap((line) =>
      line !== undefined && Number.isInteger(line.slope) && Number.isInteger(line.offset) ? [line] : []
    )
    return whole.length === lines.length ? integersOf(name, dims, whole, dataType) : undefined
  }
  if (a.length !== 1) return undefined
  const tolerance = dataType === elementCodes.float32 ? 1e-6 : 1e-14
  const values: Three<number> = [a[0]!, b[0]!, c[0]!]
  const line = lineOf(values, tolerance)
  if (line !== undefined) return floatOf(name, dataType, line, false)
  const reciprocal = lineOf([1 / values[0], 1 / values[1], 1 / values[2]], tolerance)
  return reciprocal === undefined ? undefined : floatOf(name, dataType, reciprocal, true)
}

const isSame = (a: TensorProto, b: TensorProto): boolean =>
  equals(a.dims, b.dims) &&
  a.raw !== undefined &&
  b.raw !== undefined &&
  a.raw.length === b.raw.length &&
  a.raw.every((byte, i) => byte === b.raw![i])

// -----------------------------------------------------------------------------
// graphs
// -----------------------------------------------------------------------------

const infos = ([a, b, c]: Three<readonly ValueInfoProto[]>): readonly ValueInfoProto[] =>
  a.map(({ name, type }, i) => {
    const [other, last] = [b[i]?.type, c[i]?.type]
    if (type?.kind !== 'tensor' || other?.kind !== 'tensor' || last?.kind !== 'tensor') return { name, type }
    const shape = type.shape?.map((n, axis) => dimensionOf([n, other.shape?.[axis], last.shape?.[axis]]))
    return { name, type: { ...type, shape } }
  })

/** What nodes for different batch sizes have in common: operator, names of values and of attributes. */
const formOf = ({ opType, input, output, attribute }: NodeProto): string =>
  JSON.stringify([opType, input, output, attribute.map(({ name }) => name)])

/** The scope and name of the equation that a node is written for. */
const labelOf = ({ name }: NodeProto): string => name.split('#')[0] ?? name

/** The graph for any batch size, and what differs in its nodes otherwise than by the constants they read. */
const graphOf = ([a, b, c]: Three<GraphProto>, refuse: (label: string, reason: string) => void): GraphProto => {
  const sameLength = a.node.length === b.node.length && b.node.length === c.node.length
  if (!sameLength) refuse(a.name, 'the operations are others for another batch size')
  const nodes = a.node.map((each, i): NodeProto => {
    const [other, last] = [b.node[i] ?? each, c.node[i] ?? each]
    if ([other, last].some((one) => formOf(one) !== formOf(each))) {
      refuse(labelOf(each), 'the operations are others for another batch size')
    }
    return {
      ...each,
      attribute: each.attribute.map((own, k) =>
        attributeOf(labelOf(each), [own, other.attribute[k] ?? own, last.attribute[k] ?? own], refuse)
      )
    }
  })
  return { ...a, node: nodes, input: infos([a.input, b.input, c.input]), output: infos([a.output, b.output, c.output]) }
}

const attributeOf = (
  label: string,
  [a, b, c]: Three<AttributeProto>,
  refuse: (label: string, reason: string) => void
): AttributeProto => {
  if (a.type === 'graph' && b.type === 'graph' && c.type === 'graph') {
    return { ...a, value: graphOf([a.value, b.value, c.value], refuse) }
  }
  if (JSON.stringify(a) !== JSON.stringify(b) || JSON.stringify(b) !== JSON.stringify(c)) {
    refuse(label, `its ${a.name} depends on the batch size, which ONNX wants fixed`)
  }
  return a
}

/** The first node that reads a value. */
const readerOf = (graph: GraphProto, name: string): string => {
  const found = graph.node.find(({ input }) => input.includes(name))
  return found === undefined ? name : labelOf(found)
}

/** A model for any batch size out of those for three. `source` is an input whose first size is the batch's. */
export const anyBatch = (
  models: Three<ModelProto>,
  source: string
): Either<readonly UnsupportedEquation[], ModelProto> => {
  const refusals: UnsupportedEquation[] = []
  const graphs: Three<GraphProto> = [models[0].graph, models[1].graph, models[2].graph]
  const merged = graphOf(graphs, (name, reason) => void refusals.push({ name, reason }))
  const parts = graphs[0].initializer.map((tensor, i): Computed => {
    const [other, last] = [graphs[1].initializer[i] ?? tensor, graphs[2].initializer[i] ?? tensor]
    if (isSame(tensor, other) && isSame(other, last)) return { constants: [tensor], nodes: [] }
    const found = computed([tensor, other, last])
    if (found !== undefined) return found
    const reason = 'a constant depends on the batch size, and not as a multiple, a quotient or a count of it'
    refusals.push({ name: readerOf(merged, tensor.name), reason })
    return { constants: [tensor], nodes: [] }
  })
  if (refusals.length > 0) return left(refusals)
  const size = node('Shape', [source], symbol, [
    { name: 'start', type: 'int', value: 0 },
    { name: 'end', type: 'int', value: 1 }
  ])
  return right({
    ...models[0],
    graph: {
      ...merged,
      initializer: parts.flatMap(({ constants }) => constants),
      node: [size, ...parts.flatMap(({ nodes }) => nodes), ...merged.node]
    }
  })
}

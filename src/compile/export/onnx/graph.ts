/** A graph of ONNX in the making: values, nodes, constants and graphs inside it. */
import type { DType } from '../../../DType.js'
import {
  type AttributeProto,
  type AttributeValue,
  type ElementType,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
  elementCodes
} from '../../../onnx/model.js'
import type { TensorType } from '../../../primitive/model.js'
import { type Shape, equals, show, size } from '../../../shape/model.js'
import { asDense } from '../../../tensor/dense.js'
import { type Concrete, Dense, contiguous } from '../../../tensor/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A value of the program and the tensor of the graph that holds it. That may be narrower: of a shape that broadcasts to the
 * value's, since operations of ONNX broadcast by themselves.
 */
export interface Value extends TensorType {
  readonly name: string
  readonly held: Shape
}

/** The nodes of one graph so far; what was made once is found again by its key, in the graphs around too. */
interface Draft {
  readonly nodes: NodeProto[]
  readonly made: Map<string, readonly string[]>
  readonly around: Draft | undefined
}

/** What all graphs of a model share. */
interface Root {
  readonly initializers: TensorProto[]
  readonly constants: Map<string | Concrete, Value>
  readonly producers: Map<string, NodeProto>
  /** The constants without zeros, infinities and NaN. */
  readonly factors: Set<string>
  /** For a matrix, what was added to it and broadcasts to its shape. */
  readonly rows: Map<string, Set<string>>
  /** For a tensor of int32, the tensor of uint32 with the same bits. */
  readonly bits: Map<string, string>
  readonly count: { names: number }
}

/** What writes: into which graph, and for which equation. */
export interface Writer {
  readonly root: Root
  readonly draft: Draft
  /** The scope and name of the equation. */
  readonly label: string
}

/** Attributes by name. */
export type Attributes = Readonly<Record<string, AttributeValue>>

// -----------------------------------------------------------------------------
// attributes
// -----------------------------------------------------------------------------

/** An attribute that is an integer. */
export const int = (value: number): AttributeValue => ({ type: 'int', value })

/** An attribute that is a list of integers. */
export const intsOf = (value: readonly number[]): AttributeValue => ({ type: 'ints', value })

/** An attribute that is a word. */
export const word = (value: string): AttributeValue => ({ type: 'string', value })

/** An attribute that is a graph. */
export const graphOf = (value: GraphProto): AttributeValue => ({ type: 'graph', value })

// -----------------------------------------------------------------------------
// graphs
// -----------------------------------------------------------------------------

const draftIn = (around: Draft | undefined): Draft => ({ nodes: [], made: new Map(), around })

/** A writer of a new model. */
export const newWriter = (): Writer => ({
  root: {
    initializers: [],
    constants: new Map(),
    producers: new Map(),
    factors: new Set(),
    rows: new Map(),
    bits: new Map(),
    count: { names: 0 }
  },
  draft: draftIn(undefined),
  label: ''
})

/** A name that nothing has yet. */
export const freshName = ({ root }: Writer, prefix: string): string => `${prefix}${root.count.names++}`

const found = (draft: Draft | undefined, key: string): readonly string[] | undefined =>
  draft === undefined ? undefined : (draft.made.get(key) ?? found(draft.around, key))

const attributesOf = (attributes: Attributes): readonly AttributeProto[] =>
  Object.entries(attributes).map(([name, value]): AttributeProto => ({ name, ...value }))

/** A node with several results, or the equal one that there is; their names. */
export const nodes = (
  writer: Writer,
  opType: string,
  input: readonly string[],
  count: number,
  attributes: Attributes = {}
): readonly string[] => {
  const { root, draft, label } = writer
  const isPlain = Object.values(attributes).every(({ type }) => type !== 'graph')
  const key = isPlain ? `${opType} ${input.join(' ')} ${count} ${JSON.stringify(attributes)}` : undefined
  const before = key === undefined ? undefined : found(draft, key)
  if (before !== undefined) return before
  const output = Array.from({ length: count }, () => freshName(writer, 'v'))
  const node: NodeProto = {
    name: `${label}#${output[0] ?? ''}`,
    opType,
    domain: '',
    input,
    output,
    attribute: attributesOf(attributes)
  }
  draft.nodes.push(node)
  output.forEach((name) => root.producers.set(name, node))
  if (key !== undefined) draft.made.set(key, output)
  return output
}

/** A node with one result; its name. */
export const node = (writer: Writer, opType: string, input: readonly string[], attributes: Attributes = {}): string =>
  nodes(writer, opType, input, 1, attributes)[0]!

/** The node that makes a value, if there is one. */
export const producerOf = ({ root }: Writer, name: string): NodeProto | undefined => root.producers.get(name)

/** The value's name and type, as a graph states them. */
export const infoOf = (name: string, { shape, dtype }: TensorType): ValueInfoProto => ({
  name,
  type: { kind: 'tensor', elementType: elementCodes[dtype], shape }
})

/** The value under another name. */
const namedAs = (writer: Writer, name: string): string => {
  const { root, draft, label } = writer
  const as = freshName(writer, 'v')
  const identity: NodeProto = {
    name: `${label}#${as}`,
    opType: 'Identity',
    domain: '',
    input: [name],
    output: [as],
    attribute: []
  }
  draft.nodes.push(identity)
  root.producers.set(as, identity)
  return as
}

/** Names for the outputs of a graph: each made by a node of it, and no two the same. */
export const ownNames = (writer: Writer, outputs: readonly string[]): readonly string[] => {
  const free = new Set(writer.draft.nodes.flatMap(({ output }) => output))
  return outputs.map((name) => (free.delete(name) ? name : namedAs(writer, name)))
}

/** A graph inside the one that is written, which reads values of those around. */
export const graphInside = (
  writer: Writer,
  input: readonly ValueInfoProto[],
  build: (writer: Writer) => readonly Value[]
): GraphProto => {
  const inner: Writer = { ...writer, draft: draftIn(writer.draft) }
  const outputs = build(inner)
  const names = ownNames(
    inner,
    outputs.map(({ name }) => name)
  )
  return {
    name: freshName(writer, 'graph'),
    node: inner.draft.nodes,
    initializer: [],
    input,
    output: outputs.map((value, i) => infoOf(names[i]!, value))
  }
}

// -----------------------------------------------------------------------------
// constants
// -----------------------------------------------------------------------------

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBufferLike>): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength).slice()

const initializer = (writer: Writer, dataType: ElementType, dims: Shape, raw: Uint8Array): string => {
  const name = freshName(writer, 'c')
  writer.root.initializers.push({ name, dims, dataType: elementCodes[dataType], raw })
  return name
}

/** Constants up to this many bytes are known by them; larger ones by the tensor that they come from. */
const smallBytes = 256

/** The tensor without the axes along which it repeats. */
const narrowed = (x: Concrete): Dense => {
  const dense = asDense(x)
  const { shape, strides, dtype, data, offset } = dense
  const isUniform = size(shape) > 0 && isRepeated(contiguous(dense), size(shape))
  if (isUniform) return new Dense([], dtype, data, [], offset)
  const held = shape.map((n, axis) => (n > 1 && strides[axis] === 0 ? 1 : n))
  const lead = held.findIndex((n) => n !== 1)
  const from = lead < 0 ? held.length : lead
  return new Dense(held.slice(from), dtype, data, strides.slice(from), offset)
}

const isRepeated = ({ data, offset }: ReturnType<typeof contiguous>, count: number): boolean => {
  const first = data[offset]
  for (let i = 1; i < count; i++) if (!Object.is(data[offset + i], first)) return false
  return true
}

/** A constant tensor, which stands once in the model. */
export const constant = (writer: Writer, x: Concrete): Value => {
  const { constants } = writer.root
  const { shape, dtype } = x
  const known = constants.get(x)
  if (known !== undefined) return known
  const narrow = narrowed(x)
  const { data, offset } = contiguous(narrow)
  const elements = data.subarray(offset, offset + size(narrow.shape))
  const raw = bytesOf(elements)
  const key = raw.length <= smallBytes ? `${dtype} ${show(narrow.shape)} ${raw.join(' ')}` : x
  const name = constants.get(key)?.name ?? initializer(writer, dtype, narrow.shape, raw)
  const value: Value = { name, shape, dtype, held: narrow.shape }
  if (elements.every((each) => each !== 0 && Number.isFinite(each))) {
    writer.root.factors.add(name)
  }
  constants.set(key, value)
  constants.set(x, value)
  return value
}

/** Whether a value is a constant that makes no zero times infinity. */
export const isFactor = ({ root }: Writer, { name }: Value): boolean => root.factors.has(name)

/** A constant of a type that programs do not have, which stands once too. */
const counting = (writer: Writer, type: ElementType, shape: Shape, list: ArrayBufferView): string => {
  const { constants } = writer.root
  const raw = bytesOf(list)
  const key = `${type} ${show(shape)} ${raw.join(' ')}`
  const known = constants.get(key)
  if (known !== undefined) return known.name
  const name = initializer(writer, type, shape, raw)
  constants.set(key, { name, shape, dtype: 'int32', held: shape })
  return name
}

/** A list of int64, or one, as a constant. */
export const integers = (writer: Writer, list: readonly number[] | number): string =>
  typeof list === 'number'
    ? counting(writer, 'int64', [], BigInt64Array.of(BigInt(list)))
    : counting(writer, 'int64', [list.length], BigInt64Array.from(list, BigInt))

/** A uint32 as a constant. */
export const unsigned = (writer: Writer, value: number): string => counting(writer, 'uint32', [], Uint32Array.of(value))

/** A value that the graph holds in its whole shape. */
export const whole = (name: string, { shape, dtype }: TensorType): Value => ({ name, shape, dtype, held: shape })

/** Whether the graph holds the value in its whole shape. */
export const isWhole = ({ shape, held }: Value): boolean => equals(shape, held)

/** The value in its whole shape. */
export const full = (writer: Writer, value: Value): string =>
  isWhole(value) ? value.name : node(writer, 'Expand', [value.name, integers(writer, value.shape)])

/** The element type of the format. */
export const codeOf = (dtype: DType | ElementType): number => elementCodes[dtype]

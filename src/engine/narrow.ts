/** Models without float64, for engines whose build has none: what is between inputs and outputs is computed in float32 there. */
import {
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type TensorProto,
  type TypeProto,
  elementCodes
} from '../onnx/model.js'

const { float32, float64 } = elementCodes

const narrowCode = (code: number): number => (code === float64 ? float32 : code)

const narrowType = (type: TypeProto | undefined): TypeProto | undefined =>
  type?.kind === 'tensor' ? { ...type, elementType: narrowCode(type.elementType) } : type

/** The bytes of doubles as those of floats, in the order of files, which is little-endian. */
const narrowBytes = (raw: Uint8Array): Uint8Array => {
  const [from, to] = [
    new DataView(raw.buffer, raw.byteOffset, raw.byteLength),
    new DataView(new ArrayBuffer(raw.byteLength / 2))
  ]
  for (let i = 0; i < raw.byteLength / 8; i++) to.setFloat32(4 * i, from.getFloat64(8 * i, true), true)
  return new Uint8Array(to.buffer)
}

const narrowTensor = (tensor: TensorProto): TensorProto =>
  tensor.dataType !== float64
    ? tensor
    : { ...tensor, dataType: float32, ...(tensor.raw === undefined ? {} : { raw: narrowBytes(tensor.raw) }) }

/** Types stand in the attribute `to` of casts, and in `dtype` of what makes tensors. */
const typeAttributes: ReadonlySet<string> = new Set(['to', 'dtype'])

const narrowAttribute = (attribute: AttributeProto): AttributeProto => {
  if (attribute.type === 'graph') return { ...attribute, value: narrowGraph(attribute.value) }
  if (attribute.type === 'tensor') return { ...attribute, value: narrowTensor(attribute.value) }
  const isType = attribute.type === 'int' && typeAttributes.has(attribute.name)
  return isType ? { ...attribute, value: narrowCode(attribute.value) } : attribute
}

const narrowGraph = (graph: GraphProto): GraphProto => ({
  ...graph,
  node: graph.node.map((node) => ({ ...node, attribute: node.attribute.map(narrowAttribute) })),
  initializer: graph.initializer.map(narrowTensor),
  input: graph.input.map((info) => ({ ...info, type: narrowType(info.type) })),
  output: graph.output.map((info) => ({ ...info, type: narrowType(info.type) }))
})

/** The same model, with float32 wherever it has float64. */
export const narrow = (model: ModelProto): ModelProto => ({ ...model, graph: narrowGraph(model.graph) })

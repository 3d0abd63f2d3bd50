/** ONNX messages to bytes. */
import { PbfWriter } from 'pbf'
import type {
  AttributeProto,
  Dimension,
  GraphProto,
  ModelProto,
  NodeProto,
  OperatorSetId,
  TensorProto,
  TypeProto,
  ValueInfoProto
} from './model.js'

type Write<A> = (message: A, pbf: PbfWriter) => void

/** A string field, left out where it is empty, as proto3 does. */
const text = (pbf: PbfWriter, field: number, value: string): void => {
  if (value !== '') pbf.writeStringField(field, value)
}

const messages = <A>(pbf: PbfWriter, field: number, list: readonly A[], write: Write<A>): void => {
  for (const message of list) pbf.writeMessage(field, write, message)
}

const strings = (pbf: PbfWriter, field: number, list: readonly string[]): void => {
  for (const value of list) pbf.writeStringField(field, value)
}

const writeDimension: Write<Dimension> = (dimension, pbf) => {
  if (typeof dimension === 'number') pbf.writeVarintField(1, dimension)
  else if (dimension !== undefined) pbf.writeStringField(2, dimension)
}

const writeShape: Write<readonly Dimension[]> = (shape, pbf) => messages(pbf, 1, shape, writeDimension)

const writeTensorType: Write<Extract<TypeProto, { readonly kind: 'tensor' }>> = ({ elementType, shape }, pbf) => {
  pbf.writeVarintField(1, elementType)
  if (shape !== undefined) pbf.writeMessage(2, writeShape, shape)
}

const writeType: Write<TypeProto> = (type, pbf) => {
  if (type.kind === 'tensor') pbf.writeMessage(1, writeTensorType, type)
}

const writeValueInfo: Write<ValueInfoProto> = ({ name, type }, pbf) => {
  text(pbf, 1, name)
  if (type !== undefined) pbf.writeMessage(2, writeType, type)
}

/** The field of a tensor whose elements are numbers, by the code of their type. */
const writeValues = (pbf: PbfWriter, dataType: number, values: readonly number[]): void => {
  if (dataType === 1) pbf.writePackedFloat(4, [...values])
  else if (dataType === 11) pbf.writePackedDouble(10, [...values])
  else if (dataType === 7) pbf.writePackedVarint(7, [...values])
  else if (dataType === 12 || dataType === 13) pbf.writePackedVarint(11, [...values])
  else pbf.writePackedVarint(5, [...values])
}

const writeTensor: Write<TensorProto> = ({ name, dims, dataType, raw, values, strings: entries }, pbf) => {
  pbf.writePackedVarint(1, [...dims])
  pbf.writeVarintField(2, dataType)
  if (values !== undefined) writeValues(pbf, dataType, values)
  if (entries !== undefined) strings(pbf, 6, entries)
  text(pbf, 8, name)
  if (raw !== undefined) pbf.writeBytesField(9, raw)
}

/** The code that an attribute's type has in a file. */
const attributeCodes = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, floats: 6, ints: 7, strings: 8 } as const

const writeAttributeValue = (attribute: AttributeProto, pbf: PbfWriter): void => {
  switch (attribute.type) {
    case 'float':
      return pbf.writeFloatField(2, attribute.value)
    case 'int':
      return pbf.writeVarintField(3, attribute.value)
    case 'string':
      return pbf.writeStringField(4, attribute.value)
    case 'tensor':
      return pbf.writeMessage(5, writeTensor, attribute.value)
    case 'graph':
      return pbf.writeMessage(6, writeGraph, attribute.value)
    case 'floats':
      return pbf.writePackedFloat(7, [...attribute.value])
    case 'ints':
      return pbf.writePackedVarint(8, [...attribute.value])
    case 'strings':
      return strings(pbf, 9, attribute.value)
    case 'other':
  }
}

const writeAttribute: Write<AttributeProto> = (attribute, pbf) => {
  text(pbf, 1, attribute.name)
  writeAttributeValue(attribute, pbf)
  pbf.writeVarintField(20, attribute.type === 'other' ? attribute.code : attributeCodes[attribute.type])
}

const writeNode: Write<NodeProto> = ({ name, opType, domain, input, output, attribute }, pbf) => {
  strings(pbf, 1, input)
  strings(pbf, 2, output)
  text(pbf, 3, name)
  pbf.writeStringField(4, opType)
  messages(pbf, 5, attribute, writeAttribute)
  text(pbf, 7, domain)
}

const writeGraph: Write<GraphProto> = ({ name, node, initializer, input, output }, pbf) => {
  messages(pbf, 1, node, writeNode)
  text(pbf, 2, name)
  messages(pbf, 5, initializer, writeTensor)
  messages(pbf, 11, input, writeValueInfo)
  messages(pbf, 12, output, writeValueInfo)
}

const writeOperatorSet: Write<OperatorSetId> = ({ domain, version }, pbf) => {
  pbf.writeStringField(1, domain)
  pbf.writeVarintField(2, version)
}

const writeModel: Write<ModelProto> = ({ irVersion, opsetImport, producerName, graph }, pbf) => {
  pbf.writeVarintField(1, irVersion)
  text(pbf, 2, producerName)
  pbf.writeMessage(7, writeGraph, graph)
  messages(pbf, 8, opsetImport, writeOperatorSet)
}

/** The bytes of a model; attributes of type `other` and functions are not written. */
export const encode = (model: ModelProto): Uint8Array => {
  const pbf = new PbfWriter()
  writeModel(model, pbf)
  return pbf.finish()
}

// Models made in tests, as bytes.
import { encode } from '../../src/onnx/encode.js'
import {
  type AttributeProto,
  type AttributeValue,
  type ElementType,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
  elementCodes
} from '../../src/onnx/model.js'

type Attributes = Readonly<Record<string, AttributeValue>>

export const node = (
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Attributes = {},
  name = ''
): NodeProto => ({
  name,
  opType,
  domain: '',
  input,
  output,
  attribute: Object.entries(attributes).map(([key, value]): AttributeProto => ({ name: key, ...value }))
})

export const value = (
  name: string,
  shape: readonly (number | string)[],
  type: ElementType = 'float32'
): ValueInfoProto => ({
  name,
  type: { kind: 'tensor', elementType: elementCodes[type], shape }
})

export const constant = (
  name: string,
  dims: readonly number[],
  values: readonly number[],
  type: ElementType = 'float32'
): TensorProto => ({ name, dims, dataType: elementCodes[type], values })

export const graph = (parts: Partial<GraphProto>): GraphProto => ({
  name: 'test',
  node: [],
  initializer: [],
  input: [],
  output: [],
  ...parts
})

export const model = (parts: Partial<GraphProto>, version = 17): Uint8Array =>
  encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version }],
    producerName: 'tests',
    graph: graph(parts),
    functions: []
  } satisfies ModelProto)

/** A model of one operation, whose inputs are x0, x1 and so on. */
export const operation = (
  opType: string,
  inputs: readonly ValueInfoProto[],
  attributes: Attributes = {},
  version = 17,
  outputs = 1
): Uint8Array => {
  const names = Array.from({ length: outputs }, (_, i) => `y${i}`)
  return model(
    {
      node: [
        node(
          opType,
          inputs.map(({ name }) => name),
          names,
          attributes
        )
      ],
      input: inputs,
      output: names.map((name) => ({ name, type: undefined }))
    },
    version
  )
}

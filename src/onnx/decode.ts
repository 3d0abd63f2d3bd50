/**
 * Bytes to ONNX messages. The bytes may come from anywhere, so every length is held against the message around it, every
 * wire type against the field, the depth of nesting against a bound, and every tensor's bytes against its sizes, before
 * anything is allocated by what the file says.
 */
import * as E from 'fp-ts/lib/Either.js'
import { PbfReader } from 'pbf'
import { reasonOf } from '../internal/describe.js'
import {
  type Place,
  another,
  bytes,
  doubles,
  fieldsOf,
  float,
  floats,
  int,
  ints,
  message,
  refuse,
  string
} from './fields.js'
import {
  type AttributeProto,
  type AttributeValue,
  type Dimension,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type OperatorSetId,
  type TensorProto,
  type TypeProto,
  type ValueInfoProto,
  elementBytes,
  elementCodes
} from './model.js'

const dimensionOf = (place: Place): Dimension => {
  const found: { size: Dimension } = { size: undefined }
  fieldsOf(place, {
    1: ['dim_value', (at) => void (found.size = int(at))],
    2: ['dim_param', (at) => void (found.size = string(at))]
  })
  return found.size
}

const shapeOf = (place: Place): readonly Dimension[] => {
  const shape: Dimension[] = []
  fieldsOf(place, { 1: ['dim', (at) => another(at, shape, dimensionOf)] })
  return shape
}

const tensorTypeOf = (place: Place): TypeProto => {
  const found: { elementType: number; shape: readonly Dimension[] | undefined } = { elementType: 0, shape: undefined }
  fieldsOf(place, {
    1: ['elem_type', (at) => void (found.elementType = int(at))],
    2: ['shape', (at) => void (found.shape = message(at, shapeOf))]
  })
  return { kind: 'tensor', ...found }
}

const typeOf = (place: Place): TypeProto => {
  const found: { type: TypeProto } = { type: { kind: 'other' } }
  fieldsOf(place, { 1: ['tensor_type', (at) => void (found.type = message(at, tensorTypeOf))] })
  return found.type
}

const valueInfoOf = (place: Place): ValueInfoProto => {
  const found: { name: string; type: TypeProto | undefined } = { name: '', type: undefined }
  fieldsOf(place, {
    1: ['name', (at) => void (found.name = string(at))],
    2: ['type', (at) => void (found.type = message(at, typeOf))]
  })
  return found
}

const widths: ReadonlyMap<number, number> = /* @__PURE__ */ new Map(
  Object.entries(elementBytes).map(([name, width]) => [elementCodes[name as keyof typeof elementBytes], width])
)

/** Refuses a tensor whose elements are not as many as its sizes say. */
const requireElements = (place: Place, { name, dims, dataType, raw, values, strings }: TensorProto): void => {
  const label: Place = { ...place, path: name === '' ? place.path : `${place.path} (${name})` }
  if (dims.some((size) => !Number.isSafeInteger(size) || size < 0)) {
    refuse(label, `has the sizes ${dims.join(', ')}; expected sizes of 0 and above`)
  }
  const count = dims.reduce((product, size) => product * size, 1)
  const width = widths.get(dataType)
  if (raw !== undefined && width === undefined) refuse(label, `has bytes of the type ${dataType}, which is not known`)
  const found = raw === undefined ? (values ?? strings ?? []).length : raw.length / (width ?? 1)
  if (found !== count) refuse(label, `has ${found} elements; expected ${count} for the sizes [${dims.join(', ')}]`)
}

const tensorOf = (place: Place): TensorProto => {
  const dims: number[] = []
  const values: number[] = []
  const strings: string[] = []
  const found: { name: string; dataType: number; raw?: Uint8Array } = { name: '', dataType: 0 }
  fieldsOf(place, {
    1: ['dims', (at) => ints(at, dims)],
    2: ['data_type', (at) => void (found.dataType = int(at))],
    4: ['float_data', (at) => floats(at, values)],
    5: ['int32_data', (at) => ints(at, values)],
    6: ['string_data', (at) => void strings.push(string(at))],
    7: ['int64_data', (at) => ints(at, values)],
    8: ['name', (at) => void (found.name = string(at))],
    9: ['raw_data', (at) => void (found.raw = bytes(at))],
    10: ['double_data', (at) => doubles(at, values)],
    11: ['uint64_data', (at) => ints(at, values)],
    14: [
      'data_location',
      (at) => {
        if (int(at) !== 0) refuse(place, 'keeps its data in another file; expected a model of one file')
      }
    ]
  })
  const data = found.dataType === elementCodes.string ? { strings } : found.raw === undefined ? { values } : {}
  const tensor: TensorProto = { ...found, dims, ...data }
  requireElements(place, tensor)
  return tensor
}

/** What may stand in an attribute; which of them counts is stated by its type. */
const attributeOf = (place: Place): AttributeProto => {
  const found = { name: '', code: 0, float: 0, int: 0, string: '' }
  const lists: { readonly floats: number[]; readonly ints: number[]; readonly strings: string[] } = {
    floats: [],
    ints: [],
    strings: []
  }
  const parts: { tensor?: TensorProto; graph?: GraphProto } = {}
  fieldsOf(place, {
    1: ['name', (at) => void (found.name = string(at))],
    2: ['f', (at) => void (found.float = float(at))],
    3: ['i', (at) => void (found.int = int(at))],
    4: ['s', (at) => void (found.string = string(at))],
    5: ['t', (at) => void (parts.tensor = message(at, tensorOf))],
    6: ['g', (at) => void (parts.graph = message(at, graphOf))],
    7: ['floats', (at) => floats(at, lists.floats)],
    8: ['ints', (at) => ints(at, lists.ints)],
    9: ['strings', (at) => void lists.strings.push(string(at))],
    20: ['type', (at) => void (found.code = int(at))]
  })
  const missing = (what: string): never => refuse(place, `(${found.name}) states a ${what} and has none`)
  const valueOf = (): AttributeValue => {
    switch (found.code) {
      case 1:
        return { type: 'float', value: found.float }
      case 2:
        return { type: 'int', value: found.int }
      case 3:
        return { type: 'string', value: found.string }
      case 4:
        return { type: 'tensor', value: parts.tensor ?? missing('tensor') }
      case 5:
        return { type: 'graph', value: parts.graph ?? missing('graph') }
      case 6:
        return { type: 'floats', value: lists.floats }
      case 7:
        return { type: 'ints', value: lists.ints }
      case 8:
        return { type: 'strings', value: lists.strings }
      default:
        return { type: 'other', code: found.code }
    }
  }
  return { name: found.name, ...valueOf() }
}

const nodeOf = (place: Place): NodeProto => {
  const input: string[] = []
  const output: string[] = []
  const attribute: AttributeProto[] = []
  const found = { name: '', opType: '', domain: '' }
  fieldsOf(place, {
    1: ['input', (at) => void input.push(string(at))],
    2: ['output', (at) => void output.push(string(at))],
    3: ['name', (at) => void (found.name = string(at))],
    4: ['op_type', (at) => void (found.opType = string(at))],
    5: ['attribute', (at) => another(at, attribute, attributeOf)],
    7: ['domain', (at) => void (found.domain = string(at))]
  })
  return { ...found, input, output, attribute }
}

const graphOf = (place: Place): GraphProto => {
  const node: NodeProto[] = []
  const initializer: TensorProto[] = []
  const input: ValueInfoProto[] = []
  const output: ValueInfoProto[] = []
  const found = { name: '' }
  fieldsOf(place, {
    1: ['node', (at) => another(at, node, nodeOf)],
    2: ['name', (at) => void (found.name = string(at))],
    5: ['initializer', (at) => another(at, initializer, tensorOf)],
    11: ['input', (at) => another(at, input, valueInfoOf)],
    12: ['output', (at) => another(at, output, valueInfoOf)],
    15: ['sparse_initializer', (at) => refuse(at, 'is not read; expected dense constants')]
  })
  return { ...found, node, initializer, input, output }
}

const operatorSetOf = (place: Place): OperatorSetId => {
  const found = { domain: '', version: 0 }
  fieldsOf(place, {
    1: ['domain', (at) => void (found.domain = string(at))],
    2: ['version', (at) => void (found.version = int(at))]
  })
  return found
}

const functionNameOf = (place: Place): string => {
  const found = { name: '' }
  fieldsOf(place, { 1: ['name', (at) => void (found.name = string(at))] })
  return found.name
}

const modelOf = (place: Place): ModelProto => {
  const opsetImport: OperatorSetId[] = []
  const functions: string[] = []
  const found = { irVersion: 0, producerName: '' }
  const parts: { graph?: GraphProto } = {}
  fieldsOf(place, {
    1: ['ir_version', (at) => void (found.irVersion = int(at))],
    2: ['producer_name', (at) => void (found.producerName = string(at))],
    7: ['graph', (at) => void (parts.graph = message(at, graphOf))],
    8: ['opset_import', (at) => another(at, opsetImport, operatorSetOf)],
    25: ['functions', (at) => another(at, functions, functionNameOf)]
  })
  const graph = parts.graph ?? refuse(place, 'has no graph; expected an ONNX model')
  return { ...found, opsetImport, graph, functions }
}

/** Reads a model, or says in a sentence why the bytes are not one. */
export const decode = (source: Uint8Array): E.Either<string, ModelProto> =>
  E.tryCatch(() => modelOf({ pbf: new PbfReader(source), end: source.length, depth: 0, path: 'model' }), reasonOf)

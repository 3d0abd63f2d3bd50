/**
 * The messages of an ONNX file as plain data: what both the exporter and the importer know of the format. Field names follow
 * onnx.proto; fields that neither uses (doc strings, quantization annotations, training information) are left out.
 */

/** The element types of ONNX that have a name here, by the code that a file has for them. */
export const elementCodes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16
} as const

/** A named element type. */
export type ElementType = keyof typeof elementCodes

/** The bytes of one element, for the types whose elements are all of one width. */
export const elementBytes: Readonly<Record<Exclude<ElementType, 'string'>, number>> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
  float64: 8,
  uint32: 4,
  uint64: 8,
  bfloat16: 2
}

/** Which version of an operator set a model uses; the standard domain is `''`. */
export interface OperatorSetId {
  readonly domain: string
  readonly version: number
}

/** A size: a number, the name of an unknown one, or `undefined` where nothing is stated. */
export type Dimension = number | string | undefined

/** The type of a value. A tensor of unknown rank has no shape; `other` is a sequence, map, optional or sparse tensor. */
export type TypeProto =
  | { readonly kind: 'tensor'; readonly elementType: number; readonly shape: readonly Dimension[] | undefined }
  | { readonly kind: 'other' }

/** A value's name and type. */
export interface ValueInfoProto {
  readonly name: string
  readonly type: TypeProto | undefined
}

/**
 * A constant tensor: its elements as little-endian bytes in row-major order (`raw`), or as a list of numbers or of strings.
 * Numbers of the half-precision types are their bits, as in the file.
 */
export interface TensorProto {
  readonly name: string
  readonly dims: readonly number[]
  readonly dataType: number
  readonly raw?: Uint8Array
  readonly values?: readonly number[]
  readonly strings?: readonly string[]
}

/** An attribute's value, tagged by its type. */
export type AttributeValue =
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'tensor'; readonly value: TensorProto }
  | { readonly type: 'graph'; readonly value: GraphProto }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'other'; readonly code: number }

/** A named attribute of a node. */
export type AttributeProto = { readonly name: string } & AttributeValue

/** An operation: `''` in `input` stands for an optional operand that is not given. */
export interface NodeProto {
  readonly name: string
  readonly opType: string
  readonly domain: string
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly attribute: readonly AttributeProto[]
}

/** A graph: nodes in an order in which every value is defined before it is used. */
export interface GraphProto {
  readonly name: string
  readonly node: readonly NodeProto[]
  readonly initializer: readonly TensorProto[]
  readonly input: readonly ValueInfoProto[]
  readonly output: readonly ValueInfoProto[]
}

/** A whole file; `functions` are the names of the functions that the model defines itself. */
export interface ModelProto {
  readonly irVersion: number
  readonly opsetImport: readonly OperatorSetId[]
  readonly producerName: string
  readonly graph: GraphProto
  readonly functions: readonly string[]
}

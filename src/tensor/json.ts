/** Tensors, and trees of them, from JSON: everything is checked before there is one. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { type DType, all, allocate } from '../DType.js'
import { decode } from '../internal/base64.js'
import { describe } from '../internal/describe.js'
import * as E from '../internal/either.js'
import { type Shape, equals, show, size } from '../shape/model.js'
import { type Wording, isRecord, notATree, requireNode, below } from '../tree/error.js'
import { type Concrete, type Tensor, type TensorJson, fill, fromData, isTensor } from './model.js'

// -----------------------------------------------------------------------------
// errors
// -----------------------------------------------------------------------------

/**
 * What is wrong in JSON, and where: `layers[0].w.data`. The path is empty where the whole value is meant.
 *
 * @example
 * import { type JsonError, showJsonErrors } from 'pullback/ProgramJson'
 *
 * const error: JsonError = { path: 'version', rule: 'expected 1, got 2' }
 * showJsonErrors([error]) // => 'version: expected 1, got 2'
 */
export interface JsonError {
  readonly path: string
  readonly rule: string
}

/**
 * Everything that was found wrong.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as T from 'pullback/Tensor'
 *
 * const count = (errors: T.JsonErrors): number => errors.length
 * E.mapLeft(count)(T.fromJSON({ shape: [2], dtype: 'float16', data: 1 })) // => E.left(2)
 */
export type JsonErrors = ReadonlyNonEmptyArray<JsonError>

/**
 * Errors as text, one to a line.
 *
 * @example
 * import { showJsonErrors } from 'pullback/ProgramJson'
 *
 * showJsonErrors([{ path: 'programs', rule: 'expected an array, got undefined' }])
 * // => 'programs: expected an array, got undefined'
 */
export const showJsonErrors = (errors: JsonErrors): string =>
  errors.map(({ path, rule }) => (path === '' ? rule : `${path}: ${rule}`)).join('\n')

/** One error. */
export const wrong = (path: string, rule: string): Either<JsonErrors, never> => E.left([{ path, rule }])

// -----------------------------------------------------------------------------
// codec
// -----------------------------------------------------------------------------

export const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

/** Sizes whose product is a number that is exact. */
export const isShape = (value: unknown): value is readonly number[] =>
  Array.isArray(value) &&
  value.every(isCount) &&
  Number.isSafeInteger(value.reduce((product: number, n: number) => product * n, 1))

export const isDType = (value: unknown): value is DType => all.some((each) => each === value)

export const isString = (value: unknown): value is string => typeof value === 'string'

/** The only value of a flag, which may be missing. */
export const isSet = (value: unknown): value is true | undefined => value === undefined || value === true

/** The fields of a tensor in JSON: the words for each, and its check. */
const fields: ReadonlyArray<readonly [name: string, expected: string, holds: (value: unknown) => boolean]> = [
  ['shape', 'a shape', isShape],
  ['dtype', 'bool, int32, float32 or float64', isDType],
  ['data', 'a string', isString],
  ['uniform', 'true', isSet]
]

const hasFields = (json: object): json is TensorJson =>
  fields.every(([name, , holds]) => holds(Reflect.get(json, name)))

/** A shape that shares nothing with the JSON. */
export const frozen = (shape: Shape): Shape => Object.freeze([...shape])

/** The tensor of fields that are well formed by themselves. */
export const tensorOf = ({ shape, dtype, data, uniform }: TensorJson, path: string): Either<JsonErrors, Concrete> => {
  const at = below(path, 'data')
  const bytes = decode(data)
  if (bytes === undefined) return wrong(at, `expected base64, got ${describe(data)}`)
  const count = uniform === true ? 1 : size(shape)
  const width = dtype === 'float64' ? 8 : dtype === 'bool' ? 1 : 4
  if (bytes.length !== count * width) {
    const found = `${bytes.length} byte${bytes.length === 1 ? '' : 's'}`
    return wrong(at, `expected ${count * width} bytes for ${count} of ${dtype}, got ${found}`)
  }
  if (dtype === 'bool' && bytes.some((byte) => byte > 1)) return wrong(at, 'expected bytes of 0 and 1')
  const elements = allocate(dtype, count)
  new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength).set(bytes)
  return E.right(uniform === true ? fill(frozen(shape), dtype, elements[0]!) : fromData(frozen(shape), dtype, elements))
}

// -----------------------------------------------------------------------------
// trees
// -----------------------------------------------------------------------------

const isObject = (x: unknown): x is Readonly<Record<string, unknown>> =>
  typeof x === 'object' && x !== null && !Array.isArray(x)

const read = (json: unknown, path: string): Either<JsonErrors, Tensor> => {
  if (!isObject(json)) {
    const expected = 'an object with shape, dtype and data, as JSON.stringify writes a tensor'
    return wrong(path, `expected ${expected}, got ${describe(json)}`)
  }
  if (hasFields(json)) return tensorOf(json, path)
  const [first, ...rest] = fields
    .filter(([name, , holds]) => !holds(json[name]))
    .map(([name, expected]): JsonError => {
      return { path: below(path, name), rule: `expected ${expected}, got ${describe(json[name])}` }
    })
  return E.left([first!, ...rest])
}

const wording: Wording = { at: (path) => `${path === '' ? 'the example' : path} is`, required: 'expected a tensor' }

/** Reads what stands in the place of each leaf of an example, and collects what is wrong. */
const readLike = (json: unknown, like: unknown, path: string, errors: JsonError[], depth = 1): unknown => {
  const refuse = (rule: string): undefined => void errors.push({ path, rule })
  if (isTensor(like)) {
    const result = read(json, path)
    if (E.isLeft(result)) return void errors.push(...result.left)
    const { shape, dtype } = result.right
    if (equals(shape, like.shape) && dtype === like.dtype) return result.right
    return refuse(`expected ${like.dtype} of shape ${show(like.shape)}, got ${dtype} of shape ${show(shape)}`)
  }
  requireNode('fromJSON', path, like, depth)
  if (Array.isArray(like)) {
    if (!Array.isArray(json) || json.length !== like.length) {
      return refuse(`expected an array of ${like.length}, got ${describe(json)}`)
    }
    return like.map((each: unknown, i) => readLike(json[i], each, `${path}[${i}]`, errors, depth + 1))
  }
  if (!isRecord(like)) throw notATree('fromJSON', path, like, wording)
  if (!isObject(json)) return refuse(`expected an object, got ${describe(json)}`)
  const unknown = Object.keys(json).find((key) => !Object.hasOwn(like, key))
  if (unknown !== undefined) return refuse(`unknown key ${unknown}; expected ${Object.keys(like).join(', ')}`)
  return Object.fromEntries(
    Object.entries(like).map(([key, each]) => [
      key,
      readLike(Object.hasOwn(json, key) ? json[key] : undefined, each, below(path, key), errors, depth + 1)
    ])
  )
}

/** A tree that was read in the structure of the example, with tensors of the same shapes and dtypes. */
const sameAs = <P>(_like: P, tree: unknown): P => tree as P

/**
 * The tensor that `JSON.stringify` has written, bit for bit, or what is wrong with the JSON. Nothing about it is trusted.
 *
 * With an example it reads a tree, such as the parameters of a model: the JSON must have the structure of the example, and
 * each tensor its shape and dtype. All errors are listed by their paths.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as T from 'pullback/Tensor'
 *
 * const text = JSON.stringify(T.of([0.1, NaN, -0]))
 * T.fromJSON(JSON.parse(text)) // => E.right(T.of([0.1, NaN, -0]))
 *
 * const params = { w: T.ones([2, 2]), layers: [{ b: T.zeros([2]) }] }
 * T.fromJSON(JSON.parse(JSON.stringify(params)), params) // => E.right(params)
 * E.mapLeft(T.showJsonErrors)(T.fromJSON({ w: JSON.parse(text), layers: [] }, params))
 * // => E.left('w: expected float32 of shape [2, 2], got float32 of shape [3]\nlayers: expected an array of 1, got []')
 */
export const fromJSON: {
  (json: unknown): Either<JsonErrors, Tensor>
  <P>(json: unknown, like: P): Either<JsonErrors, P>
} = <P>(json: unknown, like?: P): Either<JsonErrors, Tensor | P> => {
  if (like === undefined) return read(json, '')
  const errors: JsonError[] = []
  const tree = readLike(json, like, '', errors)
  const [first, ...rest] = errors
  return first === undefined ? E.right(sameAs(like, tree)) : E.left([first, ...rest])
}

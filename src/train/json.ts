/** Runs to JSON and back, bit for bit. */
import type { Either } from 'fp-ts/lib/Either.js'
import { describe } from '../internal/describe.js'
import * as E from '../internal/either.js'
import { type JsonError, type JsonErrors, fromJSON as readTensors, isCount, wrong } from '../tensor/json.js'
import { isConcrete, isTensor } from '../tensor/model.js'
import { below, isRecord } from '../tree/error.js'
import type { Measures, Run } from './plan.js'
import { requireRun } from './plan.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A run as plain data, ready for `JSON.stringify`.
 *
 * @example
 * import * as Random from 'pullback/Random'
 * import * as Train from 'pullback/Train'
 *
 * const document: Train.RunDocument = Train.toJSON(Train.begin(0, Random.key(0)))
 * document.format // => 'pullback run'
 */
export interface RunDocument {
  readonly format: typeof format
  readonly version: typeof version
  readonly run: { readonly [name: string]: unknown }
}

const format = 'pullback run'
const version = 1

/** The numbers that JSON does not have. */
const numbers: ReadonlyMap<string, number> = /* @__PURE__ */ new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['-0', -0]
])

// -----------------------------------------------------------------------------
// to JSON
// -----------------------------------------------------------------------------

const written = (value: unknown, path: string): unknown => {
  const refuse = (what: string): TypeError =>
    new TypeError(
      `Train.toJSON: ${path} is ${what}; expected tensors and plain data, such as numbers, arrays and records`
    )
  if (isTensor(value)) {
    if (!isConcrete(value)) throw refuse('a tensor inside a transformation')
    return value.toJSON()
  }
  if (typeof value === 'number') {
    const name = Object.is(value, -0) ? '-0' : String(value)
    return numbers.has(name) ? { $number: name } : value
  }
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (Array.isArray(value)) return value.map((each: unknown, i) => written(each, `${path}[${i}]`))
  if (!isRecord(value)) throw refuse(describe(value))
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, written(each, below(path, key))]))
}

/**
 * A run as plain data: tensors with their bits as base64, and the numbers that JSON does not have by name.
 *
 * @throws TypeError by path for a state that holds functions or instances of classes
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 * import * as Train from 'pullback/Train'
 *
 * const run = Train.begin({ params: T.of([0.1, NaN]) }, Random.key(0))
 * const text = JSON.stringify(Train.toJSON(run))
 * Train.fromJSON(JSON.parse(text), run) // => E.right(run)
 */
export const toJSON = <X, V extends Measures = {}>(run: Run<X, V>): RunDocument => {
  requireRun('Train.toJSON', run)
  return {
    format,
    version,
    run: Object.fromEntries(Object.entries(run).map(([name, value]) => [name, written(value, name)]))
  }
}

// -----------------------------------------------------------------------------
// from JSON
// -----------------------------------------------------------------------------

/** What was found wrong so far. */
interface Reading {
  readonly refuse: (path: string, rule: string) => undefined
}

const isObject = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json)

const entry = (json: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(json, key) ? json[key] : undefined

const numberOf = (json: unknown): number | undefined => {
  if (typeof json === 'number') return json
  const name = isObject(json) ? entry(json, '$number') : undefined
  return typeof name === 'string' ? numbers.get(name) : undefined
}

/** Reads what stands in the place of an example. */
const read = (json: unknown, like: unknown, path: string, reading: Reading): unknown => {
  const refuse = (expected: string): undefined => reading.refuse(path, `expected ${expected}, got ${describe(json)}`)
  if (isTensor(like)) {
    const result = readTensors(json, like)
    if (!E.isLeft(result)) return result.right
    for (const error of result.left) reading.refuse(error.path === '' ? path : `${path}.${error.path}`, error.rule)
    return undefined
  }
  if (typeof like === 'number') return numberOf(json) ?? refuse('a number')
  if (Array.isArray(like)) {
    if (!Array.isArray(json) || json.length !== like.length) return refuse(`an array of ${like.length}`)
    return like.map((each: unknown, i) => read(json[i], each, `${path}[${i}]`, reading))
  }
  if (!isRecord(like)) {
    const fits = typeof json === typeof like && (json === null) === (like === null)
    return fits ? json : refuse(like === null ? 'null' : `a ${typeof like}`)
  }
  if (!isObject(json)) return refuse(`an object with ${Object.keys(like).join(', ')}`)
  const unknown = Object.keys(json).find((key) => !Object.hasOwn(like, key))
  if (unknown !== undefined) {
    return reading.refuse(below(path, unknown), `expected no such entry, but ${Object.keys(like).join(', ')}`)
  }
  return Object.fromEntries(
    Object.entries(like).map(([key, each]) => [key, read(entry(json, key), each, below(path, key), reading)])
  )
}

const readCount = (json: unknown, path: string, { refuse }: Reading): unknown =>
  isCount(json) ? json : refuse(path, `expected a count, got ${describe(json)}`)

const readHistory = (json: unknown, path: string, reading: Reading): unknown => {
  if (!Array.isArray(json)) return reading.refuse(path, `expected an array, got ${describe(json)}`)
  return json.map((each: unknown, i) => {
    const at = `${path}[${i}]`
    const metrics = isObject(each) ? entry(each, 'metrics') : undefined
    if (!isObject(each) || !isObject(metrics)) {
      return reading.refuse(at, `expected an object with epoch, step and metrics, got ${describe(each)}`)
    }
    return {
      epoch: readCount(entry(each, 'epoch'), `${at}.epoch`, reading),
      step: readCount(entry(each, 'step'), `${at}.step`, reading),
      metrics: Object.fromEntries(
        Object.entries(metrics).map(([name, value]) => [name, read(value, 0, below(`${at}.metrics`, name), reading)])
      )
    }
  })
}

const readBest = (json: unknown, state: unknown, path: string, reading: Reading): unknown => {
  if (json === null) return null
  if (!isObject(json))
    return reading.refuse(path, `expected null or an object with state, epoch and value, got ${describe(json)}`)
  return {
    state: read(entry(json, 'state'), state, `${path}.state`, reading),
    epoch: readCount(entry(json, 'epoch'), `${path}.epoch`, reading),
    value: read(entry(json, 'value'), 0, `${path}.value`, reading)
  }
}

/** Casts a run that was read in the structure of the example. */
const sameAs = <X, V extends Measures>(_like: Run<X, V>, run: unknown): Run<X, V> => run as Run<X, V>

/**
 * The run that `toJSON` has written, bit for bit, or what is wrong with the JSON, by path. Nothing about it is trusted: the state, and the
 * best one, must have the structure of the example's state, with the same shapes and dtypes. A run of another model or of another optimizer
 * is refused so.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 * import * as Train from 'pullback/Train'
 *
 * const run = Train.begin({ params: { w: T.zeros([2]) } }, Random.key(0))
 * const other = Train.begin({ params: { w: T.zeros([3]) } }, Random.key(0))
 * const json: unknown = JSON.parse(JSON.stringify(Train.toJSON(run)))
 * E.mapLeft(T.showJsonErrors)(Train.fromJSON(json, other))
 * // => E.left('state.params.w: expected float32 of shape [3], got float32 of shape [2]')
 */
export const fromJSON = <X, V extends Measures = {}>(json: unknown, like: Run<X, V>): Either<JsonErrors, Run<X, V>> => {
  requireRun('Train.fromJSON', like)
  if (!isObject(json) || entry(json, 'format') !== format) {
    return wrong('', `expected a run, as Train.toJSON writes it, got ${describe(json)}`)
  }
  if (entry(json, 'version') !== version)
    return wrong('version', `expected ${version}, got ${describe(json['version'])}`)
  const run = entry(json, 'run')
  if (!isObject(run)) return wrong('run', `expected an object, got ${describe(run)}`)
  const errors: JsonError[] = []
  const reading: Reading = { refuse: (path, rule) => void errors.push({ path, rule }) }
  const count = (name: string): unknown => readCount(entry(run, name), name, reading)
  const result = {
    state: read(entry(run, 'state'), like.state, 'state', reading),
    key: read(entry(run, 'key'), like.key, 'key', reading),
    epoch: count('epoch'),
    batch: count('batch'),
    total: read(entry(run, 'total'), 0, 'total', reading),
    step: count('step'),
    history: readHistory(entry(run, 'history'), 'history', reading),
    best: readBest(entry(run, 'best'), like.state, 'best', reading),
    stale: count('stale')
  }
  const [first, ...rest] = errors
  return first === undefined ? E.right(sameAs(like, result)) : E.left([first, ...rest])
}

/** From JSON to programs: everything is checked before there is one. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { DType } from '../DType.js'
import {
  type Atom,
  type Equation,
  type Params,
  type Primitive,
  type Program,
  type TensorType,
  Variable
} from '../primitive/model.js'
import { type Shape, equals, show } from '../shape/model.js'
import { type JsonErrors, frozen, tensorOf, wrong } from '../tensor/json.js'
import type { Concrete } from '../tensor/model.js'
import { describe, reasonOf } from '../internal/describe.js'
import { equation } from '../transform/program.js'
import { misfit } from './fits.js'
import {
  type AtomJson,
  type EquationJson,
  type OneProgramJson,
  type TypeJson,
  decodeDocument,
  numbers
} from './document.js'

type Read<A> = E.Either<JsonErrors, A>

/** Every entry with its place, up to the first that is wrong. */
const each = <A, B>(list: readonly A[], read: (entry: A, index: number) => Read<B>): Read<readonly B[]> =>
  E.traverseReadonlyArrayWithIndex((index: number, entry: A) => read(entry, index))(list)

/** A type that shares nothing with the document. */
const typeOf = ({ shape, dtype }: TypeJson): TensorType => ({ shape: frozen(shape), dtype })

// -----------------------------------------------------------------------------
// parameters
// -----------------------------------------------------------------------------

/** The constants and programs that parameters may refer to. */
interface Known {
  readonly constants: readonly Concrete[]
  readonly programs: readonly Program[]
}

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const at = <A>(list: readonly A[], index: unknown, what: string, path: string): Read<A> => {
  const found = typeof index === 'number' ? list[index] : undefined
  if (found !== undefined) return E.right(found)
  return wrong(path, `expected the place of one of ${list.length} ${what} before it, got ${describe(index)}`)
}

const recordOf = (entries: readonly (readonly [key: string, value: unknown])[], known: Known, path: string) =>
  pipe(
    each(entries, ([key, value]) =>
      pipe(
        valueOf(value, known, `${path}.${key}`),
        E.map((read) => [key, read] as const)
      )
    ),
    E.map((read): object => Object.freeze(Object.fromEntries(read)))
  )

const isEntry = (value: unknown): value is readonly [string, unknown] =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === 'string'

/** The value that a tag stands for. */
const taggedOf = (tag: string, value: unknown, known: Known, path: string): Read<unknown> => {
  switch (tag) {
    case '$constant':
      return at(known.constants, value, 'constants', path)
    case '$program':
      return at(known.programs, value, 'programs', path)
    case '$number': {
      const found = typeof value === 'string' ? numbers.get(value) : undefined
      return found === undefined
        ? wrong(path, `expected one of ${[...numbers.keys()].join(', ')}, got ${describe(value)}`)
        : E.right(found)
    }
    case '$undefined':
      return E.right(undefined)
    case '$record':
      return Array.isArray(value) && value.every(isEntry)
        ? recordOf(value, known, path)
        : wrong(path, `expected a list of names and values, got ${describe(value)}`)
    default:
      return wrong(path, `expected a known tag, got ${describe(tag)}`)
  }
}

const valueOf = (value: unknown, known: Known, path: string): Read<unknown> => {
  if (Array.isArray(value)) {
    return pipe(
      each(value, (entry: unknown, i) => valueOf(entry, known, `${path}[${i}]`)),
      E.map((list) => Object.freeze([...list]))
    )
  }
  if (!isObject(value)) return E.right(value)
  const entries = Object.entries(value)
  const tagged = entries.find(([key]) => key.startsWith('$'))
  if (tagged === undefined) return recordOf(entries, known, path)
  if (entries.length > 1) return wrong(path, `expected ${tagged[0]} to stand alone, got ${entries.length} entries`)
  return taggedOf(tagged[0], tagged[1], known, path)
}

const paramsOf = (value: unknown, known: Known, path: string): Read<Params> =>
  pipe(
    isObject(value) ? valueOf(value, known, path) : wrong(path, `expected an object, got ${describe(value)}`),
    E.chain((params) =>
      isObject(params) && Object.getPrototypeOf(params) === Object.prototype && !('equations' in params)
        ? E.right(params)
        : wrong(path, 'expected a record of parameters, got a constant or a program')
    )
  )

// -----------------------------------------------------------------------------
// equations
// -----------------------------------------------------------------------------

const showType = ({ shape, dtype }: { readonly shape: Shape; readonly dtype: DType }): string =>
  `${dtype} ${show(shape)}`

const atomOf = (atom: AtomJson, variables: readonly Variable[], { constants }: Known, path: string): Read<Atom> =>
  typeof atom === 'number' ? at(variables, atom, 'variables', path) : at(constants, atom.$constant, 'constants', path)

/** Holds the types in a document against those that follow from the operands. */
const checked = (
  primitive: Primitive,
  operands: readonly Atom[],
  params: Params,
  results: readonly TypeJson[],
  path: string
): Read<readonly TypeJson[]> => {
  const inferred = E.tryCatch(() => {
    const misfits = misfit(primitive, params, operands)
    if (misfits !== undefined) throw new TypeError(misfits)
    return primitive.infer(operands, params)
  }, reasonOf)
  if (E.isLeft(inferred)) {
    return wrong(path, `expected operands and parameters of ${primitive.name}, got others: ${inferred.left}`)
  }
  const types = inferred.right
  if (types.length !== results.length) {
    return wrong(`${path}.results`, `expected ${types.length} for ${primitive.name}, got ${results.length}`)
  }
  const differs = types.findIndex(
    (type, i) => type.dtype !== results[i]!.dtype || !equals(type.shape, results[i]!.shape)
  )
  return differs < 0
    ? E.right(results)
    : wrong(
        `${path}.results[${differs}]`,
        `expected ${showType(types[differs]!)} of ${primitive.name}, got ${showType(results[differs]!)}`
      )
}

type Primitives = ReadonlyMap<string, Primitive>

const equationOf = (
  json: EquationJson,
  variables: readonly Variable[],
  known: Known,
  primitives: Primitives,
  path: string
): Read<Equation> => {
  const primitive = primitives.get(json.primitive)
  if (primitive === undefined) {
    return wrong(`${path}.primitive`, `expected the name of a given primitive, got ${describe(json.primitive)}`)
  }
  return pipe(
    E.Do,
    E.bind('params', () => paramsOf(json.params, known, `${path}.params`)),
    E.bind('operands', () =>
      each(json.operands, (atom, i) => atomOf(atom, variables, known, `${path}.operands[${i}]`))
    ),
    E.bind('types', ({ params, operands }) => checked(primitive, operands, params, json.results, path)),
    E.map(({ params, operands, types }) => {
      const results = types.map((type, i) => new Variable(variables.length + i, typeOf(type)))
      return equation(primitive, params, operands, results, json.scope)
    })
  )
}

const programOf = (json: OneProgramJson, known: Known, primitives: Primitives, path: string): Read<Program> => {
  const inputs = json.inputs.map((type, i) => new Variable(i, typeOf(type)))
  const variables: Variable[] = [...inputs]
  const equations = each(json.equations, (each, i) =>
    pipe(
      equationOf(each, variables, known, primitives, `${path}.equations[${i}]`),
      E.map((made) => {
        variables.push(...made.results)
        return made
      })
    )
  )
  return pipe(
    E.Do,
    E.bind('equations', () => equations),
    E.bind('outputs', () => each(json.outputs, (atom, i) => atomOf(atom, variables, known, `${path}.outputs[${i}]`))),
    E.map(({ equations, outputs }) =>
      Object.freeze({
        inputs: Object.freeze(inputs),
        equations: Object.freeze([...equations]),
        outputs: Object.freeze([...outputs]),
        places: variables.length
      })
    )
  )
}

// -----------------------------------------------------------------------------
// documents
// -----------------------------------------------------------------------------

/** Primitives by their names, which must differ. */
const byName = (primitives: readonly Primitive[]): Primitives => {
  const found = new Map<string, Primitive>()
  for (const primitive of primitives) {
    if (found.has(primitive.name) && found.get(primitive.name) !== primitive) {
      throw new TypeError(`fromJSON: two primitives are named ${primitive.name}; expected different names`)
    }
    found.set(primitive.name, primitive)
  }
  return found
}

/**
 * The program that `toJSON` has written, or the errors in the document, all of which is checked. Names must
 * be those of given primitives, the library's (`primitives`) and yours; the types of all results must follow from `infer`.
 *
 * @throws TypeError when two of the given primitives have one name
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Debug from 'pullback/Debug'
 * import { fromJSON, primitives, showJsonErrors, toJSON } from 'pullback/ProgramJson'
 * import { real, unary } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const cosh = unary({ name: 'myCosh', domain: real, f: Math.cosh, df: T.sinh })
 * const document = toJSON(Debug.trace((x: T.Tensor<[]>) => cosh(x))(T.scalar(0)))
 * E.isRight(fromJSON(document, [...primitives, cosh.primitive])) // => true
 *
 * E.mapLeft(showJsonErrors)(fromJSON(document, primitives))
 * // => E.left("programs[0].equations[0].primitive: expected the name of a given primitive, got 'myCosh'")
 */
export const fromJSON = (json: unknown, primitives: readonly Primitive[]): E.Either<JsonErrors, Program> => {
  const named = byName(primitives)
  const read = (): Read<Program> =>
    pipe(
      E.Do,
      E.bind('document', () => decodeDocument(json)),
      E.bind('constants', ({ document }) => each(document.constants, (each, i) => tensorOf(each, `constants[${i}]`))),
      E.chain(({ document, constants }) => {
        const programs: Program[] = []
        const all = each(document.programs, (each, i) =>
          pipe(
            programOf(each, { constants, programs }, named, `programs[${i}]`),
            E.map((program) => programs.push(program))
          )
        )
        return pipe(
          all,
          E.chain(() => at(programs, programs.length - 1, 'programs', 'programs'))
        )
      })
    )
  // Data may be nested too deeply for the stack.
  return pipe(
    E.tryCatch(read, (error): JsonErrors => [{ path: '', rule: `expected a program, got ${reasonOf(error)}` }]),
    E.flatten
  )
}

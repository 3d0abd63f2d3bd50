// The law of expressions: an elementwise primitive computes what its expression says, bit for bit, in every layout.
import * as fc from 'fast-check'
import { draw } from 'pullback/Arbitrary'
import * as Debug from 'pullback/Debug'
import * as DType from 'pullback/DType'
import { type Primitive, bindOne, contiguous } from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
import { read } from '../../src/primitive/traced.js'
import { expected } from './interpret.js'
import { type LayoutName, layouts, placesOf } from './places.js'
import { exported } from './primitives.js'

type Numbers = readonly number[]
type Types = readonly DType.DType[]

// -----------------------------------------------------------------------------
// what a primitive accepts
// -----------------------------------------------------------------------------

type Front = (...operands: readonly T.Tensor[]) => T.Tensor

const isFront = (value: unknown): value is Front & { readonly primitive: unknown } =>
  typeof value === 'function' && 'primitive' in value

/** The functions that users call, by their primitives. */
const fronts: ReadonlyMap<unknown, Front> = new Map(
  exported.flatMap(([, value]) => (isFront(value) ? [[value.primitive, value]] : []))
)

const floats: Types = ['float32', 'float64']

/** The types of primitives that no such function carries. */
const acceptedBy: Readonly<Record<string, Types>> = {
  cast: DType.all,
  truncate: DType.all,
  clamp: [...floats, 'int32']
}

/** Parameters beside those that samples draw. */
const further: Readonly<Record<string, readonly object[]>> = {
  cast: [{ dtype: 'float32' }],
  truncate: [{ dtype: 'int32' }, { dtype: 'bool' }],
  clamp: [{ min: -2, max: 3 }],
  leakyRelu: [{ slope: 1e300 }, { slope: -0.1 }],
  elu: [{ alpha: 1.6732632423543772 }]
}

/** Operands of one type; the first one of `where` is a mask. */
const typesOf = ({ name }: Primitive, arity: number, dtype: DType.DType): Types =>
  Array.from({ length: arity }, (_, i) => (name === 'where' && i === 0 ? 'bool' : dtype))

const samplesOf = (
  primitive: Primitive
): readonly { readonly operands: readonly T.Tensor[]; readonly params: object }[] =>
  fc.sample(draw({ maxElements: 8 }), { numRuns: 12, seed: 1 }).flatMap((from) => primitive.sample?.(from) ?? [])

const arityOf = (primitive: Primitive): number => samplesOf(primitive)[0]?.operands.length ?? 0

const paramsOf = (primitive: Primitive): readonly object[] => {
  const all = [...samplesOf(primitive).map(({ params }) => params), ...(further[primitive.name] ?? [])]
  return [...new Map(all.map((params) => [JSON.stringify(params), params])).values()]
}

/** The element types in which a primitive computes: operands of other types are cast before it. */
export const accepts = (primitive: Primitive): Types => {
  const front = fronts.get(primitive)
  if (front === undefined) return acceptedBy[primitive.name] ?? floats
  return DType.all.filter((dtype) => {
    const operands = typesOf(primitive, arityOf(primitive), dtype).map((type) => T.zeros([2], type))
    return Debug.trace(front)(...operands).equations.length === 1
  })
}

// -----------------------------------------------------------------------------
// the law
// -----------------------------------------------------------------------------

/** Operands that hold rows of numbers, in some layout: many rows at once, or one row after the other. */
interface Trial {
  readonly how: string
  readonly rows: readonly Numbers[]
  readonly operands: readonly (readonly T.Tensor[])[]
}

const columnOf = (rows: readonly Numbers[], i: number): Numbers => rows.map((row) => row[i]!)

const together = (how: string, types: Types, rows: readonly Numbers[], of: (operand: number) => LayoutName): Trial => ({
  how,
  rows,
  operands: [types.map((type, i) => layouts[of(i)](type, columnOf(rows, i)))]
})

const trialsOf = (types: Types): readonly Trial[] => {
  const places = placesOf(types)
  const spread = (count: number): readonly Numbers[] =>
    places.filter((_, i) => i % Math.ceil(places.length / count) === 0)
  // a few numbers, each of them everywhere in one operand
  const repeated = types.flatMap((_, fixed) =>
    spread(20).map((place) => {
      const rows = spread(200).map((row) => row.map((value, i) => (i === fixed ? place[i]! : value)))
      return together(`operand ${fixed} uniform`, types, rows, (i) => (i === fixed ? 'uniform' : 'contiguous'))
    })
  )
  const few = spread(1000)
  return [
    together('contiguous', types, places, () => 'contiguous'),
    together('strided', types, places, () => 'strided'),
    together('mixed', types, places, (i) => (i === 0 ? 'contiguous' : 'strided')),
    ...repeated,
    { how: 'scalars', rows: few, operands: few.map((row) => row.map((value, i) => layouts.scalar(types[i]!, [value]))) }
  ]
}

const valuesOf = (tensor: T.Tensor): Numbers => {
  const { data, offset } = contiguous(read('values', tensor))
  return Array.from({ length: T.size(tensor) }, (_, i) => data[offset + i]!)
}

/** The first place at which a primitive and its expression differ, in words. */
export const difference = (primitive: Primitive, dtypes: Types = accepts(primitive)): string | undefined => {
  const front = fronts.get(primitive)
  for (const dtype of dtypes) {
    const types = typesOf(primitive, arityOf(primitive), dtype)
    const trials = trialsOf(types)
    for (const params of paramsOf(primitive)) {
      const [result] = primitive.infer(
        types.map((type) => ({ shape: [], dtype: type })),
        params
      )
      const wantedOf = new Map<readonly Numbers[], Numbers>()
      const wantedAt = (rows: readonly Numbers[]): Numbers => {
        const wanted = wantedOf.get(rows) ?? rows.map((row) => expected(primitive, row, dtype, params, result!))
        wantedOf.set(rows, wanted)
        return wanted
      }
      const compare = ({ how, rows, operands }: Trial, evaluate: Front): string | undefined => {
        const values = operands.flatMap((each) => valuesOf(evaluate(...each)))
        const wanted = wantedAt(rows)
        const at = wanted.findIndex((value, i) => !Object.is(value, values[i]))
        if (at < 0 && values.length === rows.length) return undefined
        const call = `${primitive.name}(${rows[at]?.join(', ')}), ${dtype}, ${how}, ${JSON.stringify(params)}`
        return `${call}: ${values[at]}, and ${wanted[at]} by its expression`
      }
      for (const trial of trials) {
        // scalars are answered before the kernel
        const scalars = trial.how === 'scalars'
        const found =
          compare(trial, (...operands) => bindOne(primitive, operands, params)) ??
          (front && scalars && Object.keys(params).length === 0 ? compare(trial, front) : undefined)
        if (found !== undefined) return found
      }
    }
  }
  return undefined
}

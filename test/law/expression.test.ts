// The law of expressions: for every elementwise primitive they give what the kernel gives, bit for bit.
import * as fc from 'fast-check'
import * as Activation from 'pullback/Activation'
import { draw } from 'pullback/Arbitrary'
import * as Debug from 'pullback/Debug'
import * as DType from 'pullback/DType'
import {
  type Expression,
  type Primitive,
  type Scalars,
  add,
  bindOne,
  call,
  greater,
  mul,
  select,
  x,
  y
} from 'pullback/Primitive'
import { contiguous, less, none, parameter, sub } from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
import { describe, expect, it } from 'vitest'
import { read } from '../../src/primitive/traced.js'
import { clampPrimitive } from '../../src/tensor/extremum.js'
import { expected } from './interpret.js'
import { layouts, placesOf } from './places.js'
import { exported, primitives } from './primitives.js'

const elementwise = primitives.filter(({ primitive }) => primitive.kind === 'elementwise')

/** The functions that users call, by their primitives. */
const fronts = new Map<unknown, (...operands: readonly T.Tensor[]) => T.Tensor>()
for (const [, value] of exported) {
  if (typeof value === 'function' && 'primitive' in value) {
    fronts.set(value.primitive, (...operands) => Reflect.apply(value, undefined, operands))
  }
}

const floats: readonly DType.DType[] = ['float32', 'float64']

/** The types that primitives without such a function accept. */
const acceptedBy: Readonly<Record<string, readonly DType.DType[]>> = {
  cast: DType.all,
  truncate: DType.all,
  clamp: [...floats, 'int32'],
  polygamma: floats,
  powerLog: floats
}

/** Operands of one type; the first one of `where` is a mask. */
const typesOf = ({ name }: Primitive, arity: number, dtype: DType.DType): readonly DType.DType[] =>
  Array.from({ length: arity }, (_, i) => (name === 'where' && i === 0 ? 'bool' : dtype))

/** The element types in which it computes: other ones are cast before it. */
const accepts = (primitive: Primitive, arity: number): readonly DType.DType[] => {
  const front = fronts.get(primitive)
  if (front === undefined) return acceptedBy[primitive.name] ?? []
  return DType.all.filter((dtype) => {
    const operands = typesOf(primitive, arity, dtype).map((type) => T.zeros([2], type))
    return Debug.trace(front)(...operands).equations.length === 1
  })
}

interface Case {
  readonly arity: number
  readonly params: readonly object[]
}

/** Parameters beside those that samples draw. */
const further: Readonly<Record<string, readonly object[]>> = {
  cast: [{ dtype: 'float32' }],
  truncate: [{ dtype: 'int32' }, { dtype: 'bool' }],
  clamp: [{ min: -2, max: 3 }],
  leakyRelu: [{ slope: 1e300 }, { slope: -0.1 }],
  elu: [{ alpha: 1.6732632423543772 }]
}

const caseOf = (primitive: Primitive): Case => {
  const samples = fc.sample(draw({ maxElements: 8 }), { numRuns: 12, seed: 1 }).flatMap((from) => {
    const sample = primitive.sample?.(from)
    return sample === undefined ? [] : [sample]
  })
  const all = [...samples.map(({ params }) => params), ...(further[primitive.name] ?? [])]
  const params = [...new Map(all.map((each) => [JSON.stringify(each), each])).values()]
  return { arity: samples[0]!.operands.length, params }
}

const valuesOf = (tensor: T.Tensor): readonly number[] => {
  const { data, offset } = contiguous(read('values', tensor))
  return Array.from({ length: T.size(tensor) }, (_, i) => data[offset + i]!)
}

/** The first place at which a primitive and its expression differ, in words. */
const difference = (
  primitive: Primitive,
  { arity, params }: Case,
  dtypes: readonly DType.DType[]
): string | undefined => {
  for (const dtype of dtypes) {
    const types = typesOf(primitive, arity, dtype)
    const places = placesOf(types).map((row) => row.map((value, i) => DType.round(types[i]!, value)))
    const columns = types.map((_, i) => places.map((row) => row[i]!))
    for (const own of params) {
      const check = (
        layout: string,
        rows: readonly (readonly number[])[],
        evaluate: () => readonly number[]
      ): string | undefined => {
        const values = evaluate()
        const result = primitive.infer(
          types.map((type) => ({ shape: [], dtype: type })),
          own
        )[0]!
        for (const [i, row] of rows.entries()) {
          const wanted = expected(primitive, row, dtype, own, result)
          if (Object.is(values[i], wanted)) continue
          return `${primitive.name}(${row.join(', ')}) of ${dtype}, ${layout}, ${JSON.stringify(own)}: ${values[i]}, by its expression ${wanted}`
        }
        return undefined
      }
      const run = (operands: readonly T.Tensor[]): readonly number[] => valuesOf(bindOne(primitive, operands, own))
      const each = (kind: (i: number) => keyof typeof layouts): readonly T.Tensor[] =>
        types.map((type, i) => layouts[kind(i)](type, columns[i]!))
      const found =
        check('contiguous', places, () => run(each(() => 'contiguous'))) ??
        check('strided', places, () => run(each(() => 'strided'))) ??
        check('mixed', places, () => run(each((i) => (i === 0 ? 'contiguous' : 'strided'))))
      if (found !== undefined) return found
      for (let fixed = 0; fixed < arity; fixed++) {
        // few values, each everywhere in one operand, beside all values of the others
        for (let start = 0; start < places.length; start += Math.ceil(places.length / 40)) {
          const value = places[start]![fixed]!
          const rows = places.slice(0, 600).map((row) => row.map((other, i) => (i === fixed ? value : other)))
          const operands = types.map((type, i) =>
            layouts[i === fixed ? 'uniform' : 'contiguous'](
              type,
              rows.map((row) => row[i]!)
            )
          )
          const uniform = check('uniform', rows, () => run(operands))
          if (uniform !== undefined) return uniform
        }
      }
      const few = places.filter((_, i) => arity === 1 || i % 7 === 0)
      const scalars = (row: readonly number[]): readonly T.Tensor[] =>
        row.map((value, i) => layouts.scalar(types[i]!, [value]))
      const front = own === none || Object.keys(own).length === 0 ? fronts.get(primitive) : undefined
      const one =
        check('scalar', few, () => few.flatMap((row) => run(scalars(row)))) ??
        (front && check('called', few, () => few.flatMap((row) => valuesOf(front(...scalars(row))))))
      if (one !== undefined) return one
    }
  }
  return undefined
}

describe('every elementwise primitive', () => {
  it('has an expression', () => {
    expect(elementwise.length).toBeGreaterThan(70)
    expect(elementwise.filter(({ primitive }) => primitive.scalar === undefined)).toEqual([])
  })

  it.each(elementwise.map(({ primitive }) => [primitive.name, primitive] as const))(
    '%s computes what its expression says, bit for bit',
    (_, primitive) => {
      const own = caseOf(primitive)
      const dtypes = accepts(primitive, own.arity)
      expect(dtypes).toEqual(expect.arrayContaining([...floats]))
      expect(difference(primitive, own, dtypes)).toBeUndefined()
    }
  )
})

import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { trace } from 'pullback/Debug'
import { grad } from 'pullback/Grad'
import { DTypeError, LeakedTracerError } from 'pullback/Primitive'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { expectLawful, expectSame, normal } from '../linalg/matrices.js'
import { type Refusal, indicesOf, sizes, thrownBy, whole } from './naive.js'

const tensors = sizes(0, 3).chain((shape) => whole(shape))

describe('unique', () => {
  test('is the sorted set, with positions and counts', () => {
    fc.assert(
      fc.property(tensors, (x) => {
        const elements = Array.from(T.toArray(x))
        const expected = [...new Set(elements)].sort((a, b) => a - b)
        const { values, inverse, counts } = T.unique(x, { inverse: true, counts: true })
        expect(Array.from(T.toArray(values))).toEqual(expected)
        expectSame(T.unique(x), values)
        expectSame(T.gather(values, inverse), x)
        expect(Array.from(T.toArray(counts))).toEqual(
          expected.map((value) => elements.filter((each) => each === value).length)
        )
      })
    )
  })

  test('has one NaN, last, one zero, and the type of its operand', () => {
    expectSame(T.unique(T.of([NaN, 1, NaN, -Infinity])), T.of([-Infinity, 1, NaN]))
    expect(T.toArray(T.unique(T.of([-0, 0])))).toEqual(new Float32Array([-0]))
    expectSame(T.unique(T.of([true, false, true])), T.of([false, true]))
    expectSame(T.unique(T.scalar(3, 'int32')), T.of([3], 'int32'))
    expect(T.unique(T.zeros([0])).shape).toEqual([0])
  })

  test('says in its type what it gives', () => {
    const x = T.of([[1, 2]])
    expectTypeOf(pipe(x, T.unique)).toEqualTypeOf<T.Tensor<[number]>>()
    expectTypeOf(T.unique(x, { inverse: true }).inverse).toEqualTypeOf<T.Tensor<[1, 2]>>()
    expectTypeOf(pipe(x, T.unique({ counts: true })).counts).toEqualTypeOf<T.Tensor<[number]>>()
    expect(Object.keys(T.unique(x, { inverse: true }))).toEqual(['values', 'inverse'])
  })
})

describe('nonzero', () => {
  test('is the indices of the elements that are not 0, axis by axis', () => {
    fc.assert(
      fc.property(
        sizes(1, 3).chain((shape) => whole(shape)),
        (x) => {
          const elements = Array.from(T.toArray(x))
          const found = indicesOf(x.shape).filter((_, i) => elements[i] !== 0)
          const expected = x.shape.map((_, axis) => found.map((index) => index[axis]!))
          expect(T.nonzero(x).map((each) => Array.from(T.toArray(each)))).toEqual(expected)
        }
      )
    )
  })

  test('counts NaN, and takes masks', () => {
    expectSame(T.nonzero(T.of([NaN, 0, -0]))[0], T.of([0], 'int32'))
    expectSame(T.nonzero(T.of([false, true]))[0], T.of([1], 'int32'))
  })
})

describe('booleanMask', () => {
  test('takes the elements where the mask is true', () => {
    fc.assert(
      fc.property(tensors, (x) => {
        const expected = Array.from(T.toArray(x)).filter((value) => value > 0)
        expect(Array.from(T.toArray(T.booleanMask(x, T.greater(x, 0))))).toEqual(expected)
      })
    )
  })

  test('takes slices along leading axes', () => {
    const x = normal(1, [2, 3, 4])
    const mask = T.of([
      [true, false, true],
      [false, false, true]
    ])
    expectTypeOf(T.booleanMask(T.zeros([2, 3, 4]), mask)).toEqualTypeOf<T.Tensor<[number, 4]>>()
    expectSame(pipe(x, T.booleanMask(mask)), T.gather(T.reshape(x, [6, 4]), [0, 2, 5]))
    expect(T.booleanMask(x, T.of([false, false])).shape).toEqual([0, 3, 4])
  })

  test('obeys the laws of derivatives, and maps over the operand', () => {
    const mask = T.of([true, false, true])
    expectLawful((x) => T.booleanMask(x, mask), normal(1, [3, 2]))
    const xs = normal(2, [4, 3])
    expectSame(vmap((x: T.Tensor) => T.booleanMask(x, mask))(xs), T.gather(xs, [0, 2], { axis: 1 }))
  })
})

const inVmap =
  'a value inside vmap decides the size of the result; examples differ in it, choose by T.where, Control.cond or Control.whileLoop'
const inGrad =
  'a value inside grad decides the size of the result; read T.stopGradient(x) instead, or return it as aux with gradWithAux'
const matrix = T.zeros([2, 2])

const refusals: readonly Refusal[] = [
  [`unique: ${inVmap}`, LeakedTracerError, () => vmap((x: T.Tensor) => T.unique(x))(matrix)],
  [`nonzero: ${inVmap}`, LeakedTracerError, () => vmap((x: T.Tensor<[2]>) => T.nonzero(x)[0])(matrix)],
  [`booleanMask: ${inVmap}`, LeakedTracerError, () => vmap((x: T.Tensor) => T.booleanMask(x, T.less(x, 1)))(matrix)],
  [`unique: ${inGrad}`, LeakedTracerError, () => grad((x: T.Tensor) => T.sum(T.unique(x)))(matrix)],
  [
    'unique: a value inside trace decides the size of the result; a staged function knows shapes only, choose by T.where, Control.cond or Control.whileLoop',
    LeakedTracerError,
    () => trace((x: T.Tensor<[2, 2]>) => T.unique(x))(matrix)
  ],
  ['nonzero: the operand is a scalar; expected one axis or more', ShapeError, () => T.nonzero(T.scalar(1))],
  ['booleanMask: the mask is float32; expected bool', DTypeError, () => T.booleanMask(matrix, matrix)],
  [
    'booleanMask: the mask has shape [3]; for shape [2, 2], expected that shape or its leading sizes',
    ShapeError,
    () => T.booleanMask(matrix, T.of([true, false, true]))
  ]
]

test.each(refusals)('%s', (message, kind, call) => {
  const error = thrownBy(call)
  expect(error).toBeInstanceOf(kind)
  expect(error).toHaveProperty('message', message)
})

test('what is constant under grad has a size', () => {
  const f = (x: T.Tensor<[3]>): T.Tensor<[]> => T.sum(T.booleanMask(x, T.greater(T.stopGradient(x), 0)))
  expectSame(grad(f)(T.of([1, -1, 2])), T.of([1, 0, 1]))
})

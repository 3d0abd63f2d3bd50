import { describe, expect, it } from 'vitest'
import * as Random from '../../src/Random.js'
import * as T from '../../src/Tensor.js'

/** A function as plain JavaScript sees it: without its types. */
const untyped = (f: unknown): ((...args: readonly unknown[]) => unknown) =>
  f as (...args: readonly unknown[]) => unknown

const m = T.of([
  [1, 2, 3],
  [4, 5, 6]
])
const key = Random.key(0)
const noTensor = 'a tensor is required, make one with T.of or T.scalar'
const noDType = 'dtype float16; float32, float64, int32 or bool is required'

/** What is called, with what, and the sentence that refuses it. */
type Row = readonly [f: unknown, args: readonly unknown[], sentence: string]

const refuses = (rows: readonly Row[]): void => {
  it.each(rows.map(([f, args, sentence]) => ({ f, args, sentence })))('$sentence', ({ f, args, sentence }) => {
    const attempt = (): unknown => {
      try {
        return untyped(f)(...args)
      } catch (error) {
        return error instanceof Error ? error.message : error
      }
    }
    expect(attempt()).toBe(sentence)
  })
}

describe('options that are no object', () => {
  const axis = 'an object such as { axis: 0 } is required'
  refuses([
    [T.sum, [m, 0], `sum: options 0; ${axis}`],
    [T.sum, [m, null], `sum: options null; ${axis}`],
    [T.sum, [m, '0'], `sum: options '0'; ${axis}`],
    [T.mean, [m, -1], `mean: options -1; ${axis}`],
    [T.mean, [m, [0]], `mean: options [0]; ${axis}`],
    [T.argmax, [m, 0], `argmax: options 0; ${axis}`],
    [T.softmax, [m, 0], `softmax: options 0; ${axis}`],
    [T.squeeze, [m, 0], `squeeze: options 0; ${axis}`],
    [T.flip, [m, 3], `flip: options 3; ${axis}`],
    [T.cumsum, [m, 0], `cumsum: options 0; ${axis}`],
    [T.sort, [m, 0], `sort: options 0; ${axis}`],
    [T.topK, [m, 1, 0], `topK: options 0; ${axis}`],
    [T.concat, [[m, m], 1], `concat: options 1; ${axis}`],
    [T.gather, [m, 0, 1], `gather: options 1; ${axis}`],
    [T.flatten, [m, 1], 'flatten: options 1; an object such as { startAxis: 0 } is required'],
    [T.triu, [m, 1], 'triu: options 1; an object such as { offset: 0 } is required'],
    [
      T.searchSorted,
      [T.of([1, 2]), 1, 'left'],
      "searchSorted: options 'left'; an object such as { side: 'right' } is required"
    ],
    [Random.uniform, [key, [3], 1], 'uniform: options 1; an object such as { low: 0 } is required'],
    [Random.choice, [key, 4, [2]], 'choice: options [2]; an object such as { shape: [3] } is required'],
    [T.slice, [m, 5], 'slice: ranges 5; an array such as [[0, 2]] is required']
  ])
})

describe('a first argument that is no tensor', () => {
  refuses([
    [T.sum, [[1, 2]], `sum: an array; ${noTensor}`],
    [T.sum, [undefined], `sum: a value of type undefined; ${noTensor}`],
    [T.sum, [new Float32Array(2)], `sum: a value of type object; ${noTensor}`],
    [T.softmax, [3], `softmax: the number 3; ${noTensor}`],
    [T.reshape, [[1, 2], [2]], `reshape: an array; ${noTensor}`],
    [T.reshape, ['2'], `reshape: a value of type string; ${noTensor}`],
    [untyped(T.sum)({ axis: 0 }), [[1, 2]], `sum: an array; ${noTensor}`],
    [untyped(T.reshape)([2]), [[1, 2]], `reshape: an array; ${noTensor}`],
    [T.concat, [m, m], 'concat: a tensor; an array of tensors is required'],
    [T.stack, [undefined], 'stack: undefined; an array of tensors is required'],
    [T.zerosLike, [[1]], `zerosLike: an array; ${noTensor}`],
    [Random.normal, [42, [3]], 'normal: the key is 42; expected one from Random.key or Random.split'],
    [Random.uniform, [undefined], 'uniform: the key is undefined; expected one from Random.key or Random.split'],
    [Random.bits, [[1, 2], [3]], 'bits: the key is [1, 2]; expected one from Random.key or Random.split']
  ])

  it('lets options and parameters come first', () => {
    expect(untyped(T.sum({ axis: 0 }))(m)).toEqual(T.of([5, 7, 9]))
    expect(untyped(T.sum(Object.create(null)))(m)).toEqual(T.scalar(21))
    expect(T.concat({ axis: 1 })([m, m]).shape).toEqual([2, 6])
    expect(T.reshape([3, 2])(m).shape).toEqual([3, 2])
    expect(Random.normal([3])(key)).toEqual(Random.normal(key, [3]))
  })
})

describe('an unknown element type', () => {
  const d = 'float16'
  refuses([
    [T.of, [[1], d], `of: ${noDType}`],
    [T.fromNested, [[1], d], `fromNested: ${noDType}`],
    [T.fromTypedArray, [new Float32Array(1), [1], d], `fromTypedArray: ${noDType}`],
    [T.zeros, [[2], d], `zeros: ${noDType}`],
    [T.ones, [[2], d], `ones: ${noDType}`],
    [T.full, [[2], 1, d], `full: ${noDType}`],
    [T.scalar, [1, d], `scalar: ${noDType}`],
    [T.arange, [3, d], `arange: ${noDType}`],
    [T.arange, [0, 3, 1, d], `arange: ${noDType}`],
    [T.linspace, [0, 1, 3, d], `linspace: ${noDType}`],
    [T.eye, [2, d], `eye: ${noDType}`],
    [T.oneHot, [[0], 2, d], `oneHot: ${noDType}`],
    [T.cast, [m, d], `cast: ${noDType}`],
    [Random.normal, [key, [2], d], "normal: dtype is 'float16'; expected 'float32' or 'float64'"],
    [Random.uniform, [key, [2], { dtype: d }], "uniform: dtype is 'float16'; expected 'float32' or 'float64'"]
  ])
})

describe('what the engine would have refused', () => {
  const nothing = `a value of type undefined; ${noTensor}`
  refuses([
    [T.zeros, [3], 'zeros: shape 3; an array of sizes such as [3] is required'],
    [T.zeros, [], 'zeros: shape undefined; an array of sizes such as [3] is required'],
    [T.full, ['2', 1], "full: shape '2'; an array of sizes such as [3] is required"],
    [T.reshape, [m, 6], 'reshape: shape 6; an array of sizes such as [6] is required'],
    [T.broadcastTo, [m, 3], 'broadcastTo: shape 3; an array of sizes such as [3] is required'],
    [T.ensure, [m, 6], 'ensure: shape 6; an array of sizes such as [6] is required'],
    [Random.normal, [key, 3], 'normal: shape 3; an array of sizes such as [3] is required'],
    [T.permute, [m, 1], 'permute: order 1; an array of axes such as [1, 0] is required'],
    [T.transpose, [m, 1], 'transpose: order 1; an array of axes such as [1, 0] is required'],
    [T.sum, [m, { axis: '0' }], "sum: axis '0' of shape [2, 3]; an integer from -2 to 1 is required"],
    [T.sum, [m, { axis: null }], 'sum: axis null of shape [2, 3]; an integer from -2 to 1 is required'],
    [T.expandDims, [m], 'expandDims: axis undefined; an integer or an array of integers is required'],
    [T.expandDims, [m, {}], 'expandDims: axis undefined; an integer or an array of integers is required'],
    [T.expandDims, [m, { axes: 0 }], 'expandDims: option axes; the options are axis'],
    [T.roll, [m, 'a'], "roll: shift 'a'; an integer or an array of integers is required"],
    [T.tile, [m], 'tile: repetitions undefined; an integer or an array of integers is required'],
    [T.pad, [m], 'pad: widths undefined; an integer or an array such as [[1, 1]] is required'],
    [T.split, [m], 'split: parts undefined; an integer or an array of sizes is required'],
    [T.add, [m, undefined], `add: ${nothing}`],
    [T.add, [undefined, m], `add: ${nothing}`],
    [T.add, [1, undefined], `add: ${nothing}`],
    [T.add, [T.scalar(1), null], `add: a value of type object; ${noTensor}`],
    [T.add, [[1], [2]], `add: an array; ${noTensor}`],
    [T.add, [m, [1]], `add: an array; ${noTensor}`],
    [T.add, [1, [1]], `add: an array; ${noTensor}`],
    [T.exp, [undefined], `exp: ${nothing}`],
    [T.exp, [null], `exp: a value of type object; ${noTensor}`],
    [T.matmul, [m, 2], `matmul: the number 2; ${noTensor}`],
    [T.matmul, [m, [[1]]], `matmul: an array; ${noTensor}`],
    [T.dot, [m, undefined], `dot: ${nothing}`],
    [T.outer, [2, m], `outer: the number 2; ${noTensor}`],
    [T.concat, [[m, [1]]], `concat: an array as operand 1; ${noTensor}`],
    [T.stack, [[m, 1]], `stack: the number 1 as operand 1; ${noTensor}`],
    [T.einsum, [m], "einsum: formula a tensor; a string such as 'ij,jk->ik' is required"],
    [T.einsum, ['ij->i', [[1]]], `einsum: an array as operand 0; ${noTensor}`],
    [T.gather, [[1, 2], [0]], `gather: an array; ${noTensor}`],
    [T.gather, [m], "gather: indices are float32; int32 is required, cast them with T.cast(indices, 'int32')"],
    [T.takeAlongAxis, [m, [0]], `takeAlongAxis: an array; ${noTensor}`],
    [T.where, [undefined, m, m], `where: ${nothing}`],
    [T.where, [T.greater(m, 2), undefined, m], `where: ${nothing}`],
    [T.where, [T.greater(m, 2), m, undefined], `where: ${nothing}`]
  ])
})

describe('text for a number', () => {
  refuses([
    [T.scalar, ['3'], "scalar: value '3'; a number or a boolean is required"],
    [T.scalar, [undefined], 'scalar: value undefined; a number or a boolean is required'],
    [T.full, [[2], '3'], "full: value '3'; a number or a boolean is required"]
  ])
})

import { describe, expect, it } from 'vitest'
import * as Dataset from '../../src/Dataset.js'
import * as Debug from '../../src/Debug.js'
import { grad } from '../../src/Grad.js'
import * as Loss from '../../src/Loss.js'
import * as Random from '../../src/Random.js'
import * as T from '../../src/Tensor.js'
import * as Tree from '../../src/Tree.js'
import { vmap } from '../../src/Vmap.js'

/** A function as plain JavaScript sees it: without its types. */
const untyped = (f: unknown): ((...args: readonly unknown[]) => unknown) =>
  f as (...args: readonly unknown[]) => unknown

const m = T.of([
  [1, 2, 3],
  [4, 5, 6]
])
const key = Random.key(0)
const noTensor = 'expected a tensor, make one with T.of or T.scalar'
const noDType = "dtype is 'float16'; expected float32, float64, int32 or bool"

/** A function, its arguments, and the sentence that refuses them. */
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

describe('options that are not an object', () => {
  const axis = 'expected an object with axis'
  const inMap = (name: string): string => `in an array's map write (x) => ${name}(x)`
  refuses([
    [T.sum, [m, 0], `sum: options are 0; ${axis} or keepDims; ${inMap('sum')}`],
    [T.sum, [m, null], `sum: options are null; ${axis} or keepDims`],
    [T.sum, [m, '0'], `sum: options are '0'; ${axis} or keepDims`],
    [T.mean, [m, -1], `mean: options are -1; ${axis} or keepDims; ${inMap('mean')}`],
    [T.mean, [m, [0]], `mean: options are [0]; ${axis} or keepDims`],
    [T.argmax, [m, 0], `argmax: options are 0; ${axis} or keepDims; ${inMap('argmax')}`],
    [T.softmax, [m, 0], `softmax: options are 0; ${axis}; ${inMap('softmax')}`],
    [T.squeeze, [m, 0], `squeeze: options are 0; ${axis}; ${inMap('squeeze')}`],
    [T.flip, [m, 3], `flip: options are 3; ${axis}; ${inMap('flip')}`],
    [T.cumsum, [m, 0], `cumsum: options are 0; ${axis}, exclusive or reverse; ${inMap('cumsum')}`],
    [T.sort, [m, 0], `sort: options are 0; ${axis} or descending; ${inMap('sort')}`],
    [T.topK, [m, 1, 0], `topK: options are 0; ${axis}; ${inMap('topK')}`],
    [T.concat, [[m, m], 1], `concat: options are 1; ${axis}; ${inMap('concat')}`],
    [T.gather, [m, 0, 1], `gather: options are 1; ${axis}; ${inMap('gather')}`],
    [
      T.flatten,
      [m, 1],
      "flatten: options are 1; expected an object with startAxis or endAxis; in an array's map write (x) => flatten(x)"
    ],
    [T.triu, [m, 1], "triu: options are 1; expected an object with offset; in an array's map write (x) => triu(x)"],
    [T.searchSorted, [T.of([1, 2]), 1, 'left'], "searchSorted: options are 'left'; expected an object with side"],
    [
      Random.uniform,
      [key, [3], 1],
      "uniform: options are 1; expected an object with low, high or dtype; in an array's map write (x) => uniform(x)"
    ],
    [Random.choice, [key, 4, [2]], 'choice: options are [2]; expected an object with shape, replace or p'],
    [T.slice, [m, 5], 'slice: ranges is 5; expected an array such as [[0, 2]]']
  ])
})

describe('a first argument that is not a tensor', () => {
  refuses([
    [T.sum, [[1, 2]], `sum: the operand is [1, 2]; ${noTensor}`],
    [T.sum, [undefined], `sum: the operand is undefined; ${noTensor}`],
    [T.sum, [new Float32Array(2)], `sum: the operand is an object of class Float32Array; ${noTensor}`],
    [T.softmax, [3], `softmax: the operand is 3; ${noTensor}`],
    [T.reshape, [[1, 2], [2]], `reshape: the operand is [1, 2]; ${noTensor}`],
    [T.reshape, ['2'], `reshape: the operand is '2'; ${noTensor}`],
    [untyped(T.sum)({ axis: 0 }), [[1, 2]], `sum: the operand is [1, 2]; ${noTensor}`],
    [untyped(T.reshape)([2]), [[1, 2]], `reshape: the operand is [1, 2]; ${noTensor}`],
    [T.concat, [m, m], 'concat: the operand is a tensor of shape [2, 3]; expected an array of tensors'],
    [T.stack, [undefined], 'stack: the operand is undefined; expected an array of tensors'],
    [T.zerosLike, [[1]], `zerosLike: the operand is [1]; ${noTensor}`],
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

describe('an unknown dtype', () => {
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

describe('arguments that would fail in the engine', () => {
  const nothing = `the operand is undefined; ${noTensor}`
  refuses([
    [T.zeros, [3], 'zeros: shape is 3; expected an array of sizes such as [3]'],
    [T.zeros, [], 'zeros: shape is undefined; expected an array of sizes such as [3]'],
    [T.full, ['2', 1], "full: shape is '2'; expected an array of sizes such as [3]"],
    [T.reshape, [m, 6], 'reshape: shape is 6; expected an array of sizes such as [6]'],
    [T.broadcastTo, [m, 3], 'broadcastTo: shape is 3; expected an array of sizes such as [3]'],
    [T.ensure, [m, 6], 'ensure: shape is 6; expected an array of sizes such as [6]'],
    [Random.normal, [key, 3], 'normal: shape is 3; expected an array of sizes such as [3]'],
    [T.permute, [m, 1], 'permute: order is 1; expected an array of axes such as [1, 0]'],
    [T.transpose, [m, 1], 'transpose: order is 1; expected an array of axes such as [1, 0]'],
    [T.sum, [m, { axis: '0' }], "sum: axis is '0'; for shape [2, 3], expected an integer from -2 to 1"],
    [T.sum, [m, { axis: null }], 'sum: axis is null; for shape [2, 3], expected an integer from -2 to 1'],
    [T.expandDims, [m], 'expandDims: axis is undefined; expected an integer or an array of integers'],
    [T.expandDims, [m, {}], 'expandDims: axis is undefined; expected an integer or an array of integers'],
    [T.expandDims, [m, { axes: 0 }], 'expandDims: unknown option axes; expected axis'],
    [T.roll, [m, 'a'], "roll: shift is 'a'; expected an integer or an array of integers"],
    [T.tile, [m], 'tile: times is undefined; expected an integer or an array of integers'],
    [T.pad, [m], 'pad: widths is undefined; expected an integer or an array such as [[1, 1]]'],
    [T.split, [m], 'split: parts is undefined; expected an integer or an array of sizes'],
    [T.add, [m, undefined], `add: ${nothing}`],
    [T.add, [undefined, m], `add: ${nothing}`],
    [T.add, [1, undefined], `add: ${nothing}`],
    [T.add, [T.scalar(1), null], `add: the operand is null; ${noTensor}`],
    [T.add, [[1], [2]], `add: the operand is [1]; ${noTensor}`],
    [T.add, [m, [1]], `add: the operand is [1]; ${noTensor}`],
    [T.add, [1, [1]], `add: the operand is [1]; ${noTensor}`],
    [T.exp, [undefined], `exp: ${nothing}`],
    [T.exp, [null], `exp: the operand is null; ${noTensor}`],
    [T.matmul, [m, 2], `matmul: the operand is 2; ${noTensor}`],
    [T.matmul, [m, [[1]]], `matmul: the operand is [[1]]; ${noTensor}`],
    [T.dot, [m, undefined], `dot: ${nothing}`],
    [T.outer, [2, m], `outer: the operand is 2; ${noTensor}`],
    [T.concat, [[m, [1]]], `concat: operand 1 is [1]; ${noTensor}`],
    [T.stack, [[m, 1]], `stack: operand 1 is 1; ${noTensor}`],
    [T.einsum, [m], "einsum: formula is a tensor of shape [2, 3]; expected a string such as 'ij,jk->ik'"],
    [T.einsum, ['ij->i', [[1]]], `einsum: operand 0 is [[1]]; ${noTensor}`],
    [T.gather, [[1, 2], [0]], `gather: the operand is [1, 2]; ${noTensor}`],
    [T.gather, [m], "gather: indices are float32; expected int32, cast them with T.cast(indices, 'int32')"],
    [T.takeAlongAxis, [m, [0]], `takeAlongAxis: the operand is [0]; ${noTensor}`],
    [T.where, [undefined, m, m], `where: ${nothing}`],
    [T.where, [T.greater(m, 2), undefined, m], `where: ${nothing}`],
    [T.where, [T.greater(m, 2), m, undefined], `where: ${nothing}`]
  ])
})

describe('text for a number', () => {
  refuses([
    [T.scalar, ['3'], "scalar: the value is '3'; expected a number or a boolean"],
    [T.scalar, [undefined], 'scalar: the value is undefined; expected a number or a boolean'],
    [T.full, [[2], '3'], "full: the value is '3'; expected a number or a boolean"]
  ])
})

describe('a copy of a tensor', () => {
  const x = T.of([1, 2])
  const lists = { vector: T.of([1, 2]), scalar: T.scalar(1) }
  const copies = (name: 'vector' | 'scalar'): readonly never[] =>
    [structuredClone(lists[name]), JSON.parse(JSON.stringify(lists[name]))].map((copy) => copy as never)

  it.each(['vector', 'scalar'] as const)('of a %s is refused by each operation that takes it', (name) => {
    for (const copy of copies(name)) {
      const calls: readonly (() => unknown)[] = [
        () => T.add(x, copy),
        () => T.add(copy, x),
        () => T.add(copy, 1),
        () => T.add(T.scalar(1), copy),
        () => T.mul(copy)(x),
        () => T.less(2, copy),
        () => T.exp(copy),
        () => T.ravel(copy),
        () => T.stopGradient(copy),
        () => T.searchSorted(x, copy),
        () => T.gather(x, copy),
        () => T.set(x, copy, 1),
        () => T.set(x, [0], copy),
        () => T.scatterAdd(copy, x),
        () => Loss.crossEntropy(copy),
        () => Tree.add(x, copy),
        () => grad((y: T.Tensor<[2]>) => T.sum(T.mul(y, copy)))(x),
        () => vmap((y: T.Tensor<[]>) => T.mul(y, copy))(x)
      ]
      for (const call of calls) expect(call).toThrow(/is a copy of a tensor of shape .*; restore it/)
    }
  })
})

describe('data that are still to come', () => {
  refuses([
    [Loss.crossEntropy, [{ reduce: 'sum' }], `crossEntropy: the operand is { reduce: 'sum' }; ${noTensor}`],
    [T.searchSorted, [{ side: 'left' }], `searchSorted: the operand is { side: 'left' }; ${noTensor}`]
  ])
})

describe('arguments of dual functions, before the tensor comes', () => {
  const copy: unknown = structuredClone(T.of([1, 2]))
  const copied =
    'the operand is a copy of a tensor of shape [2]; expected a tensor; restore it with T.fromTypedArray or T.fromJSON, as structuredClone and postMessage lose its class'
  refuses([
    [
      T.set,
      [T.of([1, 2]), 0],
      'set: the value is missing behind a tensor of float32; expected T.set(x, index, value), or int32 indices and a value'
    ],
    [T.oneHot, [copy], `oneHot: ${copied}`],
    [T.oneHot, [T.of([1], 'int32')], 'oneHot: depth is undefined; expected an integer of 0 or more'],
    [T.oneHot, [1.5], 'oneHot: depth is 1.5; expected an integer of 0 or more'],
    [T.oneHot, [{}], `oneHot: the operand is {}; ${noTensor}`],
    [T.polygamma, [copy], `polygamma: ${copied}`],
    [T.polygamma, [{}], 'polygamma: order is {}; expected an integer from 0 to 170'],
    [T.polygamma, [1, {}], `polygamma: the operand is 1; ${noTensor}`],
    [T.eye, [{}], 'eye: shape is [{}, {}]; expected integers of 0 or more'],
    [T.expandDims, [{ axs: 1 }], 'expandDims: unknown option axs; expected axis'],
    [T.expandDims, [m, { axs: 1 }], 'expandDims: unknown option axs; expected axis'],
    [T.expandDims, [copy], `expandDims: ${copied}`],
    [T.expandDims, ['0'], `expandDims: the operand is '0'; ${noTensor}`],
    [T.cast, [copy], `cast: ${copied}`],
    [T.cast, ['float16'], `cast: ${noDType}`],
    [T.ensure, [copy], `ensure: ${copied}`],
    [T.ensure, [3], 'ensure: shape is 3; expected an array of sizes such as [3]'],
    [T.pixelShuffle, [{}], 'pixelShuffle: factor is {}; expected an integer of 1 or more'],
    [T.pixelUnshuffle, [copy], `pixelUnshuffle: ${copied}`],
    [Dataset.size, [{}], 'Dataset.size: the dataset is {}; expected features and labels; make one with Dataset.make'],
    [Debug.show, [null], 'show: the operand is null; expected a program; make one with Debug.trace'],
    [Debug.show, [{}], 'show: the operand is {}; expected a program; make one with Debug.trace']
  ])
})

// Operations whose own cases are large or old, and versions of operations that have none.
import { describe, expect, test } from 'vitest'
import * as Debug from 'pullback/Debug'
import { grad } from 'pullback/Grad'
import { jit } from 'pullback/Jit'
import * as T from 'pullback/Tensor'
import type { AttributeValue, ElementType, ValueInfoProto } from '../../src/onnx/model.js'
import { constant, graph, model, node, operation, value } from './build.js'
import { distance, imported } from './fixtures.js'

const ints = (...value: readonly number[]): AttributeValue => ({ type: 'ints', value })
const int = (value: number): AttributeValue => ({ type: 'int', value })
const float = (value: number): AttributeValue => ({ type: 'float', value })
const text = (value: string): AttributeValue => ({ type: 'string', value })

const portOf = (x: T.Tensor, i: number): ValueInfoProto => {
  const type: ElementType = x.dtype === 'int32' ? 'int64' : x.dtype
  return value(`x${i}`, x.shape, type)
}

/** Tensors as text: shape, type and elements, whatever their layout is. */
const shown = (...xs: readonly T.Tensor[]): readonly string[] => xs.map(String)

/** The outputs of one operation. */
const run = (
  opType: string,
  inputs: readonly T.Tensor[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  version = 17,
  outputs = 1
): readonly T.Tensor[] => {
  const found = imported(operation(opType, inputs.map(portOf), attributes, version, outputs))
  return found.apply(found.params)(...inputs)
}

const places = (...values: readonly number[]): T.Tensor => T.fromTypedArray(Int32Array.from(values), [values.length])

describe('operations', () => {
  const x = T.of([[[1, -2, 3, 0.5]], [[4, 5, -6, 0]]])

  test('Erf and Mish', () => {
    expect(shown(...run('Erf', [x]))).toEqual(shown(T.erf(x)))
    const y = run('Mish', [T.of([1, -1])], {}, 18)[0]!
    expect(distance(y, T.of([0.86509842, -0.30340144]))).toBeLessThan(1e-6)
  })

  test('Not', () => {
    expect(shown(...run('Not', [T.of([true, false])]))).toEqual(shown(T.of([false, true])))
  })

  test('Slice', () => {
    expect(shown(...run('Slice', [x, places(-1, 0), places(-9, 9), places(2, 0), places(-2, 1)]))).toEqual(
      shown(T.of([[[0.5, -2]], [[0, 5]]]))
    )
    expect(shown(...run('Slice', [x], { starts: ints(1), ends: ints(2 ** 60), axes: ints(2) }, 9))).toEqual(
      shown(T.of([[[-2, 3, 0.5]], [[5, -6, 0]]]))
    )
    expect(run('Slice', [x, places(3), places(1), places(2)])[0]!.shape).toEqual([2, 1, 0])
  })

  test('TopK takes the first of equal elements from either end, NaN last, without sorting the others', () => {
    const y = T.of([2, 5, NaN, 2, 5, -1])
    const pair = { largest: int(0) }
    expect(shown(...run('TopK', [y, places(3)], {}, 11, 2))).toEqual(shown(T.of([5, 5, 2]), places(1, 4, 0)))
    expect(shown(...run('TopK', [y, places(3)], pair, 11, 2))).toEqual(shown(T.of([-1, 2, 2]), places(5, 0, 3)))
    expect(shown(...run('TopK', [y, places(6)], pair, 11, 2))).toEqual(
      shown(T.of([-1, 2, 2, 5, 5, NaN]), places(5, 0, 3, 1, 4, 2))
    )
    const whole = T.reshape(places(3, -(2 ** 31), 2 ** 31 - 1), [3, 1])
    expect(shown(...run('TopK', [whole, places(1)], { axis: int(0), ...pair }, 11, 2))).toEqual(
      shown(T.reshape(places(-(2 ** 31)), [1, 1]), T.reshape(places(1), [1, 1]))
    )
    const { apply } = imported(operation('TopK', [portOf(y, 0)], { k: int(2) }, 9, 2))
    const { equations } = Debug.trace(apply({}))(y)
    expect(equations.map(({ primitive, results }) => [primitive.name, results[0]?.shape])).toEqual([
      ['argsort', [2]],
      ['takeAlongAxis', [2]]
    ])
    expect(() => run('TopK', [y, places(7)], {}, 11, 2)).toThrow('k is 7 along an axis of 6; expected at most as many')
    expect(() => run('TopK', [y, places(-1)], {}, 11, 2)).toThrow(
      'k is -1 along an axis of 6; expected at most as many'
    )
  })

  test('LayerNormalization gives the bits of layerNorm, and its moments from one computation', () => {
    const rows = T.sin(T.reshape(T.arange(24), [2, 3, 4]))
    const [scale, shift] = [T.of([1, 2, 3, 4]), T.of([0.5, 0, -1, 2])]
    const wanted = [
      T.layerNorm(rows, { scale, shift }),
      T.mean(rows, { axis: 2, keepDims: true }),
      T.rsqrt(T.add(T.variance(rows, { axis: 2, keepDims: true }), 1e-5))
    ]
    expect(shown(...run('LayerNormalization', [rows, scale, shift], {}, 17, 3))).toEqual(shown(...wanted))
    const [wide, two] = [T.sin(T.arange(12)), { axis: [1, 2], epsilon: 0.5 }]
    const tables = T.layerNorm(rows, { ...two, scale: T.reshape(wide, [3, 4]), shift: T.zeros([3, 4]) })
    const options = { axis: int(-2), epsilon: float(0.5) }
    const found = run('LayerNormalization', [rows, T.reshape(wide, [3, 4])], options, 17, 3)
    expect(distance(found[0]!, tables)).toBeLessThan(1e-6)
    expect(found.slice(1).map(({ shape }) => shape)).toEqual([[2, 1, 1], [2, 1, 1]]) // prettier-ignore
    const { apply } = imported(operation('LayerNormalization', [rows, scale, shift].map(portOf), {}, 17, 3))
    const names = Debug.trace(apply({}))(rows, scale, shift).equations.map(({ primitive }) => primitive.name)
    expect(names.filter((name) => name === 'mean' || name === 'variance')).toEqual(['mean', 'variance'])
  })

  test('GlobalLpPool and LRN', () => {
    expect(shown(...run('GlobalLpPool', [T.of([[[3, -4]]])]))).toEqual(shown(T.of([[[5]]])))
    const channels = T.of([[[1], [2], [3], [4]]])
    const at = (...sums: readonly number[]): T.Tensor =>
      T.div(channels, T.reshape(T.of(sums.map((sum) => 1 + sum / 2)), [1, 4, 1]))
    const attributes = { alpha: float(1), beta: float(1), bias: float(1), size: int(2) }
    expect(distance(run('LRN', [channels], attributes)[0]!, at(1 + 4, 4 + 9, 9 + 16, 16))).toBeLessThan(1e-6)
  })
})

describe('versions', () => {
  const x = T.of([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]) // prettier-ignore

  test('Softmax was over all axes from one on', () => {
    expect(shown(...run('Softmax', [x], {}, 11))).toEqual(shown(T.softmax(x, { axis: [1, 2] })))
    expect(shown(...run('Softmax', [x], {}, 13))).toEqual(shown(T.softmax(x)))
    expect(shown(...run('LogSoftmax', [x], { axis: int(2) }, 11))).toEqual(shown(T.logSoftmax(x)))
  })

  test('axes were attributes', () => {
    expect(shown(...run('ReduceSum', [x], { axes: ints(-1), keepdims: int(0) }, 11))).toEqual(
      shown(T.sum(x, { axis: 2 }))
    )
    expect(shown(...run('ReduceSum', [x, places(1)], {}, 13))).toEqual(shown(T.sum(x, { axis: 1, keepDims: true })))
    expect(shown(...run('ReduceSum', [x], { noop_with_empty_axes: int(1) }, 13))).toEqual(shown(x))
    expect(run('Unsqueeze', [x], { axes: ints(0, 4) }, 11)[0]!.shape).toEqual([1, 2, 2, 2, 1])
    expect(run('Squeeze', [T.ones([1, 2, 1])], { axes: ints(-1) }, 11)[0]!.shape).toEqual([1, 2])
    expect(shown(...run('Split', [T.arange(5)], { split: ints(2, 3) }, 11, 2))).toEqual(
      shown(T.of([0, 1]), T.of([2, 3, 4]))
    )
    expect(shown(...run('Split', [T.arange(5)], { num_outputs: int(2) }, 18, 2))).toEqual(
      shown(T.of([0, 1, 2]), T.of([3, 4]))
    )
  })

  test('bounds, numbers and widths were attributes', () => {
    expect(shown(...run('Clip', [x], { min: float(2), max: float(7) }, 6 + 1))).toEqual(
      shown(T.clamp(x, { min: 2, max: 7 }))
    )
    expect(shown(...run('Clip', [x, T.scalar(2), T.scalar(7)], {}, 13))).toEqual(shown(T.clamp(x, { min: 2, max: 7 })))
    expect(shown(...run('TopK', [T.of([1, 3, 2])], { k: int(2) }, 9, 2))).toEqual(shown(T.of([3, 2]), places(1, 2)))
    expect(shown(...run('Pad', [T.of([1, 2])], { pads: ints(1, -1), value: float(9) }, 9))).toEqual(shown(T.of([9, 1])))
    expect(shown(...run('Dropout', [T.of([1, 2])], { ratio: float(0.3) }, 7, 2))).toEqual(
      shown(T.of([1, 2]), T.of([true, true]))
    )
    expect(shown(...run('Upsample', [T.of([[[1, 2]]])], { scales: { type: 'floats', value: [1, 1, 2] } }, 7))).toEqual(
      shown(T.of([[[1, 1, 2, 2]]]))
    )
  })

  test('GroupNormalization had a scale for each group', () => {
    const image = T.of([[[1, 2], [3, 5], [0, 1], [1, 4]]]) // prettier-ignore
    const [scale, shift] = [T.of([1, 2]), T.of([0, 1])]
    const wide = (v: T.Tensor): T.Tensor => T.repeat(v, 2)
    const old = run('GroupNormalization', [image, scale, shift], { num_groups: int(2) }, 18)
    expect(shown(...old)).toEqual(
      shown(...run('GroupNormalization', [image, wide(scale), wide(shift)], { num_groups: int(2) }, 21))
    )
  })

  test('integers are divided as in C, and narrow ones wrap around', () => {
    expect(shown(...run('Div', [places(7, -7, 7, 0), places(2, 2, -2, 5)]))).toEqual(shown(places(3, -3, -3, 0)))
    expect(shown(...run('Mod', [places(7, -7), places(3, 3)]))).toEqual(shown(places(1, 2)))
    expect(shown(...run('Mod', [places(7, -7), places(3, 3)], { fmod: int(1) }))).toEqual(shown(places(1, -1)))
    const bytes = imported(operation('Add', [value('x0', [2], 'uint8'), value('x1', [2], 'uint8')]))
    expect(shown(...bytes.apply({})(places(250, 1), places(10, 1)))).toEqual(shown(places(4, 2)))
  })

  test('unsigned integers are int32 of the same bits', () => {
    const cast = imported(operation('Cast', [value('x0', [2], 'uint32')], { to: int(1) }))
    expect(shown(...cast.apply({})(places(-1, 5)))).toEqual(shown(T.of([4294967296, 5])))
    const shift = imported(
      operation('BitShift', [value('x0', [2], 'uint32'), value('x1', [1], 'uint32')], { direction: text('RIGHT') })
    )
    expect(shown(...shift.apply({})(places(-1, 256), places(28)))).toEqual(shown(places(15, 0)))
  })
})

describe('control', () => {
  const state = { name: 'y', type: undefined }
  const w = constant('w', [2], [0.5, 2])
  const body = graph({
    input: [value('i', [], 'int64'), value('c', [], 'bool'), value('s', [2])],
    node: [node('Identity', ['c'], ['again']), node('Mul', ['s', 'w'], ['next']), node('Sin', ['next'], ['each'])],
    output: [{ name: 'again', type: undefined }, { name: 'next', type: undefined }, { name: 'each', type: undefined }] // prettier-ignore
  })
  const loop = model({
    input: [value('x', [2])],
    initializer: [w, constant('n', [], [3], 'int64')],
    node: [node('Loop', ['n', '', 'x'], ['y', 'all'], { body: { type: 'graph', value: body } })],
    output: [state, { name: 'all', type: undefined }]
  })

  test('a loop that counts, on values and as one operation, with its gradient', () => {
    const { apply, params } = imported(loop)
    const x = T.of([1, 1])
    const [last, all] = apply(params)(x)
    expect(shown(last)).toEqual(shown(T.of([0.125, 8])))
    expect(all!.shape).toEqual([3, 2])
    const run = (p: typeof params, each: T.Tensor): readonly T.Tensor[] => apply(p)(each)
    jit(run)(params, x).forEach((y, i) => expect(T.eqStrict.equals(y, [last, all!][i]!)).toBe(true))
    const loss = (p: typeof params): T.Tensor<[]> => T.sum(apply(p)(x)[0])
    expect(grad(loss)(params)).toEqual({ w: T.of([0.75, 12]) })
    expect(jit(grad(loss))(params)).toEqual({ w: T.of([0.75, 12]) })
  })

  const halving = graph({
    input: [value('i', [], 'int64'), value('c', [], 'bool'), value('s', [])],
    node: [node('Mul', ['s', 'half'], ['next']), node('Greater', ['next', 'one'], ['again'])],
    output: [{ name: 'again', type: undefined }, { name: 'next', type: undefined }] // prettier-ignore
  })
  const until = model({
    input: [value('x', [])],
    initializer: [constant('half', [], [0.5]), constant('one', [], [1]), constant('most', [], [10], 'int64')],
    node: [node('Loop', ['most', '', 'x'], ['y'], { body: { type: 'graph', value: halving } })],
    output: [state]
  })

  test('a loop with a condition', () => {
    const { apply, params } = imported(until)
    const f = (x: T.Tensor<[]>): T.Tensor<[]> => apply(params)(x)[0] as T.Tensor<[]>
    expect(f(T.scalar(12))).toEqual(T.scalar(0.75))
    expect(jit(f)(T.scalar(12))).toEqual(T.scalar(0.75))
    expect(grad(f)(T.scalar(12))).toEqual(T.scalar(0.0625))
  })

  const branch = (opType: string) =>
    graph({ node: [node(opType, ['x'], ['t'])], output: [{ name: 't', type: undefined }] })
  const choice = model({
    input: [value('x', [])],
    initializer: [constant('zero', [], [0])],
    node: [
      node('Greater', ['x', 'zero'], ['c']),
      node('If', ['c'], ['y'], {
        then_branch: { type: 'graph', value: branch('Sqrt') },
        else_branch: { type: 'graph', value: branch('Neg') }
      })
    ],
    output: [state]
  })

  test('a choice, of which one branch runs', () => {
    const { apply, params } = imported(choice)
    const f = (x: T.Tensor<[]>): T.Tensor<[]> => apply(params)(x)[0] as T.Tensor<[]>
    expect([f(T.scalar(4)), f(T.scalar(-4))]).toEqual([T.scalar(2), T.scalar(4)])
    expect([jit(f)(T.scalar(4)), jit(f)(T.scalar(-4))]).toEqual([T.scalar(2), T.scalar(4)])
    expect([grad(f)(T.scalar(4)), jit(grad(f))(T.scalar(-4))]).toEqual([T.scalar(0.25), T.scalar(-1)])
  })
})

test('a shape that depends on values is refused by the name of the node', () => {
  const file = model({
    input: [value('x', [4]), value('shape', [2], 'int64')],
    node: [node('Reshape', ['x', 'shape'], ['y'], {}, 'as matrix')],
    output: [{ name: 'y', type: undefined }]
  })
  const { apply } = imported(file)
  expect(shown(...apply({})(T.arange(4), places(2, 2)))).toEqual(shown(T.of([[0, 1], [2, 3]]))) // prettier-ignore
  const traced = Debug.trace((shape: T.Tensor) => apply({})(T.arange(4), shape)[0])
  expect(() => traced(places(2, 2))).toThrow("node 'as matrix' (Reshape): the shape is computed from values")
})

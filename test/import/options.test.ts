// What an imported model says of itself, and what options choose.
import { expect, test } from 'vitest'
import type * as Import from 'pullback/Import'
import * as Debug from 'pullback/Debug'
import * as T from 'pullback/Tensor'
import { constant, model, node, value } from './build.js'
import { imported } from './fixtures.js'

const layers = model({
  input: [value('x', ['batch', 2])],
  initializer: [
    constant('l1.w', [2, 2], [1, 2, 3, 4]),
    constant('l1.b', [2], [1, 1]),
    constant('scale', [], [2]),
    constant('count', [1], [3], 'int64')
  ],
  node: [
    node('MatMul', ['x', 'l1.w'], ['a'], {}, '/l1/product'),
    node('Add', ['a', 'l1.b'], ['b'], {}, '/l1/sum'),
    node('Mul', ['b', 'scale'], ['y'], {}, 'scaled')
  ],
  output: [value('y', ['batch', 2])]
})

test('inputs, outputs, parameters, constants and the producer', () => {
  const { inputs, outputs, params, constants, producer } = imported(layers)
  expect(inputs).toEqual([{ name: 'x', elementType: 'float32', dtype: 'float32', shape: ['batch', 2] }])
  expect(outputs).toEqual([{ name: 'y', elementType: 'float32', dtype: 'float32', shape: ['batch', 2] }])
  expect(String(JSON.stringify(params))).toBe(JSON.stringify({ l1: { w: T.of([[1, 2], [3, 4]]), b: T.of([1, 1]) } })) // prettier-ignore
  expect(constants).toEqual({ scale: T.scalar(2), count: T.of([3], 'int32') })
  expect(producer).toEqual({ name: 'tests', irVersion: 8, operatorSets: { '': 17 } })
})

test('scopes are the names of nodes', () => {
  const { apply, params } = imported(layers)
  const program = Debug.trace((x: T.Tensor) => apply(params)(x)[0])(T.zeros([1, 2]))
  expect(program.equations.map(({ scope }) => scope)).toContain('l1/product')
})

test('which initializers are parameters', () => {
  const { params, constants } = imported(layers, {
    isParameter: (name, shape) => name === 'scale' || shape.length === 2
  })
  expect(Object.keys(params)).toEqual(['l1', 'scale'])
  expect(Object.keys(constants)).toEqual(['l1.b', 'count'])
})

test('which values are inputs and outputs', () => {
  const head = imported(layers, { inputs: ['b'], outputs: ['y', 'b'] })
  expect(head.inputs).toEqual([{ name: 'b', elementType: undefined, dtype: undefined, shape: undefined }])
  expect(head.apply(head.params)(T.of([1, 2]))).toEqual([T.of([2, 4]), T.of([1, 2])])
  const weights = imported(layers, { inputs: ['x', 'l1.w'], outputs: ['a'] })
  expect(Object.keys(weights.params)).toEqual(['l1'])
  expect(weights.apply(weights.params)(T.of([[1, 1]]), T.eye(2))).toEqual([T.of([[1, 1]])])
})

test('names that cannot be paths stay whole', () => {
  const named = (...names: readonly string[]): Import.Params =>
    imported(
      model({
        initializer: names.map((name) => constant(name, [1], [1])),
        node: [node('Sum', names, ['y'])],
        output: [{ name: 'y', type: undefined }]
      })
    ).params
  expect(Object.keys(named('a', 'a.b'))).toEqual(['a', 'a.b'])
  expect(Object.keys(named('onnx::MatMul_1', 'a..b', 'c.d'))).toEqual(['onnx::MatMul_1', 'a..b', 'c'])
  expect(Object.keys(named('__proto__', 'x.__proto__.y'))).toEqual(['__proto__', 'x'])
  expect(({} as { readonly y?: unknown }).y).toBeUndefined()
})

test('an input may have an initializer, which is its value then', () => {
  const old = model({
    input: [value('x', [1]), value('w', [1])],
    initializer: [constant('w', [1], [5])],
    node: [node('Add', ['x', 'w'], ['y'])],
    output: [{ name: 'y', type: undefined }]
  })
  const { inputs, apply, params } = imported(old)
  expect(inputs.map(({ name }) => name)).toEqual(['x'])
  expect(apply(params)(T.of([1]))).toEqual([T.of([6])])
})

test('a model of halves computes in float32', () => {
  const halves = model({
    input: [value('x', [3], 'float16')],
    initializer: [
      { name: 'w', dims: [3], dataType: 10, raw: Uint8Array.of(0, 0x3c, 0, 0xc0, 0xff, 0x7b) },
      { name: 'v', dims: [3], dataType: 16, values: [0x3f80, 0xc000, 0x7f80] }
    ],
    node: [
      node('Mul', ['x', 'w'], ['a']),
      node('Cast', ['v'], ['b'], { to: { type: 'int', value: 10 } }),
      node('Add', ['a', 'b'], ['y'])
    ],
    output: [{ name: 'y', type: undefined }]
  })
  const { apply, params, inputs } = imported(halves)
  expect(inputs[0]).toMatchObject({ elementType: 'float16', dtype: 'float32' })
  expect(apply(params)(T.ones([3]))).toEqual([T.of([2, -4, Infinity])])
})

// What is written for WebGPU: no float64, no places of maxima, sine and cosine by arithmetic.
import * as E from 'fp-ts/lib/Either.js'
import { grad } from 'pullback/Grad'
import * as Debug from 'pullback/Debug'
import * as T from 'pullback/Tensor'
import { expect, test } from 'vitest'
import { toOnnx } from '../../src/engine/exporter.js'
import { decode } from '../../src/onnx/decode.js'
import { type ModelProto, elementCodes } from '../../src/onnx/model.js'

const modelOf = (f: (x: T.Tensor) => T.Tensor, x: T.Tensor, isGpu: boolean): ModelProto => {
  const bytes = toOnnx(Debug.trace(f)(x), isGpu)
  if (E.isLeft(bytes)) throw new Error(bytes.left.message)
  const model = decode(bytes.right)
  if (E.isLeft(model)) throw new Error(model.left)
  return model.right
}

const operations = (model: ModelProto): readonly string[] => model.graph.node.map(({ opType }) => opType)

/** The element types of casts and constants. */
const types = ({ graph }: ModelProto): ReadonlySet<unknown> =>
  new Set(
    [
      ...graph.initializer.map(({ dataType }) => dataType),
      ...graph.node.flatMap(({ attribute }) =>
        attribute.flatMap(({ name, ...rest }) => (name === 'to' ? [{ ...rest }] : []))
      )
    ].map((each) => (typeof each === 'object' && 'value' in each ? each.value : each))
  )

test('float64 between inputs and outputs is float32', () => {
  const f = (x: T.Tensor): T.Tensor => T.cast(T.mul(T.exp(T.cast(x, 'float64')), 0.1), 'float32')
  expect(types(modelOf(f, T.ones([3]), false))).toContain(elementCodes.float64)
  const narrow = types(modelOf(f, T.ones([3]), true))
  expect(narrow).toContain(elementCodes.float32)
  expect(narrow).not.toContain(elementCodes.float64)
})

test('inputs and outputs in float64 are refused, by path', () => {
  const refused = toOnnx(Debug.trace((x: T.Tensor) => ({ y: T.exp(x) }))(T.ones([3], 'float64')), true)
  const reason = 'it is float64, which WebGPU does not have; expected float32, cast it with T.cast'
  expect(refused).toMatchObject({
    left: {
      _tag: 'Unsupported',
      equations: [
        { name: 'args[0]', reason },
        { name: 'result.y', reason }
      ]
    }
  })
})

test('sine and cosine are arithmetic, and maxima are found by the program', () => {
  const circular = (x: T.Tensor): T.Tensor => T.add(T.sin(x), T.cos(x))
  expect(operations(modelOf(circular, T.ones([3]), false))).toEqual(expect.arrayContaining(['Sin', 'Cos']))
  const written = operations(modelOf(circular, T.ones([3]), true))
  expect(written.filter((each) => each === 'Sin' || each === 'Cos')).toEqual([])
  const pooled = grad((x: T.Tensor) => T.sum(T.square(T.maxPool2d(x as never, { window: 2 }))))
  expect(operations(modelOf(pooled, T.ones([1, 1, 4, 4]), false))).toContain('MaxPool')
  expect(operations(modelOf(pooled, T.ones([1, 1, 4, 4]), true))).not.toContain('MaxPool')
})

test('lengths of large tensors are chosen between two forms on processors only', () => {
  const length = (x: T.Tensor): T.Tensor => T.hypot(x, 2)
  const [large, small] = [T.ones([64, 64]), T.ones([63, 64])]
  const choice = modelOf(length, large, false).graph.node.filter(({ opType }) => opType === 'If')
  const branches = choice.flatMap(({ attribute }) =>
    attribute.map((each) => (each.type === 'graph' ? each.value.node.map(({ opType }) => opType) : []))
  )
  expect(branches[0]).toEqual(['Sqrt'])
  expect(branches[1]).toEqual(expect.arrayContaining(['Abs', 'Max', 'Min', 'Div', 'Where']))
  expect(branches).toHaveLength(2)
  expect(operations(modelOf(length, small, false))).not.toContain('If')
  expect(operations(modelOf(length, large, true))).not.toContain('If')
})

// Programs as WebGPU has them: float64 is refused at the ends of a program, and is float32 between them.
import * as Debug from 'pullback/Debug'
import * as T from 'pullback/Tensor'
import { expect, it } from 'vitest'
import { toOnnx } from '../../src/engine/exporter.js'
import { isLeft } from '../../src/internal/either.js'
import { decode } from '../../src/onnx/decode.js'
import { elementCodes } from '../../src/onnx/model.js'

it('a program for WebGPU has no float64 inside', () => {
  const f = (x: T.Tensor<[2]>): T.Tensor => T.cast(T.mul(T.cast(x, 'float64'), T.of([0.1, 3], 'float64')), 'float32')
  const bytes = toOnnx(Debug.trace(f)(T.zeros([2])), true)
  if (isLeft(bytes)) throw new Error(bytes.left.message)
  const model = decode(bytes.right)
  if (isLeft(model)) throw new Error(model.left)
  const { node, initializer } = model.right.graph
  const casts = node.flatMap(({ attribute }) => attribute.flatMap((each) => (each.type === 'int' ? [each.value] : [])))
  expect(casts.length).toBeGreaterThan(0)
  expect(new Set([...casts, ...initializer.map(({ dataType }) => dataType)])).toEqual(new Set([elementCodes.float32]))
})

it('an output of float64 is refused for WebGPU', () => {
  const refused = toOnnx(Debug.trace((x: T.Tensor<[2]>) => T.cast(x, 'float64'))(T.zeros([2])), true)
  expect(refused).toMatchObject({ left: { equations: [{ name: 'result' }] } })
})

// ONNX models of functions: the files that the engine has run, names, scopes, folded transposes, any batch size, refusals.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Either, isLeft } from 'fp-ts/lib/Either.js'
import * as Debug from 'pullback/Debug'
import * as Export from 'pullback/Export'
import { grad } from 'pullback/Grad'
import { fixedPoint } from 'pullback/Implicit'
import * as T from 'pullback/Tensor'
import { describe, expect, it } from 'vitest'
import { decode } from '../../src/onnx/decode.js'
import type { ModelProto } from '../../src/onnx/model.js'
import { models, step } from './onnxModels.js'
import { faultsOf } from './onnxVerify.js'

const rightOf = <A>(either: Either<unknown, A>): A => {
  if (isLeft(either)) throw new Error(JSON.stringify(either.left))
  return either.right
}

const modelOf = (made: Either<unknown, Uint8Array>): ModelProto => rightOf(decode(rightOf(made)))

const operators = ({ graph }: ModelProto): readonly string[] => graph.node.map(({ opType }) => opType)

describe('models', () => {
  for (const { name, f, args } of models) {
    it(`${name} is as the engine has run it`, () => {
      const path = fileURLToPath(new URL(`onnx/${name}.onnx`, import.meta.url))
      expect(decode(rightOf(Export.onnx(f)(...args)))).toEqual(decode(Uint8Array.from(readFileSync(path))))
    })

    it(`${name} defines its names before it reads them`, () => {
      expect(faultsOf(modelOf(Export.onnx(f)(...args)))).toEqual([])
    })
  }
})

describe('pooling', () => {
  const pooled = (n: number, options: object): ModelProto =>
    modelOf(Export.onnx((x: T.Tensor<[1, 1, number]>) => T.maxPool1d(x, options as never))(T.zeros([1, 1, n])))

  it("is the engine's where windows slide evenly, though no two have the same place inside", () => {
    expect(operators(pooled(2, { window: 2, stride: 2, padding: 1 }))).toContain('MaxPool')
  })

  it("is the engine's only where margins have fewer elements than a window", () => {
    expect(operators(pooled(6, { window: 4, stride: 2, padding: 2, dilation: 2 }))).toContain('MaxPool')
    expect(operators(pooled(6, { window: 4, stride: 4, padding: 3, dilation: 2, ceilMode: true }))).not.toContain(
      'MaxPool'
    )
  })

  it("of averages is the engine's only where windows have no gaps", () => {
    const averaged = (dilation: number): ModelProto =>
      modelOf(
        Export.onnx((x: T.Tensor<[1, 1, number]>) => T.avgPool1d(x, { window: 2, dilation } as never))(
          T.zeros([1, 1, 6])
        )
      )
    expect(operators(averaged(1))).toContain('AveragePool')
    expect(operators(averaged(2))).not.toContain('AveragePool')
  })
})

const layer = { w: T.zeros([3, 2]), b: T.zeros([2]) }
const labels = T.zeros([4], 'int32')

describe('a training step', () => {
  const model = modelOf(Export.onnx(step)(layer, T.zeros([4, 3]), labels))

  it('has inputs and outputs by path', () => {
    expect(model.graph.input.map(({ name }) => name)).toEqual(['args[0].w', 'args[0].b', 'args[1]', 'args[2]'])
    expect(model.graph.output.map(({ name }) => name)).toEqual([
      'result.loss',
      'result.gradient.w',
      'result.gradient.b'
    ])
  })

  it('has scopes as names of nodes', () => {
    expect(model.graph.node.some(({ name }) => name.startsWith('dense/relu#'))).toBe(true)
  })

  it('has products with their transposes and bias in one operator each', () => {
    expect(operators(model)).not.toContain('Transpose')
    expect(model.graph.node.flatMap(({ opType, input }) => (opType === 'Gemm' ? [input.length] : []))).toEqual([3, 2])
  })

  it('has every constant once', () => {
    const keys = model.graph.initializer.map(({ dims, dataType, raw = new Uint8Array() }) =>
      [dataType, dims.join(), raw.join()].join(' ')
    )
    expect(new Set(keys).size).toBe(keys.length)
  })
})

describe('any batch size', () => {
  it('is a symbol of the inputs and computed inside', () => {
    const model = modelOf(Export.onnx(step, { batch: [1, 2] })(layer, T.zeros([4, 3]), labels))
    const shapes = model.graph.input.map(({ type }) => (type?.kind === 'tensor' ? type.shape : undefined))
    expect(shapes).toEqual([[3, 2], [2], ['batch', 3], ['batch']])
    expect(operators(model)[0]).toBe('Shape')
    expect(faultsOf(model)).toEqual([])
  })

  it('is refused where an attribute depends on it', () => {
    const f = (x: T.Tensor<[number, 4, 4]>): T.Tensor => T.conv2d(T.reshape(x, [1, -1, 4, 4]), T.ones([1, 1, 2, 2]))
    const made = Export.onnx(f, { batch: [0] })(T.zeros([1, 4, 4]))
    expect(made).toMatchObject({ _tag: 'Left', left: { _tag: 'Unsupported', equations: [{ name: 'trace' }] } })
  })

  it('is refused where a constant is no expression of it', () => {
    const f = (x: T.Tensor<[number]>): T.Tensor => T.mul(x, Math.sqrt(x.shape[0]))
    const made = Export.onnx(f, { batch: [0] })(T.zeros([3]))
    expect(made).toMatchObject({
      left: {
        message:
          'onnx: 1 operation is not supported by ONNX\n' +
          '  mul: a constant depends on the batch size, and not as a multiple, a quotient or a count of it'
      }
    })
  })

  it('is refused where the operations follow it, in their order too, or a part of it is rounded', () => {
    const functions: readonly ((x: T.Tensor<[number]>) => T.Tensor)[] = [
      (x) => (x.shape[0] % 2 === 0 ? T.exp(x) : T.neg(x)),
      (x) => (x.shape[0] % 3 === 0 ? T.exp(x) : T.neg(x)),
      (x) => (x.shape[0] > 300 ? T.sub(T.exp(x), x) : T.sub(x, T.exp(x))),
      (x) => T.mul(x, Math.floor(x.shape[0] / 2)),
      (x) => T.mul(x, Math.ceil(x.shape[0] / 4))
    ]
    const tags = functions.map((f) => Export.onnx(f, { batch: [0] })(T.zeros([3]))._tag)
    expect(tags).toEqual(functions.map(() => 'Left'))
  })

  it('needs an axis for the batch', () => {
    expect(() => Export.onnx((x: T.Tensor<[]>) => T.exp(x), { batch: [0] })(T.scalar(1))).toThrow(
      'onnx: args[0] has shape []; expected the batch as its first axis'
    )
  })
})

/** Where the cosine is its own argument. */
const rest = (x: T.Tensor<[2]>): T.Tensor<[2]> => rightOf(fixedPoint((y: T.Tensor<[2]>) => T.cos(y))(x))

describe('refusals', () => {
  it('lists all that is not supported, by scope and name', () => {
    const f = (x: T.Tensor<[2]>): T.Tensor => Debug.scope('layer', () => Debug.tap('x')(rest(x)))
    const made = Export.onnx(f)(T.zeros([2]))
    expect(isLeft(made) && made.left.message).toBe(
      'onnx: 2 operations are not supported by ONNX\n' +
        '  implicit in layer: its solver chooses its steps in JavaScript; write the steps with Control.scan or Control.whileLoop\n' +
        '  tap in layer: it calls a function of JavaScript, which an engine cannot do; take it out'
    )
  })
})

describe('what is given', () => {
  it('is a program or a function', () => {
    // @ts-expect-error: bad input.
    expect(() => Export.onnx({ inputs: 3 })).toThrow(
      'onnx: the first argument is { inputs: 3 }; expected a program or a function'
    )
  })

  it('has a mask between two casts to int32, which the engine would make one that is not modulo 2^32', () => {
    const model = modelOf(Export.onnx((x: T.Tensor<[2]>) => T.cast(x, 'int32'))(T.zeros([2])))
    expect(operators(model)).toEqual(['Cast', 'BitwiseAnd', 'Cast'])
  })

  it('may be cut anywhere and is refused then', () => {
    const bytes = rightOf(Export.onnx((x: T.Tensor<[2]>) => T.add(x, T.of([1, 2])))(T.zeros([2])))
    const read = Array.from({ length: bytes.length }, (_, end) => decode(bytes.subarray(0, end)))
    expect(read.filter((each) => !isLeft(each) && each.right.graph.node.length !== 1)).toEqual([])
    expect(read.flatMap((each) => (isLeft(each) && !each.left.startsWith('model') ? [each.left] : []))).toEqual([])
  })

  it('has an output', () => {
    const made = Export.onnx(() => [])()
    expect(isLeft(made) && made.left.message).toBe(
      'onnx: 1 operation is not supported by ONNX\n' +
        '  trace: the program has no outputs; expected one or more, without which no engine loads a model'
    )
  })
})

describe('gradients', () => {
  it('of convolutions are convolutions', () => {
    const f = grad((x: T.Tensor<[1, 1, 4, 4]>) => T.sum(T.square(T.conv2d(x, T.ones([1, 1, 2, 2])))))
    expect(operators(modelOf(Export.onnx(f)(T.zeros([1, 1, 4, 4]))))).toContain('ConvTranspose')
  })
})

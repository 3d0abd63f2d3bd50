// Files that are wrong: everything is said by name, all at once, and nothing throws.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Import from 'pullback/Import'
import * as T from 'pullback/Tensor'
import { encode } from '../../src/onnx/encode.js'
import type { AttributeValue, GraphProto } from '../../src/onnx/model.js'
import { constant, graph, model, node, value } from './build.js'
import { bytesOf, models } from './fixtures.js'

const x = value('x', ['n', 2])
const y = { name: 'y', type: undefined }

const sentences = (parts: Partial<GraphProto>, version?: number, options?: Import.ImportOptions): readonly string[] => {
  const result = Import.onnx(model({ input: [x], output: [y], ...parts }, version), options)
  return result._tag === 'Right' ? [] : result.left.message.split('\n').map((line) => line.replace('Import.onnx: ', ''))
}

const text = (text: string): AttributeValue => ({ type: 'string', value: text })

describe('operations', () => {
  test('that are unknown are all listed, with their nodes, those of inner graphs too', () => {
    const inner = graph({ node: [node('Foo', ['x'], ['t'], {}, 'inside')], output: [{ name: 't', type: undefined }] })
    const nodes = [
      node('Foo', ['x'], ['a'], {}, 'first'),
      node('Foo', ['a'], ['b']),
      node('If', ['c'], ['d'], {
        then_branch: { type: 'graph', value: inner },
        else_branch: { type: 'graph', value: inner }
      }),
      { ...node('Bar', ['b', 'd'], ['y']), domain: 'com.example' }
    ]
    expect(sentences({ node: nodes, input: [x, value('c', [], 'bool')] })).toEqual([
      'operation Foo of version 17 is unknown; it is needed by first, b, inside and 1 more',
      'operation com.example.Bar of version 0 is unknown; it is needed by y'
    ])
  })

  test('that the model defines itself', () => {
    const call = { ...node('Block', ['x'], ['y'], {}, 'first'), domain: 'com.example' }
    const file = encode({
      irVersion: 8,
      opsetImport: [{ domain: '', version: 17 }],
      producerName: '',
      graph: graph({ input: [x], output: [y], node: [call] }),
      functions: []
    })
    // The encoder writes no functions: field 25, whose field 1 is the name.
    const own = Uint8Array.of(...file, 0xca, 0x01, 7, 10, 5, ...new TextEncoder().encode('Block'))
    const result = Import.onnx(own)
    expect(result._tag === 'Left' && result.left.message).toBe(
      "Import.onnx: node 'first' (Block) calls a function that the model defines itself; expected its operations in place, as onnx.inliner has them"
    )
  })

  test('that no output needs are not looked at', () => {
    expect(sentences({ node: [node('Foo', ['x'], ['a']), node('Relu', ['x'], ['y'])] })).toEqual([])
  })

  test('have as many inputs as they take', () => {
    expect(sentences({ node: [node('Add', ['x'], ['y'], {}, 'sum')] })).toEqual([
      "node 'sum' (Add) has 1 input; expected 2"
    ])
    expect(sentences({ node: [node('Where', ['x', '', 'x'], ['y'])] })).toEqual([
      "the Where that gives 'y' has 3 inputs, of which 1 is left out; expected 3"
    ])
  })

  test('have attributes that they know, of the right type', () => {
    const attributes = { alpha: { type: 'int', value: 1 }, beta: { type: 'float', value: 2 } } as const
    expect(sentences({ node: [node('LeakyRelu', ['x'], ['y'], attributes)] })).toEqual([
      "the LeakyRelu that gives 'y' has an attribute alpha of type int; expected float",
      "the LeakyRelu that gives 'y' has the attribute beta; expected those that LeakyRelu has in version 17"
    ])
    expect(sentences({ node: [node('Gelu', ['x'], ['y'], { approximate: text('erf') })] })).toEqual([
      "the Gelu that gives 'y' has approximate 'erf'; expected none or tanh"
    ])
  })

  test('on unsigned integers that int32 of the same bits would give another result for', () => {
    const input = [value('x', [2], 'uint32')]
    expect(sentences({ input, node: [node('Div', ['x', 'x'], ['y'])] })).toEqual([
      "the Div that gives 'y' has the input 0 of type uint32; expected another type, since here these are int32 of the same bits"
    ])
    expect(sentences({ input, node: [node('Add', ['x', 'x'], ['y'])] })).toEqual([])
  })
})

describe('graphs', () => {
  test('without cycles', () => {
    const nodes = [
      node('Relu', ['b'], ['a'], {}, 'one'),
      node('Relu', ['a'], ['b'], {}, 'two'),
      node('Add', ['b', 'x'], ['y'], {}, 'three')
    ]
    expect(sentences({ node: nodes })).toEqual([
      'the graph has a cycle, in which or behind which are one, two, three; expected none'
    ])
  })

  test('whose names are defined once', () => {
    expect(sentences({ node: [node('Relu', ['x'], ['y']), node('Tanh', ['x'], ['y'], {}, 'again')] })).toEqual([
      "value 'y' is defined twice, by the Relu that gives 'y' and by node 'again' (Tanh)"
    ])
    expect(sentences({ node: [node('Add', ['x', 'z'], ['y'])] })).toEqual([
      "value 'z' is read by the Add that gives 'y' and defined nowhere"
    ])
    expect(sentences({ initializer: [constant('y', [1], [1]), constant('y', [1], [1])] })).toEqual([
      "initializer 'y' is defined twice"
    ])
    expect(sentences({})).toEqual(["value 'y' is read by an output and defined nowhere"])
    expect(sentences({ output: [] })).toEqual(['the graph has no outputs; expected one or more'])
  })

  test('in another order than that of the file', () => {
    expect(sentences({ node: [node('Relu', ['a'], ['y']), node('Tanh', ['x'], ['a'])] })).toEqual([])
  })

  test('of a version that is read', () => {
    const nodes = [node('Relu', ['x'], ['y'])]
    const sentence = (version: number): string =>
      `the model uses version ${version} of the operator set of ONNX; expected 7 to 28`
    expect(sentences({ node: nodes }, 6)).toEqual([sentence(6)])
    expect(sentences({ node: nodes }, 29)).toEqual([sentence(29)])
  })

  test('with branches that fit', () => {
    const inner = graph({ node: [node('Relu', ['x'], ['t'])], output: [{ name: 't', type: undefined }] })
    const choice = node('If', ['c'], ['y'], { then_branch: { type: 'graph', value: inner } }, 'choice')
    expect(sentences({ input: [x, value('c', [], 'bool')], node: [choice] })).toEqual([
      "node 'choice' (If) has no graph else_branch; expected one",
      "node 'choice' (If) has branches with 1 and 0 outputs; expected as many"
    ])
  })
})

describe('values', () => {
  test('of types and shapes that there are', () => {
    const nodes = [node('Identity', ['x'], ['y'])]
    expect(sentences({ node: nodes, input: [value('x', [2, -1])] })).toEqual([
      "input 'x' has shape [2, -1]; expected sizes of 0 or more"
    ])
    expect(sentences({ node: nodes, input: [value('x', [2], 'string')] })).toEqual([
      "input 'x' has elements of type string; expected numbers or booleans"
    ])
    expect(sentences({ node: nodes, input: [{ name: 'x', type: { kind: 'other' } }] })).toEqual([
      "input 'x' is no tensor; expected a dense one"
    ])
    const odd = { ...constant('w', [1], [1]), dataType: 17 }
    expect(sentences({ node: [node('Add', ['x', 'w'], ['y'])], initializer: [odd] })).toEqual([
      "initializer 'w' has elements of type 17; expected numbers or booleans"
    ])
  })

  test('of 64 bits fit 32, but for the ends of slices', () => {
    const initializer = [constant('i', [1], [2 ** 40], 'int64'), constant('zero', [1], [0], 'int64')]
    expect(sentences({ node: [node('Gather', ['x', 'i'], ['y'])], initializer })).toEqual([
      "initializer 'i' has integers beyond those of 32 bits; expected values from -2147483648 to 2147483647"
    ])
    expect(sentences({ node: [node('Slice', ['x', 'zero', 'i'], ['y'])], initializer })).toEqual([])
  })

  test('that options name', () => {
    const nodes = [node('Relu', ['x'], ['a']), node('Add', ['a', 'x'], ['y'])]
    expect(sentences({ node: nodes }, 17, { inputs: ['z'] })).toEqual([
      "the chosen input 'z' is no value of the graph; expected one",
      "value 'x' is read by the Relu that gives 'a' and defined nowhere"
    ])
    expect(sentences({ node: nodes }, 17, { outputs: ['b'] })).toEqual([
      "value 'b' is read by an output and defined nowhere"
    ])
  })
})

describe('calls', () => {
  const call = (parts: Partial<GraphProto>, ...inputs: readonly T.Tensor[]): (() => unknown) => {
    const result = Import.onnx(model({ input: [x], output: [y], ...parts }))
    if (result._tag === 'Left') throw new Error(result.left.message)
    return () => result.right.apply(result.right.params)(...inputs)
  }
  const nodes = [node('Add', ['x', 'w'], ['y'], {}, 'layer/sum')]
  const initializer = [constant('w', [3], [1, 2, 3])]

  test('with inputs that fit', () => {
    const relu = { node: [node('Relu', ['x'], ['y'])] }
    expect(call(relu)).toThrow('Import.onnx: the model was given 0 inputs; expected 1: x')
    expect(call(relu, T.zeros([2]))).toThrow('Import.onnx: input x has shape [2]; expected [n, 2]')
    expect(call(relu, T.zeros([1, 2], 'int32'))).toThrow(
      'Import.onnx: input x is int32; expected float32, cast it with T.cast'
    )
    const two = { input: [x, value('z', ['n'])], node: [node('Identity', ['x'], ['y'])] }
    expect(call(two, T.zeros([3, 2]), T.zeros([4]))).toThrow('Import.onnx: input z has shape [4]; expected [n = 3]')
  })

  test('whose errors name the node', () => {
    expect(call({ node: nodes, initializer }, T.zeros([1, 2]))).toThrow(
      "Import.onnx: node 'layer/sum' (Add): add: [1, 2] and [3] do not broadcast"
    )
  })

  test('with parameters of the model', () => {
    const result = Import.onnx(model({ input: [value('x', [3])], output: [y], node: nodes, initializer }))
    if (result._tag === 'Left') throw new Error(result.left.message)
    const { apply } = result.right
    expect(() => apply({})(T.zeros([3]))).toThrow(
      'Import.onnx: params.w is missing; expected the parameters of the model, or a tree like them'
    )
  })

  test('of what is no file', () => {
    expect(() => Import.onnx('model.onnx' as never)).toThrow(
      "Import.onnx: the argument is 'model.onnx'; expected a Uint8Array"
    )
  })
})

describe('hostile files', () => {
  test('whose large number goes many ways', () => {
    const count = 40
    const doubling = Array.from({ length: count }, (_, i) =>
      node('Concat', [`c${i}`, `c${i}`], [`c${i + 1}`], { axis: { type: 'int', value: 0 } })
    )
    const parts = {
      initializer: [constant('c0', [1], [2 ** 40], 'int64')],
      output: [{ name: `c${count}`, type: undefined }]
    }
    expect(sentences({ node: doubling, ...parts })).toEqual([
      "initializer 'c0' has integers beyond those of 32 bits; expected values from -2147483648 to 2147483647"
    ])
  })

  test('with names of many parts', () => {
    const name = Array.from({ length: 50_000 }, () => 'a').join('.')
    const result = Import.onnx(
      model({
        input: [x],
        output: [y],
        initializer: [constant(name, [2], [1, 2])],
        node: [node('Add', ['x', name], ['y'])]
      })
    )
    expect(result._tag === 'Right' && Object.keys(result.right.params)).toEqual([name])
  })

  test('with graphs in graphs, to a depth', () => {
    const nested = (depth: number): GraphProto =>
      graph({
        node: [
          depth === 0
            ? node('Relu', ['x'], ['t'])
            : node('If', ['c'], ['t'], {
                then_branch: { type: 'graph', value: nested(depth - 1) },
                else_branch: {
                  type: 'graph',
                  value: graph({ node: [node('Relu', ['x'], ['t'])], output: [{ name: 't', type: undefined }] })
                }
              })
        ],
        output: [{ name: 't', type: undefined }]
      })
    const file = (depth: number): Import.ImportError | undefined => {
      const parts = nested(depth)
      const result = Import.onnx(model({ ...parts, input: [x, value('c', [], 'bool')] }))
      return result._tag === 'Left' ? result.left : undefined
    }
    expect(file(20)).toBeUndefined()
    expect(file(60)?.message).toContain('is nested deeper than 100 messages; expected a flatter model')
  })

  test('with many nodes and many faults', () => {
    const count = 20_000
    const chain = Array.from({ length: count }, (_, i) => node('Relu', [i === 0 ? 'x' : `v${i}`], [`v${i + 1}`]))
    expect(sentences({ node: chain, output: [{ name: `v${count}`, type: undefined }] })).toEqual([])
    const loose = Array.from({ length: 5_000 }, (_, i) => node('Add', [`v${i}`], [`v${i + 1}`], {}, `n${i}`))
    expect(sentences({ node: loose, output: [{ name: 'v5000', type: undefined }] })).toHaveLength(100)
  })
})

describe('bytes', () => {
  const sources = models().map((each) => bytesOf(each.model))

  test('that end too early are no model', () => {
    for (const source of sources.slice(0, 6)) {
      for (let end = 0; end < source.length; end += Math.ceil(source.length / 40)) {
        expect(Import.onnx(source.subarray(0, end))._tag).toBe('Left')
      }
    }
  })

  test('that have changed are a model or an error', () => {
    const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), byte: fc.nat(255) })
    fc.assert(
      fc.property(fc.constantFrom(...sources), fc.array(change, { minLength: 1, maxLength: 4 }), (source, changes) => {
        const bytes = Uint8Array.from(source)
        for (const { at, byte } of changes) bytes[Math.floor(at * bytes.length)] = byte
        const result = Import.onnx(bytes)
        expect(result._tag === 'Right' || result.left.message.startsWith('Import.onnx: ')).toBe(true)
      })
    )
  })
})

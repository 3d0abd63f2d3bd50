// ONNX messages to bytes and back, and bytes that are no model.
import * as E from 'fp-ts/lib/Either.js'
import { PbfWriter } from 'pbf'
import { describe, expect, it } from 'vitest'
import { decode } from '../../src/onnx/decode.js'
import { encode } from '../../src/onnx/encode.js'
import type { GraphProto, ModelProto } from '../../src/onnx/model.js'

const graph: GraphProto = {
  name: 'g',
  node: [
    {
      name: 'scope/add#0',
      opType: 'Gemm',
      domain: 'com.example',
      input: ['a', '', 'b'],
      output: ['c'],
      attribute: [
        { name: 'transA', type: 'int', value: -1 },
        { name: 'alpha', type: 'float', value: -1.5 },
        { name: 'mode', type: 'string', value: 'längst' },
        { name: 'pads', type: 'ints', value: [-1, 2, 2 ** 40] },
        { name: 'scales', type: 'floats', value: [0.5, Infinity] },
        { name: 'names', type: 'strings', value: ['x', ''] },
        { name: 'value', type: 'tensor', value: { name: 't', dims: [2], dataType: 7, values: [-3, 4] } },
        {
          name: 'body',
          type: 'graph',
          value: { name: 'inner', node: [], initializer: [], input: [], output: [{ name: 'c', type: undefined }] }
        }
      ]
    }
  ],
  initializer: [
    { name: 'raw', dims: [2, 1], dataType: 1, raw: Uint8Array.of(0, 0, 128, 63, 0, 0, 0, 64) },
    { name: 'doubles', dims: [], dataType: 11, values: [0.1] },
    { name: 'texts', dims: [1], dataType: 8, strings: ['word'] }
  ],
  input: [{ name: 'a', type: { kind: 'tensor', elementType: 1, shape: ['batch', 2, undefined] } }],
  output: [{ name: 'c', type: { kind: 'tensor', elementType: 1, shape: undefined } }]
}

const model: ModelProto = {
  irVersion: 9,
  opsetImport: [{ domain: '', version: 18 }],
  producerName: 'pullback',
  graph,
  functions: []
}

describe('bytes', () => {
  it('are read back as what was written', () => {
    expect(decode(encode(model))).toEqual(E.right(model))
  })

  it('that end too early are refused', () => {
    const bytes = encode(model)
    for (let end = 0; end < bytes.length - 8; end++) expect(decode(bytes.subarray(0, end))._tag).toBe('Left')
    expect(decode(bytes.subarray(0, 40))).toEqual(
      E.left('model.graph is truncated: it states 345 bytes, and 25 are left')
    )
  })

  it('of which any one is changed never throw', () => {
    const bytes = encode(model)
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0, 1, 127, 128, 255]) {
        const other = bytes.slice()
        other[at] = value
        expect(['Left', 'Right']).toContain(decode(other)._tag)
      }
    }
  })
})

const written = (write: (pbf: PbfWriter) => void): Uint8Array => {
  const pbf = new PbfWriter()
  write(pbf)
  return pbf.finish()
}

describe('hostile bytes', () => {
  it('with a field of another wire type are refused', () => {
    expect(decode(written((pbf) => pbf.writeStringField(1, 'nine')))).toEqual(
      E.left('model.ir_version has the wire type bytes; expected varint')
    )
  })

  it('without a graph are refused', () => {
    expect(decode(written((pbf) => pbf.writeVarintField(1, 9)))).toEqual(
      E.left('model has no graph; expected an ONNX model')
    )
  })

  it('nested without end are refused', () => {
    const nested = (depth: number): ((pbf: PbfWriter) => void) =>
      depth === 0
        ? () => undefined
        : (pbf) =>
            pbf.writeMessage(
              1,
              (_: number, node) =>
                node.writeMessage(
                  5,
                  (_: number, attribute) => attribute.writeMessage(6, (_: number, g) => nested(depth - 1)(g), 0),
                  0
                ),
              0
            )
    const bytes = written((pbf) => pbf.writeMessage(7, (_: number, g) => nested(60)(g), 0))
    const refused = decode(bytes)
    expect(E.isLeft(refused) && refused.left).toContain('is nested deeper than 100 messages')
  })

  it('with a tensor of other sizes than its data are refused', () => {
    const tensor = { name: 'w', dims: [2 ** 40, 2 ** 20], dataType: 1, raw: new Uint8Array(4) }
    expect(decode(encode({ ...model, graph: { ...graph, initializer: [tensor] } }))).toEqual(
      E.left(
        `model.graph.initializer[0] (w) has 1 elements; expected ${2 ** 60} for the sizes [${2 ** 40}, ${2 ** 20}]`
      )
    )
  })

  it('with a negative size are refused', () => {
    const tensor = { name: 'w', dims: [-1], dataType: 1, raw: new Uint8Array(4) }
    expect(decode(encode({ ...model, graph: { ...graph, initializer: [tensor] } }))).toEqual(
      E.left('model.graph.initializer[0] (w) has the sizes -1; expected sizes of 0 and above')
    )
  })
})

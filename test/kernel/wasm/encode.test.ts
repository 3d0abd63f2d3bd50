import { describe, expect, test } from 'vitest'
import { compile } from 'watr'
import { library } from '../../../src/kernel/library/module.js'
import { access, block, branchIf, get, i32, locals, op, set } from '../../../src/kernel/wasm/build.js'
import { encode } from '../../../src/kernel/wasm/encode.js'
import type { Func, Instruction, LaneOp, MemoryOp, Module, PlainOp } from '../../../src/kernel/wasm/model.js'
import { lane, memory, plain } from '../../../src/kernel/wasm/ops.js'
import { print } from '../../../src/kernel/wasm/text.js'

const func = (body: readonly Instruction[], more: Partial<Func> = {}): Func => ({
  name: 'f',
  exported: true,
  params: [],
  results: [],
  locals: [],
  body,
  ...more
})

const moduleOf = (functions: readonly Func[], more: Partial<Module> = {}): Module => ({
  memory: { pages: 1, maximum: undefined, shared: false },
  imports: [],
  functions,
  ...more
})

/** The bytes that the other encoder makes of the text. */
const fromText = (module: Module): string => Buffer.from(compile(print(module))).toString('hex')

const fromTree = (module: Module): string => Buffer.from(encode(module)).toString('hex')

/** Both encoders give the same bytes. */
const expectSame = (module: Module): void => expect(fromTree(module)).toBe(fromText(module))

/** Names of a table, as the type of its keys. */
const names = <Name extends string>(table: Readonly<Record<Name, unknown>>): readonly Name[] => {
  const isName = (name: string): name is Name => name in table
  return Object.keys(table).filter(isName)
}

describe('the table of operations', () => {
  // The encoders do not check types, so operands may be left out.
  test.each(names<PlainOp>(plain))('%s', (name) => expectSame(moduleOf([func([op(name)])])))

  test.each(names<MemoryOp>(memory))('%s', (name) =>
    expectSame(moduleOf([func([access(name, 0), access(name, 8), access(name, 300)])]))
  )

  test.each(names<LaneOp>(lane))('%s', (name) =>
    expectSame(moduleOf([func([{ _tag: 'Lane', op: name, lane: 1, operands: [] }])]))
  )
})

describe('constants', () => {
  const integers = [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, 2147483647, -2147483648]
  const floats = [0, -0, 1, -1.5, Math.PI, 1e-45, 5e-324, 1e21, 3.4028234663852886e38, Infinity, -Infinity, NaN]

  test('integers', () => {
    expectSame(moduleOf([func(integers.map(i32))]))
    const longs = [...integers.map(BigInt), 2n ** 63n - 1n, -(2n ** 63n)]
    expectSame(moduleOf([func(longs.map((value): Instruction => ({ _tag: 'Const64', value })))]))
  })

  test('floats', () => {
    for (const type of ['f32', 'f64'] as const) {
      expectSame(moduleOf([func(floats.map((value): Instruction => ({ _tag: 'Const', type, value })))]))
    }
  })

  test('vectors', () => {
    expectSame(
      moduleOf([
        func([
          { _tag: 'Vector', type: 'f32x4', values: [1, -0, Infinity, 1e-45] },
          { _tag: 'Vector', type: 'f64x2', values: [Math.PI, -Infinity] },
          { _tag: 'Vector', type: 'i32x4', values: [1, -1, 2147483647, -2147483648] },
          { _tag: 'Shuffle', bytes: [0, 31, 1, 30, 2, 29, 3, 28, 4, 27, 5, 26, 6, 25, 7, 24], operands: [] }
        ])
      ])
    )
  })
})

describe('structure', () => {
  test('blocks, branches, calls, imports and bulk operations', () => {
    const inner: Instruction = { _tag: 'Branch', op: 'br', label: 'outer', when: undefined }
    const body: readonly Instruction[] = [
      block('outer', block('inner', branchIf('inner', get('x')), branchIf('outer', i32(1)), inner)),
      { _tag: 'If', condition: get('x'), body: [set('y', get('x'))], otherwise: [] },
      { _tag: 'If', condition: get('x'), body: [], otherwise: [{ _tag: 'Call', name: 'sin', operands: [get('z')] }] },
      { _tag: 'Bulk', op: 'memory.copy', operands: [get('x'), get('y'), i32(3)] },
      { _tag: 'Bulk', op: 'memory.fill', operands: [get('x'), get('y'), i32(3)] }
    ]
    const params = locals('i32', ['x'])
    const inside = [...locals('i32', ['y']), ...locals('f64', ['z']), ...locals('v128', ['v', 'w'])]
    expectSame(
      moduleOf([func(body, { params, locals: inside }), func([], { name: 'g', exported: false, params })], {
        imports: [{ name: 'sin', params: ['f64'], results: ['f64'] }],
        memory: { pages: 3, maximum: 700, shared: true }
      })
    )
  })

  test('the library', () => expectSame(moduleOf(library.functions, library)))

  test('an unknown name is an error', () => {
    expect(() => encode(moduleOf([func([get('x')])]))).toThrow("wasm: there is no local 'x'")
    expect(() => encode(moduleOf([func([branchIf('out', i32(1))])]))).toThrow(
      "wasm: there is no label 'out' around this branch"
    )
    expect(() => encode(moduleOf([func([{ _tag: 'Call', name: 'g', operands: [] }])]))).toThrow(
      "wasm: there is no function 'g'"
    )
  })

  test('text is made for reading', () => {
    const double = func([op('i32.add', get('x'), get('x'))], { params: locals('i32', ['x']), results: ['i32'] })
    expect(print(moduleOf([double]))).toBe(
      [
        '(module',
        '  (import "env" "memory" (memory 1))',
        '  (func $f (export "f")',
        '    (param $x i32)',
        '    (result i32)',
        '    (i32.add (local.get $x) (local.get $x))',
        '  )',
        ')'
      ].join('\n')
    )
  })
})

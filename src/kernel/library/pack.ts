/** Copies in the module's memory: operands into panels, and padded results together. */
import { access, add, get, i32, increase, locals, loop, mul, op, set, sub, when } from '../wasm/build.js'
import type { Func, Instruction } from '../wasm/model.js'
import { type Kind, upTo, vectorBytes } from './kinds.js'

export const packName = (kind: Kind, width: number): string => `pack${width}_${kind.name}`

const shuffle = (bytes: readonly number[], a: string, b: string): Instruction => ({
  _tag: 'Shuffle',
  bytes,
  operands: [get(a), get(b)]
})

/** The bytes of the parts of `size` bytes that are numbered, of two vectors side by side. */
const parts = (size: number, numbers: readonly number[]): readonly number[] =>
  numbers.flatMap((part) => upTo(size).map((i) => part * size + i))

/** Vectors `v0`, `v1`, ... of as many columns become vectors of as many rows. */
const transposed = (kind: Kind): { readonly before: readonly Instruction[]; readonly rows: readonly Instruction[] } => {
  const low = parts(8, [0, 2])
  const high = parts(8, [1, 3])
  if (kind.lanes === 2) return { before: [], rows: [shuffle(low, 'v0', 'v1'), shuffle(high, 'v0', 'v1')] }
  const even = parts(4, [0, 4, 1, 5])
  const odd = parts(4, [2, 6, 3, 7])
  return {
    before: [
      set('x0', shuffle(even, 'v0', 'v1')),
      set('x1', shuffle(odd, 'v0', 'v1')),
      set('x2', shuffle(even, 'v2', 'v3')),
      set('x3', shuffle(odd, 'v2', 'v3'))
    ],
    rows: [shuffle(low, 'x0', 'x2'), shuffle(high, 'x0', 'x2'), shuffle(low, 'x1', 'x3'), shuffle(high, 'x1', 'x3')]
  }
}

/**
 * `pack(to, from, sr, sc, rows, columns)`: a matrix, its rows `sr` bytes apart and its columns `sc`, into panels [rows][width]
 * of `width` columns each, the last one padded with zeros. `width` is a whole number of vectors.
 */
export const pack = (kind: Kind, width: number): Func => {
  const { bytes, lanes } = kind
  const rowBytes = width * bytes
  const column = (j: number): Instruction => add(get('p'), mul(get('sc'), i32(j)))
  const next = [increase('p', get('sr')), increase('d', i32(rowBytes))]
  const alongRows = loop('r', i32(0), get('rows'), 1, [
    ...upTo(width / lanes).map((v) =>
      access('v128.store', v * vectorBytes, get('d'), access('v128.load', v * vectorBytes, get('p')))
    ),
    ...next
  ])
  const { before, rows } = transposed(kind)
  const byTransposing = loop('r', i32(0), sub(get('rows'), i32(lanes - 1)), lanes, [
    ...upTo(width / lanes).flatMap((group) => [
      ...upTo(lanes).map((i) => set(`v${i}`, access('v128.load', 0, column(group * lanes + i)))),
      ...before,
      ...rows.map((row, i) => access('v128.store', i * rowBytes + group * vectorBytes, get('d'), row))
    ]),
    increase('p', i32(vectorBytes)),
    increase('d', i32(lanes * rowBytes))
  ])
  const oneByOne = loop('r', get('r'), get('rows'), 1, [
    ...upTo(width).map((j) => access(kind.store, j * bytes, get('d'), access(kind.load, 0, column(j)))),
    ...next
  ])
  const edge = loop('r', i32(0), get('rows'), 1, [
    ...upTo(width / lanes).map((v) => access('v128.store', v * vectorBytes, get('d'), kind.zero)),
    set('s', get('p')),
    ...loop('j', i32(0), mul(sub(get('columns'), get('c')), i32(bytes)), bytes, [
      access(kind.store, 0, add(get('d'), get('j')), access(kind.load, 0, get('s'))),
      increase('s', get('sc'))
    ]),
    ...next
  ])
  return {
    name: packName(kind, width),
    exported: true,
    params: locals('i32', ['to', 'from', 'sr', 'sc', 'rows', 'columns']),
    results: [],
    locals: [
      ...locals('i32', ['c', 'r', 'p', 'd', 'j', 's']),
      ...locals(
        'v128',
        upTo(lanes).flatMap((i) => [`v${i}`, `x${i}`])
      )
    ],
    body: [
      set('d', get('to')),
      ...loop('c', i32(0), get('columns'), width, [
        set('p', add(get('from'), mul(get('c'), get('sc')))),
        when(op('i32.gt_s', add(get('c'), i32(width)), get('columns')), edge, [
          when(op('i32.eq', get('sc'), i32(bytes)), alongRows, [
            set('r', i32(0)),
            when(op('i32.eq', get('sr'), i32(bytes)), byTransposing),
            ...oneByOne
          ])
        ])
      ])
    ]
  }
}

/**
 * `compact(to, from, ld, rows, length)`: rows of `length` bytes that are `ld` bytes apart, one behind the other. Writes whole
 * vectors, hence up to 15 bytes beyond the last row.
 */
export const compact: Func = {
  name: 'compact',
  exported: true,
  params: locals('i32', ['to', 'from', 'ld', 'rows', 'length']),
  results: [],
  locals: locals('i32', ['i', 'r']),
  body: loop('r', i32(0), get('rows'), 1, [
    ...loop('i', i32(0), get('length'), vectorBytes, [
      access('v128.store', 0, add(get('to'), get('i')), access('v128.load', 0, add(get('from'), get('i'))))
    ]),
    increase('to', get('length')),
    increase('from', get('ld'))
  ])
}

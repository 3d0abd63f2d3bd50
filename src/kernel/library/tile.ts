/**
 * The two micro-kernels: a tile of C, some rows by some vectors of columns, whose sums stay in registers while k runs.
 *
 * Every sum starts at +0 and takes one product at a time, in order; what C held before is added at the end, if `more`.
 *
 * Each step of k ends with a way out of the loop, which ends a basic block: V8 places all loads of a block before its
 * arithmetic, and steps unrolled in one block would not fit into the registers. For the same reason the loads, the sums and
 * one factor together must not be more than 15 vectors.
 */
import {
  access,
  add,
  again,
  block,
  branchIf,
  get,
  i32,
  increase,
  locals,
  op,
  set,
  sub,
  tee,
  when
} from '../wasm/build.js'
import type { Func, Instruction } from '../wasm/model.js'
import { type Kind, upTo, vectorBytes } from './kinds.js'

/** Steps of k in one turn of the loop over panels. */
const unrolled = 8

const sum = (i: number, j: number): string => `c${i}_${j}`

const sums = (rows: number, vectors: number): readonly string[] =>
  upTo(rows).flatMap((i) => upTo(vectors).map((j) => sum(i, j)))

/** Adds a row's factor, held in `t`, times the vectors of B. */
const addProducts = (kind: Kind, row: number, vectors: number): readonly Instruction[] =>
  upTo(vectors).map((j) => set(sum(row, j), op(kind.add, get(sum(row, j)), op(kind.mul, get('t'), get(`b${j}`)))))

/** Turns of `length` steps each, until the local `count`, at least 1, is used up; `after` ends a turn. */
const steps = (
  length: number,
  count: string,
  step: (turn: number) => readonly Instruction[],
  after: readonly Instruction[]
): Instruction =>
  block(
    'done',
    again(
      'turn',
      ...upTo(length).flatMap((u) => [
        ...step(u),
        ...(u < length - 1 ? [branchIf('done', op('i32.eq', get(count), i32(u + 1)))] : [])
      ]),
      ...after,
      branchIf('turn', tee(count, sub(get(count), i32(length))))
    )
  )

/**
 * Writes the tile at `c`, whose rows are `ldc` bytes apart, or adds it to what is there. One path that adds under a mask would be
 * less code, but V8 then spills sums of the 3 by 12 kernel: 13.6 instead of 20.1 GFLOP/s.
 */
const write = (kind: Kind, rows: number, vectors: number): Instruction => {
  const stores = (value: (i: number, j: number) => Instruction): readonly Instruction[] =>
    upTo(rows).flatMap((i) => [
      ...upTo(vectors).map((j) => access('v128.store', j * vectorBytes, get('c'), value(i, j))),
      ...(i < rows - 1 ? [increase('c', get('ldc'))] : [])
    ])
  return when(
    get('more'),
    stores((i, j) => op(kind.add, access('v128.load', j * vectorBytes, get('c')), get(sum(i, j)))),
    stores((i, j) => get(sum(i, j)))
  )
}

/** `packed(a, b, c, ldc, k, more)`: panels of A, [k][rows], and of B, [k][columns]. */
export const packedTile = (kind: Kind): Func => {
  const { name, bytes, rows, vectors } = kind
  const step = (turn: number): readonly Instruction[] => [
    ...upTo(vectors).map((j) => set(`b${j}`, access('v128.load', (turn * vectors + j) * vectorBytes, get('b')))),
    ...upTo(rows).flatMap((i) => [set('t', access(kind.splat, i * bytes, get('a'))), ...addProducts(kind, i, vectors)]),
    increase('a', i32(rows * bytes))
  ]
  const after = [increase('b', i32(unrolled * vectors * vectorBytes))]
  return {
    name: `packed_${name}`,
    exported: false,
    params: locals('i32', ['a', 'b', 'c', 'ldc', 'k', 'more']),
    results: [],
    locals: locals('v128', [...sums(rows, vectors), ...upTo(vectors).map((j) => `b${j}`), 't']),
    body: [steps(unrolled, 'k', step, after), write(kind, rows, vectors)]
  }
}

export const contractName = (kind: Kind, rows: number, vectors: number): string =>
  `contract${rows}x${vectors}_${kind.name}`

export const contractParams: readonly string[] = [
  'a',
  'sar',
  'sai',
  'sak',
  'b',
  'sbr',
  'sbk',
  'c',
  'ldc',
  'r',
  'k',
  'more'
]

/**
 * `contract(a, sar, sai, sak, b, sbr, sbk, c, ldc, r, k, more)`: the sum over `r` rows of `k` terms, A[r, i, k] B[r, k, :], of
 * operands where they lie; strides in bytes. A turn of the loop takes `turn` steps of k.
 */
export const contractTile = (kind: Kind, rows: number, vectors: number, turn: number): Func => {
  const step = (): readonly Instruction[] => [
    ...upTo(vectors).map((j) => set(`b${j}`, access('v128.load', j * vectorBytes, get('q')))),
    ...upTo(rows).flatMap((i) => [
      set('t', access(kind.splat, 0, get(`a${i}`))),
      ...addProducts(kind, i, vectors),
      increase(`a${i}`, get('sak'))
    ]),
    increase('q', get('sbk'))
  ]
  return {
    name: contractName(kind, rows, vectors),
    exported: false,
    params: locals('i32', contractParams),
    results: [],
    locals: [
      ...locals('i32', ['q', 'left', ...upTo(rows).map((i) => `a${i}`)]),
      ...locals('v128', [...sums(rows, vectors), ...upTo(vectors).map((j) => `b${j}`), 't'])
    ],
    body: [
      again(
        'row',
        set('q', get('b')),
        ...upTo(rows).map((i) => set(`a${i}`, i === 0 ? get('a') : add(get(`a${i - 1}`), get('sai')))),
        set('left', get('k')),
        steps(turn, 'left', step, []),
        increase('a', get('sar')),
        increase('b', get('sbr')),
        branchIf('row', tee('r', sub(get('r'), i32(1))))
      ),
      write(kind, rows, vectors)
    ]
  }
}

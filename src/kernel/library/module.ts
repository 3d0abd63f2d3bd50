/** The module of the library: products and contractions over float32 and float64. */
import { add, call, get, i32, locals, loop, min, mul, op, set, sub, when } from '../wasm/build.js'
import type { Func, Instruction, Module } from '../wasm/model.js'
import { type Kind, blockRows, blockTerms, float32, float64, upTo } from './kinds.js'
import { compact, pack, packName } from './pack.js'
import { contractName, contractTile, packedTile } from './tile.js'

/**
 * `product(a, sai, sak, b, sbk, sbj, c, ldc, m, n, k, more, pa, pb)`: C = A B, added to C if `more`, by blocks of k, of which B is
 * packed at `pb`, and of rows, of which A is packed at `pa`. Whole tiles are written, so `ldc` and the rows of C have room for them.
 *
 * The blocking is that of Goto and van de Geijn, Anatomy of high-performance matrix multiplication (2008).
 */
const product = (kind: Kind): Func => {
  const { name, bytes, rows, vectors } = kind
  const columns = vectors * kind.lanes
  const inPanel = (panel: string, line: string): Instruction =>
    add(get(panel), mul(get(line), mul(get('depth'), i32(bytes))))
  const tile = call(
    `packed_${name}`,
    inPanel('pa', 'ir'),
    inPanel('pb', 'j'),
    add(get('c'), add(mul(add(get('i'), get('ir')), get('ldc')), mul(get('j'), i32(bytes)))),
    get('ldc'),
    get('depth'),
    op('i32.or', get('more'), get('p'))
  )
  const packA = call(
    packName(kind, rows),
    get('pa'),
    add(get('a'), add(mul(get('i'), get('sai')), mul(get('p'), get('sak')))),
    get('sak'),
    get('sai'),
    get('depth'),
    get('count')
  )
  const packB = call(
    packName(kind, columns),
    get('pb'),
    add(get('b'), mul(get('p'), get('sbk'))),
    get('sbk'),
    get('sbj'),
    get('depth'),
    get('n')
  )
  return {
    name: `product_${name}`,
    exported: true,
    params: locals('i32', ['a', 'sai', 'sak', 'b', 'sbk', 'sbj', 'c', 'ldc', 'm', 'n', 'k', 'more', 'pa', 'pb']),
    results: [],
    locals: locals('i32', ['p', 'depth', 'i', 'count', 'ir', 'j']),
    body: loop('p', i32(0), get('k'), blockTerms, [
      set('depth', min(i32(blockTerms), sub(get('k'), get('p')))),
      packB,
      ...loop('i', i32(0), get('m'), blockRows, [
        set('count', min(i32(blockRows), sub(get('m'), get('i')))),
        packA,
        ...loop('j', i32(0), get('n'), columns, loop('ir', i32(0), get('count'), rows, [tile]))
      ])
    ])
  }
}

/**
 * `contraction(a, sar, sai, sak, b, sbr, sbk, sbp, c, ldc, m, n, r, k, more)`: C[i, :] = sum over `r` rows of `k` terms of
 * A[r, i, k] B[r, k, :], added to C if `more`, of operands where they lie. Panels of B, [k][columns], are `sbp` bytes apart.
 *
 * A block of the sum is as many whole rows as have at most 256 terms, at least one; a longer row is cut at 256. With one row
 * this is the rule of products. Whole vectors of columns are written, so `ldc` has room for them; rows of C are as many as `m`.
 */
const contraction = (kind: Kind, rows: number, vectors: number): Func => {
  const columns = vectors * kind.lanes
  const tile = (count: number): Instruction =>
    call(
      contractName(kind, count, vectors),
      add(get('ai'), add(mul(get('p'), get('sar')), mul(get('q'), get('sak')))),
      get('sar'),
      get('sai'),
      get('sak'),
      add(get('bj'), add(mul(get('p'), get('sbr')), mul(get('q'), get('sbk')))),
      get('sbr'),
      get('sbk'),
      get('ci'),
      get('ldc'),
      min(get('step'), sub(get('r'), get('p'))),
      min(i32(blockTerms), sub(get('k'), get('q'))),
      op('i32.or', get('more'), op('i32.or', get('p'), get('q')))
    )
  const byCount = upTo(rows - 1).reduce<Instruction>(
    (fewer, i) => when(op('i32.gt_s', get('left'), i32(i + 1)), [tile(i + 2)], [fewer]),
    tile(1)
  )
  return {
    name: `contraction${vectors}_${kind.name}`,
    exported: true,
    params: locals('i32', ['a', 'sar', 'sai', 'sak', 'b', 'sbr', 'sbk', 'sbp', 'c', 'ldc', 'm', 'n', 'r', 'k', 'more']),
    results: [],
    locals: locals('i32', ['i', 'j', 'p', 'q', 'ai', 'bj', 'ci', 'left', 'step']),
    body: [
      set('step', i32(1)),
      when(op('i32.le_s', get('k'), i32(blockTerms)), [set('step', op('i32.div_s', i32(blockTerms), get('k')))]),
      set('bj', get('b')),
      ...loop('j', i32(0), get('n'), columns, [
        set('ai', get('a')),
        set('ci', add(get('c'), mul(get('j'), i32(kind.bytes)))),
        ...loop('i', i32(0), get('m'), rows, [
          set('left', sub(get('m'), get('i'))),
          ...loop('p', i32(0), get('r'), get('step'), loop('q', i32(0), get('k'), blockTerms, [byCount])),
          set('ai', add(get('ai'), mul(get('sai'), i32(rows)))),
          set('ci', add(get('ci'), mul(get('ldc'), i32(rows))))
        ]),
        set('bj', add(get('bj'), get('sbp')))
      ])
    ]
  }
}

/** The tiles of contractions: vectors of columns, and the rows that fit into the registers beside them. */
const contractions: ReadonlyArray<{ readonly vectors: number; readonly rows: number }> = [
  { vectors: 1, rows: 4 },
  { vectors: 2, rows: 4 },
  { vectors: 3, rows: 3 }
]

/** Widths of panels: of contractions, and of both operands of the blocked product. */
const packWidths = (kind: Kind): readonly number[] => [
  ...new Set([kind.rows, ...[...contractions, kind].map(({ vectors }) => vectors * kind.lanes)])
]

const functionsOf = (kind: Kind): readonly Func[] => [
  packedTile(kind),
  ...contractions.flatMap(({ vectors, rows }) =>
    upTo(rows).map((i) => contractTile(kind, i + 1, vectors, i + 1 < rows ? 1 : 2))
  ),
  ...packWidths(kind).map((width) => pack(kind, width)),
  product(kind),
  ...contractions.map(({ vectors, rows }) => contraction(kind, rows, vectors))
]

/** The library, over a memory of at least `pages` pages. */
export const library: Module = {
  memory: { pages: 1, maximum: undefined, shared: false },
  imports: [],
  functions: [compact, ...functionsOf(float32), ...functionsOf(float64)]
}

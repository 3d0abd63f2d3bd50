/** Strong zeros of products in code: the elements that came out NaN are summed again, as in kernel/strongZero.ts. */
import { type Kind, blockTerms, upTo, vectorBytes } from '../../kernel/library/kinds.js'
import {
  access,
  add,
  again,
  block,
  branchIf,
  call,
  get,
  i32,
  increase,
  locals,
  loop,
  min,
  mul,
  op,
  set,
  sub,
  when
} from '../../kernel/wasm/build.js'
import type { Func, Instruction } from '../../kernel/wasm/model.js'
import type { Body } from './body.js'
import { type Matrix, type Sizes, addressOf } from './matrix.js'

/** Vectors that are looked at together. */
const together = 4

const isNaNIn = ({ name }: Kind, x: Instruction): Instruction => op(`${name}.ne`, x, x)

/** Leaves the function where none of the elements from `at` to `end` is NaN. */
const returnIfClean = (kind: Kind): readonly Instruction[] => {
  const vector = (i: number): Instruction => {
    const v = access('v128.load', i * vectorBytes, get('at'))
    return op(kind.name === 'f32' ? 'f32x4.ne' : 'f64x2.ne', v, v)
  }
  const ofVectors = upTo(together - 1).reduce<Instruction>((any, i) => op('v128.or', any, vector(i + 1)), vector(0))
  const length = together * vectorBytes
  return [
    block(
      'found',
      ...loop('at', get('c'), sub(get('end'), i32(length - 1)), length, [
        branchIf('found', op('v128.any_true', ofVectors))
      ]),
      ...loop('at', get('at'), get('end'), kind.bytes, [
        branchIf('found', isNaNIn(kind, access(kind.load, 0, get('at'))))
      ]),
      op('return')
    )
  ]
}

/** The sum at `at`, of the row at `row` and the column at `column`; NaN as soon as a term is. */
const sumAgain = (kind: Kind): readonly Instruction[] => {
  const { name } = kind
  const none: Instruction = { _tag: 'Const', type: name, value: 0 }
  const isZero = (x: string): Instruction => op(`${name}.eq`, get(x), none)
  return [
    set('s', get('row')),
    set('t', get('column')),
    set('total', none),
    block(
      'sum',
      ...loop('start', i32(0), get('k'), blockTerms, [
        set('part', none),
        ...loop('p', i32(0), min(i32(blockTerms), sub(get('k'), get('start'))), 1, [
          set('x', access(kind.load, 0, get('s'))),
          set('y', access(kind.load, 0, get('t'))),
          when(op('i32.eqz', op('i32.or', isZero('x'), isZero('y'))), [
            set('part', op(`${name}.add`, get('part'), op(`${name}.mul`, get('x'), get('y')))),
            set('total', op('select', get('part'), get('total'), isNaNIn(kind, get('part')))),
            branchIf('sum', isNaNIn(kind, get('part')))
          ]),
          increase('s', get('sak')),
          increase('t', get('sbk'))
        ]),
        set('total', op(`${name}.add`, get('total'), get('part')))
      ])
    ),
    access(kind.store, 0, get('at'), get('total'))
  ]
}

/** `mend(a, sai, sak, b, sbk, sbj, c, m, n, k)`: of C = A B, whose rows lie one behind the other. */
const mend = (kind: Kind): Func => ({
  name: `mend_${kind.name}`,
  exported: false,
  params: locals('i32', ['a', 'sai', 'sak', 'b', 'sbk', 'sbj', 'c', 'm', 'n', 'k']),
  results: [],
  locals: [
    ...locals('i32', ['at', 'end', 'i', 'j', 'row', 'column', 'start', 'p', 's', 't']),
    ...locals(kind.name, ['total', 'part', 'x', 'y'])
  ],
  body: [
    set('end', add(get('c'), mul(mul(get('m'), get('n')), i32(kind.bytes)))),
    ...returnIfClean(kind),
    set('at', get('c')),
    set('row', get('a')),
    ...loop('i', i32(0), get('m'), 1, [
      set('column', get('b')),
      ...loop('j', i32(0), get('n'), 1, [
        when(isNaNIn(kind, access(kind.load, 0, get('at'))), sumAgain(kind)),
        increase('at', i32(kind.bytes)),
        increase('column', get('sbj'))
      ]),
      increase('row', get('sai'))
    ])
  ]
})

/** Mends C = A B, whose rows lie one behind the other. */
export const restoredZeros = (
  body: Body,
  kind: Kind,
  { m, n, k }: Sizes,
  a: Matrix,
  b: Matrix,
  c: Matrix
): Instruction => {
  const helper = mend(kind)
  body.helpers.set(helper.name, helper)
  const start = (matrix: Matrix): Instruction => addressOf(matrix, i32(0), i32(0))
  const strides = [a.row, a.column].map(i32)
  const others = [b.row, b.column].map(i32)
  return call(helper.name, start(a), ...strides, start(b), ...others, start(c), i32(m), i32(n), i32(k))
}

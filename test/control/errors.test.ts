// What is refused, sentence by sentence. Types would refuse most of it, which plain JavaScript does not have.
import { describe, expect, test } from 'vitest'
import * as Control from 'pullback/Control'
import { DTypeError, LeakedTracerError } from 'pullback/Primitive'
import { ShapeError } from 'pullback/Shape'
import { TreeError } from 'pullback/Tree'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { staged } from './support.js'

type Untyped = (...args: readonly unknown[]) => unknown
type Loop = (...args: readonly unknown[]) => Untyped

const untyped = (f: unknown): Loop => f as Loop
const scan = untyped(Control.scan)
const map = untyped(Control.map)
const cond = untyped(Control.cond)
const switchCase = untyped(Control.switchCase)
const whileLoop = untyped(Control.whileLoop)
const foriLoop = untyped(Control.foriLoop)
const associativeScan = untyped(Control.associativeScan)

interface Carry {
  readonly h: T.Tensor
}

const x = T.zeros([3])
const same = (c: unknown): readonly [unknown, undefined] => [c, undefined]
const two = { length: 2 }
const inStaged =
  (f: (x: T.Tensor) => unknown): (() => unknown) =>
  () =>
    staged((leaf: T.Tensor) => f(leaf) as T.Tensor)(x)
const chooses = (f: Untyped, g: Untyped): (() => unknown) =>
  inStaged((leaf) => cond(T.greater(T.sum(leaf), 0), f, g)(leaf))

const wide = (c: Carry): readonly [Carry, undefined] => [{ h: T.reshape(c.h, [1, 3]) }, undefined]
const changing = (): Untyped => {
  let n = 0
  return (c) => [c, T.zeros([++n])]
}

const refusals: readonly (readonly [name: string, call: () => unknown, error: Error])[] = [
  // the carry
  [
    'a carry of another shape',
    () => scan(wide, two)({ h: x }),
    new ShapeError(
      'scan',
      [],
      "the carry's h changes from shape [3] to shape [1, 3]; expected the same shape, reshape it with T.reshape"
    )
  ],
  [
    'the same in a staged function',
    inStaged((h) => scan(wide, two)({ h })),
    new ShapeError(
      'scan',
      [],
      "the carry's h changes from shape [3] to shape [1, 3]; expected the same shape, reshape it with T.reshape"
    )
  ],
  [
    'a carry that is promoted',
    () => scan((c: Carry, e: T.Tensor) => [{ h: T.add(c.h, e) }, e])({ h: T.scalar(0) }, T.zeros([3], 'float64')),
    new DTypeError(
      'scan',
      "the carry's h changes from float32 to float64; expected the same dtype, cast it with T.cast"
    )
  ],
  [
    'a carry of another structure',
    () => scan((c: Carry) => [c.h, undefined], two)({ h: x }),
    new TreeError(
      'scan',
      '',
      'the carry changes from { h: a tensor of shape [3] } to a tensor of shape [3]; expected the same structure'
    )
  ],
  [
    'a carry with a number in it',
    () => scan(() => [{ h: 3 }, undefined], two)({ h: x }),
    new TreeError('scan', 'h', "the carry's h changes from a tensor of shape [3] to 3; expected the same structure")
  ],
  [
    'a carry that is not a tree',
    () => scan(same, two)({ h: 3 }),
    new TreeError('scan', 'h', "init's h is 3; expected a tensor, make one with T.scalar")
  ],
  // what the body returns
  [
    'a body that returns no pair',
    () => scan((c: unknown) => c, two)(x),
    new TreeError('scan', '', 'the body returned a tensor of shape [3]; expected a pair [carry, y]')
  ],
  [
    'a body that returns more',
    () => scan((c: unknown) => [c, c, c], two)(x),
    new TreeError(
      'scan',
      '',
      'the body returned [a tensor of shape [3], a tensor of shape [3], a tensor of shape [3]]; expected a pair [carry, y]'
    )
  ],
  [
    'a y that is not a tree',
    () => scan((c: unknown) => [c, { a: 1 }], two)(x),
    new TreeError('scan', 'a', 'the body returned a y whose a is 1; expected a tensor, make one with T.scalar')
  ],
  [
    'a y that changes',
    () => scan(changing(), two)(x),
    new ShapeError(
      'scan',
      [],
      'y changes from shape [1] to shape [2]; expected the same shape, reshape it with T.reshape'
    )
  ],
  // elements
  [
    'elements of different lengths',
    () => scan(same)(x, { a: T.zeros([3]), b: [T.zeros([4, 2])] }),
    new ShapeError('scan', [], 'xs.a has length 3 and xs.b[0] has length 4; expected the same length')
  ],
  [
    'elements without an axis',
    () => scan(same)(x, { a: T.scalar(1) }),
    new ShapeError('scan', [], 'xs.a is a scalar; expected an axis in front, one element per step')
  ],
  [
    'no elements and no length',
    () => scan(same)(x),
    new TreeError('scan', '', 'neither xs nor a length was given; give one of them')
  ],
  [
    'another length than that of the elements',
    () => scan(same, { length: 4 })(x, x),
    new ShapeError('scan', [], 'length is 4 and xs has length 3; expected the same length')
  ],
  [
    'elements of map of different lengths',
    () => map((e: unknown) => e)([T.zeros([2]), T.zeros([3])]),
    new ShapeError('map', [], 'xs[0] has length 2 and xs[1] has length 3; expected the same length')
  ],
  // options
  ...([-1, 1.5] as const).map(
    (length) =>
      [
        `length is ${length}`,
        () => scan(same, { length }),
        new RangeError(`scan: length is ${length}; expected an integer of 0 or more`)
      ] as const
  ),
  ...([0, 2.5, -3] as const).map(
    (checkpointEvery) =>
      [
        `checkpointEvery is ${checkpointEvery}`,
        () => scan(same, { length: 3, checkpointEvery })(x),
        new RangeError(
          `scan: checkpointEvery is ${checkpointEvery}; expected a positive integer, true, false or 'sqrt'`
        )
      ] as const
  ),
  [
    'an unknown option',
    () => scan(same, { steps: 3 }),
    new TypeError('scan: unknown option steps; expected length, reverse or checkpointEvery')
  ],
  [
    'a body that reads values where it is staged',
    () => scan((c: T.Tensor) => [T.mul(c, T.item(c)), c], { length: 3, checkpointEvery: 2 })(T.scalar(1)),
    new LeakedTracerError(
      'item',
      'read',
      'a value inside scan was read as numbers; a staged function knows shapes only, choose by T.where, Control.cond or Control.whileLoop'
    )
  ],
  // choices
  [
    'a predicate that is a boolean',
    () => cond(true, T.exp, T.neg),
    new TypeError('cond: the predicate is true; expected a tensor, make one with T.of or T.scalar')
  ],
  [
    'a predicate that is a number',
    () => cond(T.scalar(1, 'int32'), T.exp, T.neg),
    new DTypeError('cond', 'the predicate is int32; expected bool, compare with T.greater(x, 0) or the like')
  ],
  [
    'a predicate with an axis',
    () => cond(T.of([true, false]), T.exp, T.neg),
    new ShapeError('cond', [], 'the predicate has shape [2]; expected a scalar, reduce it with T.all or T.any')
  ],
  [
    'branches of different shapes',
    chooses(
      (h) => ({ h }),
      (h) => ({ h: T.sum(h as T.Tensor) })
    ),
    new ShapeError(
      'cond',
      [],
      'the branches differ at h: shape [3] and shape []; expected equal structures, shapes and dtypes'
    )
  ],
  [
    'branches of different types',
    chooses(
      (h) => [h],
      (h) => [T.cast(h as T.Tensor, 'float64')]
    ),
    new DTypeError(
      'cond',
      'the branches differ at [0]: float32 and float64; expected equal structures, shapes and dtypes'
    )
  ],
  [
    'branches of different structures, in examples that differ',
    () =>
      vmap((e: T.Tensor) =>
        cond(
          T.greater(e, 0),
          (y: unknown) => y,
          (y: unknown) => [y]
        )(e)
      )(x),
    new TreeError(
      'cond',
      '',
      'the branches differ: a tensor of shape [] and [a tensor of shape []]; expected equal structures, shapes and dtypes'
    )
  ],
  [
    'an index that is a float',
    () => switchCase(T.scalar(1), [T.exp]),
    new DTypeError('switchCase', 'the index is float32; expected int32, cast it with T.cast')
  ],
  [
    'an index that is a number',
    () => switchCase(1, [T.exp]),
    new TypeError('switchCase: the index is 1; expected a tensor, make one with T.of or T.scalar')
  ],
  [
    'no branches',
    () => switchCase(T.scalar(1, 'int32'), []),
    new RangeError('switchCase: the list of branches is empty; expected one or more')
  ],
  // loops
  [
    'a condition with an axis',
    () => whileLoop((c: T.Tensor) => T.less(c, 1), T.neg)(x),
    new ShapeError('whileLoop', [], 'the condition has shape [3]; expected a scalar, reduce it with T.all or T.any')
  ],
  [
    'a bound that is not a count',
    () => whileLoop(T.neg, T.neg, { maxSteps: -1 }),
    new RangeError('whileLoop: maxSteps is -1; expected an integer of 0 or more')
  ],
  [
    'a carry of whileLoop that changes',
    () => whileLoop((c: T.Tensor) => T.less(T.sum(c), 1), T.sum)(x),
    new ShapeError(
      'whileLoop',
      [],
      'the carry changes from shape [3] to shape []; expected the same shape, reshape it with T.reshape'
    )
  ],
  [
    'a bound of foriLoop that is not an integer',
    () => foriLoop(0.5, 2, T.neg),
    new RangeError('foriLoop: lower is 0.5; expected an integer or a scalar int32 tensor')
  ],
  [
    'a bound of foriLoop that is a float tensor',
    () => foriLoop(0, T.scalar(2), T.neg),
    new DTypeError('foriLoop', 'upper is float32; expected int32, cast it with T.cast')
  ],
  [
    'a carry of foriLoop that changes',
    () => foriLoop(0, 2, (_i: unknown, c: T.Tensor) => T.cast(c, 'float64'))(x),
    new DTypeError(
      'foriLoop',
      'the carry changes from float32 to float64; expected the same dtype, cast it with T.cast'
    )
  ],
  [
    'segments of a loop whose length is traced',
    () =>
      vmap((n: T.Tensor) => foriLoop(0, n, (_i: unknown, c: unknown) => c, { checkpointEvery: 2 })(x))(
        T.of([1, 2], 'int32')
      ),
    new TypeError('foriLoop: checkpointEvery was given and the bounds are traced; expected integers as bounds')
  ],
  // associativeScan
  [
    'leaves of different lengths',
    () => associativeScan((a: unknown) => a)({ a: T.zeros([2]), b: T.zeros([3]) }),
    new ShapeError(
      'associativeScan',
      [],
      'xs.a of shape [2] and xs.b of shape [3] differ along axis 0; expected the same size'
    )
  ],
  [
    'a function that reduces',
    () => associativeScan((a: T.Tensor) => T.sum(a))(x),
    new ShapeError(
      'associativeScan',
      [],
      'an element changes from shape [1] to shape []; expected the same shape, reshape it with T.reshape'
    )
  ]
]

describe('control flow refuses', () => {
  test.each(refusals)('%s', (_, call, error) => {
    const thrown = (): unknown => {
      try {
        return call()
      } catch (caught) {
        return caught
      }
    }
    const found = thrown()
    expect(found).toBeInstanceOf(error.constructor)
    expect(String(found)).toBe(String(error))
  })
})

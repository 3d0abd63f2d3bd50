import { describe, expect, test } from 'vitest'
import { checkpoint, customVjp, grad, hessian, jvp, vjp } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { overExamples, vmap } from 'pullback/Vmap'

type S = T.Tensor<[]>
type V = T.Tensor<[3]>
const rows = T.of(
  [
    [1, 2, 3],
    [4, 5, 6]
  ],
  'float64'
)
const row = (i: number): V => T.reshape(T.slice(rows, [[i, i + 1]]), [3])
const f = (x: V): S => T.sum(T.mul(T.sin(x), T.square(x)))

describe('values', () => {
  test('vmap is the stack of the parts', () => {
    expect(T.toNested(vmap(f)(rows))).toEqual([T.item(f(row(0))), T.item(f(row(1)))])
    expect(T.toNested(vmap(grad(f))(rows))).toEqual([T.toNested(grad(f)(row(0))), T.toNested(grad(f)(row(1)))])
  })

  test('any axis in, any axis out', () => {
    const x = T.reshape(T.arange(24), [2, 3, 4])
    const first = (y: T.Tensor): T.Tensor => T.mul(y, 2)
    expect(vmap(first, { inAxes: 1 })(x).shape).toEqual([3, 2, 4])
    expect(vmap(first, { inAxes: -1, outAxes: -1 })(x).shape).toEqual([2, 3, 4])
    expect(T.toNested(vmap(first, { inAxes: 2, outAxes: 2 })(x))).toEqual(T.toNested(T.mul(x, 2)))
    expect(T.toNested(vmap(first, { inAxes: 1, outAxes: 1 })(x))).toEqual(T.toNested(T.mul(x, 2)))
  })

  test('trees of arguments and results, with axes for parts of them', () => {
    const dense = ({ w, b }: { w: T.Tensor<[3, 2]>; b: T.Tensor<[2]> }, x: V): { y: T.Tensor<[2]>; size: S } => {
      const y = T.add(T.matmul(x, w), b)
      return { y, size: T.sum(y) }
    }
    const params = { w: T.ones([3, 2], 'float64'), b: T.zeros([5, 2], 'float64') }
    const x = T.ones([3, 5], 'float64')
    const mapped = vmap(dense, { inAxes: [{ w: null, b: 0 }, 1], outAxes: { y: 1, size: 0 } })(params, x)
    expect(mapped.y.shape).toEqual([2, 5])
    expect(mapped.size.shape).toEqual([5])
    expect(T.toNested(mapped.size)).toEqual([6, 6, 6, 6, 6])
  })

  test('a result that is the same for all examples is repeated', () => {
    expect(T.toNested(vmap((_x: V) => T.scalar(7))(rows))).toEqual([7, 7])
  })

  test('nested, over both axes', () => {
    const product = vmap((x: S) => vmap((y: S) => T.mul(x, y))(T.of([1, 2, 3])))(T.of([10, 20]))
    expect(T.toNested(product)).toEqual([
      [10, 20, 30],
      [20, 40, 60]
    ])
  })

  test('no examples', () => {
    const none = vmap((x: V) => ({ s: T.sum(x), sorted: T.sort(x) }))(T.zeros([0, 3]))
    expect(none.s.shape).toEqual([0])
    expect(none.sorted.shape).toEqual([0, 3])
  })

  test('choices differ between examples', () => {
    const relu = (x: S): S => T.where(T.greater(x, 0), x, 0)
    expect(T.toNested(vmap(grad(relu))(T.of([-1, 2])))).toEqual([0, 1])
  })
})

describe('keys', () => {
  const draw = (key: Random.Key): T.Tensor<[2]> => Random.normal(key, [2])
  const apart = T.stack(Random.split(Random.key(3), 4).map(draw))

  test('are split for the examples on request', () => {
    const noisy = (key: Random.Key, x: S): T.Tensor<[2]> => T.add(draw(key), x)
    expect(T.toNested(vmap(noisy, { inAxes: ['split', 0] })(Random.key(3), T.zeros([4])))).toEqual(T.toNested(apart))
    expect(T.toNested(vmap(draw, { inAxes: 'split', size: 4 })(Random.key(3)))).toEqual(T.toNested(apart))
  })

  test('are split for no examples at all', () => {
    expect(vmap(draw, { inAxes: 'split', size: 0 })(Random.key(3)).shape).toEqual([0, 2])
  })

  test('are mapped over like any tensor', () => {
    const stacked = T.stack(Random.split(Random.key(3), 4))
    expect(T.toNested(vmap((key: T.Tensor<[2]>) => draw(key as Random.Key))(stacked))).toEqual(T.toNested(apart))
  })

  test('are shared where they are not mapped', () => {
    const noisy = (key: Random.Key, x: S): T.Tensor<[2]> => T.add(draw(key), x)
    const shared = T.toNested(vmap(noisy, { inAxes: [null, 0] })(Random.key(3), T.zeros([2])))
    expect(shared).toEqual([T.toNested(draw(Random.key(3))), T.toNested(draw(Random.key(3)))])
  })
})

describe('with the other transformations', () => {
  test('the gradient of a mapped function is the mapped gradient', () => {
    expect(T.toNested(grad((x: T.Tensor<[2, 3]>) => T.sum(vmap(f)(x)))(rows))).toEqual(T.toNested(vmap(grad(f))(rows)))
  })

  test('gradients per example, of parameters that are shared', () => {
    const loss = (w: V, x: V): S => T.square(T.dot(w, x))
    const w = T.of([1, -1, 2], 'float64')
    const each = vmap(grad(loss), { inAxes: [null, 0] })(w, rows)
    expect(T.toNested(each)).toEqual([T.toNested(grad(loss)(w, row(0))), T.toNested(grad(loss)(w, row(1)))])
  })

  test('a pullback, a tangent and a Hessian are mapped', () => {
    const [, pullback] = vjp(T.sin)(row(0))
    expect(vmap((ct: V) => pullback(ct)[0])(rows).shape).toEqual([2, 3])
    const pushed = vmap((t: V) => jvp(f)([row(0)], [t])[1])(rows)
    expect(pushed.shape).toEqual([2])
    expect(T.toNested(vmap(hessian(f))(rows))).toEqual([T.toNested(hessian(f)(row(0))), T.toNested(hessian(f)(row(1)))])
  })

  test('custom rules are kept', () => {
    const reversed = customVjp(
      (x: S) => [T.sin(x), x] as const,
      (x, ct) => [T.neg(T.mul(ct, T.cos(x)))]
    )
    const at = T.of([0.1, 0.2], 'float64')
    const expected = T.toNested(T.neg(T.cos(at)))
    expect(T.toNested(vmap(grad(reversed))(at))).toEqual(expected)
    expect(T.toNested(grad((x: T.Tensor<[2]>) => T.sum(vmap(reversed)(x)))(at))).toEqual(expected)
  })

  test('checkpointed functions are mapped, and differentiated per example', () => {
    const block = checkpoint((w: V, x: V) => T.sum(T.tanh(T.mul(w, x))))
    const w = T.of([0.1, 0.2, 0.3], 'float64')
    const each = vmap(grad(block), { inAxes: [null, 0] })(w, rows)
    expect(T.toNested(each)).toEqual([T.toNested(grad(block)(w, row(0))), T.toNested(grad(block)(w, row(1)))])
  })
})

describe('back to one example', () => {
  interface Params {
    readonly w: V
    readonly b: S
  }
  const loss = ({ w, b }: Params, x: V): S => T.square(T.add(T.dot(w, x), b))
  const params: Params = { w: T.of([1, -1, 2], 'float64'), b: T.scalar(0.5, 'float64') }
  const each = vmap(grad(loss), { inAxes: [null, 0] })(params, rows)

  test('the mean of the gradients is the gradient of the mean', () => {
    const mean: Params = overExamples(each, T.mean({ axis: 0 }))
    const whole = grad((p: Params) => T.mean(vmap(loss, { inAxes: [null, 0] })(p, rows)))(params)
    expect(T.item(Tree.norm(Tree.sub(mean, whole)))).toBeLessThan(1e-13 * T.item(Tree.norm(whole)))
  })

  test('sums, and single examples, also inside of other transformations', () => {
    expect(T.toNested(overExamples(each, (leaf) => T.at(leaf, 1)).w)).toEqual(T.toNested(grad(loss)(params, row(1)).w))
    const total = (p: Params): S =>
      overExamples(vmap(loss, { inAxes: [null, 0] })(p, rows), (leaf) => T.sum(leaf, { axis: 0 }))
    expect(T.toNested(grad(total)(params).w)).toEqual(
      T.toNested(overExamples(each, (leaf) => T.sum(leaf, { axis: 0 })).w)
    )
  })

  test('rejects another shape than that of an example', () => {
    expect(() => overExamples(each, T.sum)).toThrow(
      'overExamples: w of shape [2, 3] became one of shape []; expected shape [3]'
    )
    expect(() => overExamples({ l: [T.zeros([4, 2]), T.scalar(1)] }, T.mean({ axis: 0 }))).toThrow(
      'overExamples: l[1] is a scalar; expected an axis of examples in front'
    )
    expect(() => overExamples(T.zeros([4, 2]), T.neg)).toThrow(
      'overExamples: a leaf of shape [4, 2] became one of shape [4, 2]; expected shape [2]'
    )
  })
})

describe('errors', () => {
  const add2 = (x: T.Tensor, y: { readonly w: T.Tensor }): T.Tensor => T.add(x, y.w)

  test('sizes that differ name both paths', () => {
    expect(() => vmap(add2)(T.zeros([2]), { w: T.zeros([3]) })).toThrow(
      'vmap: args[0] has size 2 along its mapped axis and args[1].w has size 3; expected the same size'
    )
  })

  test('an axis that a leaf does not have', () => {
    expect(() => vmap(add2, { inAxes: [0, { w: 2 }] })(T.zeros([2]), { w: T.zeros([2, 2]) })).toThrow(
      'vmap: inAxes is 2 for args[1].w of shape [2, 2]; expected an integer from -2 to 1'
    )
    expect(() => vmap(add2)(T.zeros([2]), { w: T.scalar(1) })).toThrow(
      'vmap: inAxes is 0 for args[1].w, a scalar; expected null, which passes it to every example'
    )
    expect(() => vmap(T.sin, { outAxes: 5 })(T.zeros([2]))).toThrow(
      'vmap: outAxes is 5 for the result of shape []; expected an integer from -1 to 0'
    )
  })

  test('a number of examples that is invalid, or differs', () => {
    expect(() => vmap(T.sin, { size: 3 })(T.zeros([2]))).toThrow(
      'vmap: args[0] has size 2 along its mapped axis; expected 3, the option size'
    )
    expect(() => vmap(T.sin, { size: -1 })(T.zeros([2]))).toThrow('vmap: size is -1; expected an integer of 0 or more')
  })

  test('nothing is mapped', () => {
    expect(() => vmap(T.sin, { inAxes: null })(T.zeros([2]))).toThrow(
      'vmap: no argument is mapped; expected an axis of at least one leaf in inAxes, or the number of examples in size'
    )
  })

  test('an unknown option', () => {
    expect(() => vmap(T.sin, { out_axes: 1 } as object)).toThrow(
      'vmap: unknown option out_axes; expected inAxes, outAxes or size'
    )
  })

  test('as many axes as arguments', () => {
    const loose = vmap as (f: unknown, options: unknown) => (...args: readonly unknown[]) => unknown
    expect(() => loose(T.sin, { inAxes: [0, 0] })(T.zeros([2]))).toThrow(
      'vmap: inAxes has 2 entries for 1 argument; expected one each'
    )
    expect(() => loose(T.sin, { inAxes: 'all' })(T.zeros([2]))).toThrow(
      `vmap: inAxes is 'all'; expected a number, null, 'split' or a list of one entry per argument`
    )
    expect(() => loose(T.sin, { inAxes: ['all'] })(T.zeros([2]))).toThrow(
      "vmap: inAxes at args[0] is 'all'; expected a number, null or a tree of them"
    )
  })

  test('a leaf that is not a tensor, by the argument', () => {
    const second = vmap((_x: S, y: { readonly a: readonly S[] }) => y.a[0]!)
    expect(() => second(T.zeros([2]), { a: [3] } as never)).toThrow(
      'vmap: args[1].a[0] is 3; expected a tensor, make one with T.scalar'
    )
    expect(() => second(T.zeros([2]), 3 as never)).toThrow(
      'vmap: args[1] is 3; expected a tensor, make one with T.scalar'
    )
  })

  test('the errors of operations speak of one example', () => {
    const empty = T.zeros([2, 0, 3])
    expect(() => vmap((x: T.Tensor) => T.max(x, { axis: 0 }))(empty)).toThrow(
      'max: shape [0, 3] is empty along axes [0]; expected at least one element'
    )
    expect(() =>
      vmap(
        vmap((x: T.Tensor) => T.argmin(x, { axis: 0 })),
        { inAxes: 3 }
      )(T.zeros([2, 0, 3, 1]))
    ).toThrow('argmin: shape [0, 3] is empty along axes [0]; expected at least one element')
  })

  test('a value inside cannot be read', () => {
    expect(() => vmap((x: S) => T.mul(x, T.item(x)))(T.zeros([2]))).toThrow(
      'item: a value inside vmap was read as numbers; examples differ in it, choose by T.where, Control.cond or Control.whileLoop'
    )
  })

  test('a value that leaves the function another way is a leak', () => {
    let kept: T.Tensor | undefined
    vmap((x: S) => {
      kept = x
      return x
    })(T.zeros([2]))
    expect(() => T.sin(kept!)).toThrow('sin: an operand is a value from inside vmap, which has finished')
  })

  test('a tensor that is not a key cannot be split', () => {
    expect(() =>
      vmap((x: T.Tensor, y: T.Tensor) => T.add(x, y), { inAxes: ['split', 0] })(T.zeros([2]), T.zeros([2, 2]))
    ).toThrow('the key is a tensor of shape [2] and dtype float32; expected one from Random.key or Random.split')
  })
})

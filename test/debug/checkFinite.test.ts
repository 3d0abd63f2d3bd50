// The first operation that makes a NaN or an infinity: found at every nesting, named word for word.
import * as Control from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import { checkpoint, customVjp, grad, jvp, vjp } from 'pullback/Grad'
import { LeakedTracerError } from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { vmap } from 'pullback/Vmap'
import { describe, expect, it } from 'vitest'

type S = T.Tensor<[]>
type V = T.Tensor<[3]>

const numbers = (tree: unknown): readonly (readonly number[])[] => Tree.leaves(tree).map((leaf) => [...T.toArray(leaf)])

const caught = (run: () => unknown): Debug.NonFiniteError => {
  try {
    run()
  } catch (error) {
    if (error instanceof Debug.NonFiniteError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

const sentence = (run: () => unknown): string => caught(run).message

const logs = (x: V): S => T.sum(T.log(x))
const roots = (x: V): S => T.sum(T.sqrt(x))
const bad: V = T.of([1, 0, 2])
const good: V = T.of([1, 3, 2])

// -----------------------------------------------------------------------------
// what is fine
// -----------------------------------------------------------------------------

describe('a function whose numbers are finite', () => {
  const x: V = T.of([0.3, -1.2, 2], 'float64')
  const f = (v: V): S => T.sum(T.mul(T.softmax(v), T.square(T.sin(v))))
  const transformations: { readonly [name: string]: (g: (v: V) => S) => (v: V) => unknown } = {
    nothing: (g) => g,
    grad,
    'grad of grad': (g) => grad((v: V) => T.sum(T.mul(v, grad(g)(v)))),
    jvp: (g) => (v) => jvp(g)([v], [x]),
    vmap: (g) => (v) => vmap(g)(T.stack([v, T.neg(v)])),
    'vmap of grad': (g) => (v) => vmap(grad(g))(T.stack([v, T.neg(v)])),
    'grad of checkpoint': (g) => grad(checkpoint(g)),
    trace: (g) => (v) => Debug.evaluate(Debug.trace(g)(v))(v),
    'grad of scan': (g) => grad((v: V) => Control.scan((c: S, e: S) => [T.mul(T.sin(c), e), c] as const)(g(v), v)[0])
  }

  it.each(Object.keys(transformations))('is the same with checks outside of %s', (name) => {
    const g = transformations[name]!(f)
    expect(numbers(Debug.checkFinite(g)(x))).toEqual(numbers(g(x)))
  })

  it.each(Object.keys(transformations))('is the same with checks inside of %s, up to the order of sums', (name) => {
    const by = transformations[name]!
    const expected = numbers(by(f)(x)).map((leaf) => leaf.map((each) => expect.closeTo(each, 14) as number))
    expect(numbers(by(Debug.checkFinite(f))(x))).toEqual(expected)
  })

  it('takes and gives values of any kind', () => {
    const g = Debug.checkFinite((p: { readonly w: V; readonly name: string }, times: number) => ({
      value: T.mul(p.w, times),
      count: T.argmax(p.w),
      name: p.name
    }))
    const result = g({ w: good, name: 'layer' }, 2)
    expect([...T.toArray(result.value)]).toEqual([2, 6, 4])
    expect(T.item(result.count)).toBe(1)
    expect(result.name).toBe('layer')
  })

  it('an infinite constant is not an error, nor are results made of it', () => {
    const masked = (x: V): V => T.softmax(T.where(T.greater(x, 1), x, -Infinity))
    expect(numbers(Debug.checkFinite(masked)(T.of([0, 2, 2])))).toEqual([[0, 0.5, 0.5]])
    const g = (x: V): S => T.sum(T.mul(masked(x), x))
    expect(numbers(Debug.checkFinite(grad(g))(T.of([0, 2, 3])))).toEqual(numbers(grad(g)(T.of([0, 2, 3]))))
    expect(numbers(Debug.checkFinite((x: V) => T.add(x, Infinity))(good))).toEqual([[Infinity, Infinity, Infinity]])
  })

  it('the maximum of an empty tensor is not an error', () => {
    const largest = (x: T.Tensor<[number]>): S => T.logSumExp(T.slice(x, [[0, 0]]))
    expect(numbers(Debug.checkFinite(largest)(good))).toEqual(numbers(largest(good)))
  })

  it('nor is a singular point that a strong zero makes harmless in a backward pass', () => {
    const safe = (x: V): S => T.sum(T.where(T.greater(x, 0), T.sqrt(x), 0))
    expect(numbers(Debug.checkFinite(grad(safe))(T.of([4, 0, 1])))).toEqual([[0.25, 0, 0.5]])
    expect(numbers(grad(Debug.checkFinite(safe))(T.of([4, 0, 1])))).toEqual([[0.25, 0, 0.5]])
  })
})

// -----------------------------------------------------------------------------
// forward
// -----------------------------------------------------------------------------

describe('forward', () => {
  it('the operation, the shapes, the place and the path', () => {
    const model = (p: { readonly layer: { readonly w: V } }): S => logs(p.layer.w)
    const error = caught(() => Debug.checkFinite(model)({ layer: { w: bad } }))
    expect(error.message).toBe('checkFinite: log of [3] made -Infinity at [1]; its operand is args[0].layer.w')
    expect(error.name).toBe('NonFiniteError')
    expect(error.operation).toBe('log')
    expect(error.value).toBe(-Infinity)
    expect(error.index).toEqual([1])
    expect(error.example).toEqual([])
    expect(error.within).toBe(undefined)
    expect(error.path).toBe('args[0].layer.w')
    expect(error.operands).toEqual([
      { shape: [3], dtype: 'float32', origin: 'args[0].layer.w', path: 'args[0].layer.w' }
    ])
  })

  it.each([
    [
      'views of an argument',
      () =>
        Debug.checkFinite((x: T.Tensor<[2, 2]>) => T.log(T.reshape(T.transpose(x), [4])))(
          T.of([
            [1, 2],
            [0, 1]
          ])
        ),
      'checkFinite: log of [4] made -Infinity at [1]; its operand is a view of args[0]'
    ],
    [
      'results of other operations',
      () => Debug.checkFinite((x: V, y: V) => T.div(x, T.sub(y, y)))(T.of([0, 1, 1]), good),
      'checkFinite: div of [3] and [3] made NaN at [0]; its operands are args[0] and the result of sub'
    ],
    [
      'constants',
      () => Debug.checkFinite((x: V) => T.div(T.of([1, 2, 3]), x))(bad),
      'checkFinite: div of [3] and [3] made Infinity at [1]; its operands are a constant and args[0]'
    ],
    [
      'scalars',
      () => Debug.checkFinite((x: S) => T.log(x))(T.scalar(-1)),
      'checkFinite: log of [] made NaN; its operand is args[0]'
    ],
    [
      'an overflow',
      () => Debug.checkFinite((x: V) => T.sum(T.exp(T.mul(x, 100))))(good),
      'checkFinite: exp of [3] made Infinity at [0]; its operand is the result of mul'
    ],
    [
      'an overflow beside an infinity, element by element',
      () => Debug.checkFinite((x: T.Tensor<[2]>) => T.mul(x, T.of([Infinity, 1e30])))(T.of([1, 1e30])),
      'checkFinite: mul of [2] and [2] made Infinity at [1]; its operands are args[0] and a constant'
    ],
    [
      'a NaN among constants, where it meets an argument',
      () => Debug.checkFinite((x: V) => T.mul(x, T.of([1, 2, NaN])))(good),
      'checkFinite: mul of [3] and [3] made NaN at [2]; its operands are args[0] and a constant, which is NaN already'
    ],
    [
      'a NaN among constants, in the result',
      () => Debug.checkFinite((x: V) => ({ x, loss: T.log(T.scalar(-1)) }))(good),
      'checkFinite: the result at loss is NaN; look at the constants, as no operation on the arguments made it'
    ],
    [
      'integers that become floats',
      () => Debug.checkFinite((x: T.Tensor<[2]>) => T.log(x))(T.of([1, 0], 'int32')),
      'checkFinite: log of [2] made -Infinity at [1]; its operand is a view of args[0]'
    ]
  ])('%s', (_, run, expected) => {
    expect(sentence(run)).toBe(expected)
  })

  it('an argument that is not finite already, by its path', () => {
    const f = Debug.checkFinite((p: { readonly w: readonly V[] }, _: S) => p.w[0])
    expect(sentence(() => f({ w: [good, T.of([1, 2, NaN])] }, T.scalar(1)))).toBe(
      'checkFinite: args[0].w[1] is NaN at [2]; expected finite arguments'
    )
    expect(sentence(() => f({ w: [good] }, T.scalar(-Infinity)))).toBe(
      'checkFinite: args[1] is -Infinity; expected finite arguments'
    )
  })

  it('reading a value inside says what to do', () => {
    const run = (): unknown => Debug.checkFinite((x: S) => T.mul(x, T.item(x)))(T.scalar(1))
    expect(run).toThrow(LeakedTracerError)
    expect(run).toThrow('item: a value inside checkFinite was read as numbers; return it, and read it outside')
  })

  it('a value that leaks out is a leak', () => {
    const [, pullback] = Debug.checkFinite((x: V) => vjp(logs)(x))(good)
    expect(() => pullback(T.scalar(1))).toThrow(LeakedTracerError)
  })
})

// -----------------------------------------------------------------------------
// through transformations
// -----------------------------------------------------------------------------

describe('with transformations inside', () => {
  it('grad: forward operations', () => {
    expect(sentence(() => Debug.checkFinite(grad(logs))(bad))).toBe(
      'checkFinite: log of [3] made -Infinity at [1]; its operand is args[0]'
    )
  })

  it('grad: operations of the backward pass', () => {
    const error = caught(() => Debug.checkFinite(grad(roots))(bad))
    expect(error.message).toBe(
      'checkFinite: rsqrt of [3] made Infinity at [1], in the pullback of grad; its operand is args[0]'
    )
    expect(error.within).toBe('grad')
  })

  it('grad: a zero cotangent times an infinity, where zero is not strong', () => {
    const f = (x: V): S => T.sum(T.matmul(T.expandDims(T.sqrt(x), 0), T.of([[1], [0], [0]])))
    expect(sentence(() => Debug.checkFinite(grad(f))(T.of([0, 1, 1])))).toContain('in the pullback of grad')
    expect(numbers(Debug.checkFinite(grad(f))(T.of([1, 0, 1])))).toEqual([[0.5, 0, 0]])
  })

  it('grad: an overflow of a product in the backward pass', () => {
    const f = (x: S): S => T.square(T.mul(x, 1e30))
    expect(sentence(() => Debug.checkFinite(grad(f))(T.scalar(1e-20)))).toBe(
      'checkFinite: guardedMul of [] and [] made Infinity, in the pullback of grad; its operands are the result of guardedMul and a constant'
    )
  })

  it('grad of grad', () => {
    expect(sentence(() => Debug.checkFinite(grad(grad((x: S) => T.pow(x, 1.5))))(T.scalar(0)))).toBe(
      'checkFinite: pow of [] and [] made Infinity, in the pullback of grad; its operands are args[0] and a constant'
    )
  })

  it('vjp, whose pullback is called inside', () => {
    const f = (x: V): V => vjp(roots)(x)[1](T.scalar(1))[0]
    expect(caught(() => Debug.checkFinite(f)(bad)).within).toBe('vjp')
  })

  it('jvp', () => {
    expect(sentence(() => Debug.checkFinite((x: V) => jvp(roots)([x], [x])[1])(bad))).toBe(
      'checkFinite: rsqrt of [3] made Infinity at [1]; its operand is args[0]'
    )
  })

  it('vmap: the whole batch, whose first axis is the example', () => {
    expect(sentence(() => Debug.checkFinite(vmap(logs))(T.stack([good, bad])))).toBe(
      'checkFinite: log of [2, 3] made -Infinity at [1, 1]; its operand is args[0]'
    )
  })

  it('checkpoint, forward and back', () => {
    expect(sentence(() => Debug.checkFinite(checkpoint(logs))(bad))).toBe(
      'checkFinite: log of [3] made -Infinity at [1], inside checkpoint; its operand is args[0]'
    )
    expect(sentence(() => Debug.checkFinite(grad(checkpoint(roots)))(bad))).toBe(
      'checkFinite: rsqrt of [3] made Infinity at [1], inside checkpoint, in the pullback of grad; its operand is args[0]'
    )
    expect(sentence(() => Debug.checkFinite(checkpoint(checkpoint(logs)))(bad))).toBe(
      'checkFinite: log of [3] made -Infinity at [1], inside checkpoint, inside checkpoint; its operand is args[0]'
    )
  })

  it('scan, eager and staged', () => {
    const f = (x: V): S => Control.scan((c: S, e: S) => [T.add(c, T.log(e)), c] as const)(T.scalar(0), x)[0]
    expect(sentence(() => Debug.checkFinite(f)(bad))).toContain('log of [] made -Infinity')
    expect(sentence(() => Debug.checkFinite(checkpoint(f))(bad))).toBe(
      'checkFinite: log of [] made -Infinity, inside checkpoint, inside scan; its operand is a value inside scan'
    )
  })

  it('cond and whileLoop, eager and staged: only what is run', () => {
    const safe = (x: S): S =>
      Control.cond(
        T.greater(x, 0),
        (y: S) => T.log(y),
        (y: S) => T.mul(y, 0)
      )(x)
    expect(numbers(Debug.checkFinite(grad(safe))(T.scalar(0)))).toEqual([[0]])
    expect(numbers(Debug.checkFinite(checkpoint(safe))(T.scalar(0)))).toEqual([[0]])
    const unsafe = (x: S): S =>
      Control.cond(
        T.greater(x, 0),
        (y: S) => T.neg(y),
        (y: S) => T.log(y)
      )(x)
    expect(sentence(() => Debug.checkFinite(unsafe)(T.scalar(0)))).toBe(
      'checkFinite: log of [] made -Infinity; its operand is args[0]'
    )
    expect(sentence(() => Debug.checkFinite(checkpoint(unsafe))(T.scalar(0)))).toBe(
      'checkFinite: log of [] made -Infinity, inside checkpoint, inside cond; its operand is args[0]'
    )
    const grows = Control.whileLoop(
      (x: S) => T.less(x, Infinity),
      (x) => T.square(x)
    )
    expect(sentence(() => Debug.checkFinite(grows)(T.scalar(10)))).toContain('square of [] made Infinity')
    expect(sentence(() => Debug.checkFinite(checkpoint(grows))(T.scalar(10)))).toContain(
      'square of [] made Infinity, inside checkpoint, inside whileLoop'
    )
  })

  it('evaluated programs', () => {
    const program = Debug.trace(logs)(good)
    expect(sentence(() => Debug.checkFinite(Debug.evaluate(program))(bad))).toBe(
      'checkFinite: log of [3] made -Infinity at [1]; its operand is args[0]'
    )
  })

  it('rules of customVjp', () => {
    const f = customVjp(
      (x: V) => [T.sum(x), { x }] as const,
      ({ x }, ct) => [T.mul(ct, T.log(x))]
    )
    expect(sentence(() => Debug.checkFinite(grad(f))(T.of([-1, 1, 1])))).toBe(
      'checkFinite: log of [3] made NaN at [0], in the pullback of grad; its operand is args[0]'
    )
    expect(
      sentence(() =>
        Debug.checkFinite(
          customVjp(
            (x: V) => [T.log(x), {}] as const,
            (_, ct) => [ct]
          )
        )(bad)
      )
    ).toBe('checkFinite: customVjp of [3] made -Infinity at [1]; its operand is args[0]')
  })
})

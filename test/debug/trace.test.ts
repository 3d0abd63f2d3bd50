// Programs: what they are made of, that they compute what their functions do, and what bad arguments get.
import * as Control from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import { checkpoint, customJvp, customVjp, grad, jvp, valueAndGrad, vjp } from 'pullback/Grad'
import { DTypeError, LeakedTracerError } from 'pullback/Primitive'
import * as Random from 'pullback/Random'
import { ShapeError } from 'pullback/Shape'
import * as Program from 'pullback/Program'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { vmap } from 'pullback/Vmap'
import { describe, expect, it } from 'vitest'

type S = T.Tensor<[]>
type V = T.Tensor<[3]>

const x: V = T.of([0.3, -1.2, 2], 'float64')
const y: V = T.of([1.5, 0.4, -0.7], 'float64')

/** All numbers of a tree, to be compared to the bit. */
const numbers = (tree: unknown): readonly (readonly number[])[] => Tree.leaves(tree).map((leaf) => [...T.toArray(leaf)])

const names = ({ equations }: Program.Program): readonly string[] => equations.map(({ primitive }) => primitive.name)

/** What does not hold its values: nothing that was traced with it may look at them. */
const zeros: V = T.zeros([3], 'float64')

// -----------------------------------------------------------------------------
// the value
// -----------------------------------------------------------------------------

const cubed = customVjp(
  (v: V) => [T.mul(v, T.square(v)), { v }] as const,
  ({ v }, ct) => [T.mul(ct, T.mul(3, T.square(v)))]
)
const sined = customJvp(
  (v: V) => T.sin(v),
  ([v], [t]) => [T.sin(v), T.mul(t, T.cos(v))]
)

/** Functions of a vector, of every kind that the library has. */
const functions: { readonly [name: string]: (v: V) => V } = {
  elementwise: (v) => T.mul(T.exp(v), T.sin(v)),
  reductions: (v) => T.mul(v, T.logSumExp(T.outer(v, v), { axis: 0 })),
  sorting: (v) => T.mul(T.sort(v), v),
  where: (v) => T.where(T.greater(v, 0), T.square(v), T.neg(v)),
  checkpoint: checkpoint((v: V) => T.tanh(T.mul(v, T.exp(v)))),
  customVjp: cubed,
  customJvp: sined,
  scan: (v) => Control.scan((carry: V, each: S) => [T.add(T.sin(carry), each), carry] as const)(v, v)[0],
  associativeScan: (v) => Control.associativeScan((a: V, b: V) => T.mul(a, b))(v),
  map: (v) => T.reshape(Control.map((each: S) => T.mul(each, T.exp(each)))(v), [3]),
  foriLoop: (v) => Control.foriLoop(0, 3, (_, w: V) => T.sin(T.mul(w, v)))(v),
  whileLoop: Control.whileLoop(
    (w: V) => T.less(T.sum(T.square(w)), 40),
    (w) => T.mul(w, 1.5)
  ),
  cond: (v) =>
    Control.cond(
      T.greater(T.sum(v), 0),
      (w: V) => T.mul(w, T.exp(v)),
      (w: V) => T.neg(w)
    )(v),
  tap: Debug.tap(() => undefined),
  checkFinite: Debug.checkFinite((v: V) => T.mul(v, T.cos(v)))
}

const rows = T.of(
  [
    [1, 2, 3],
    [0.5, -1, 0.25]
  ],
  'float64'
)

/** Transformations of a function of a vector, as functions of a vector. */
const transformations: { readonly [name: string]: (f: (v: V) => V) => (v: V) => unknown } = {
  nothing: (f) => f,
  grad: (f) => grad((v: V) => T.sum(f(v))),
  valueAndGrad: (f) => valueAndGrad((v: V) => T.sum(f(v))),
  vjp: (f) => (v) => vjp(f)(v)[1](y),
  jvp: (f) => (v) => jvp(f)([v], [y]),
  vmap: (f) => (v) => vmap((row: V) => f(T.mul(row, v)))(rows),
  'vmap of grad': (f) => (v) => vmap(grad((row: V) => T.sum(f(T.mul(row, v)))))(rows),
  'grad of grad': (f) => grad((v: V) => T.sum(T.mul(y, grad((w: V) => T.sum(f(w)))(v)))),
  'grad of vmap': (f) => grad((v: V) => T.sum(T.square(vmap((row: V) => f(T.mul(row, v)))(rows)))),
  'jvp of grad': (f) => (v) => jvp(grad((w: V) => T.sum(f(w))))([v], [y]),
  'grad of checkpoint': (f) => grad((v: V) => T.sum(checkpoint(f)(v))),
  trace: (f) => (v) => Debug.evaluate(Debug.trace(f)(v))(v)
}

/** The same numbers: to the bit, but for derivatives of derivatives of loops, whose sums are taken in another order. */
const expectSame = (by: string, actual: unknown, expected: unknown): void => {
  const second = by === 'grad of grad' || by === 'jvp of grad'
  const like = (each: number): unknown => (second ? expect.closeTo(each, 13) : each)
  expect(numbers(actual)).toEqual(numbers(expected).map((leaf) => leaf.map(like)))
}

describe.each(Object.keys(functions))('of %s', (name) => {
  const f = functions[name]!
  it.each(Object.keys(transformations))('evaluates to what it is a program of, through %s', (by) => {
    const g = transformations[by]!(f)
    expectSame(by, Debug.evaluate(Debug.trace(g)(zeros))(x), g(x))
  })

  it.each(Object.keys(transformations))('is transformed as the function is, by %s', (by) => {
    const evaluated = Debug.evaluate(Debug.trace(f)(zeros))
    expectSame(by, transformations[by]!(evaluated)(x), transformations[by]!(f)(x))
  })
})

// -----------------------------------------------------------------------------
// the program
// -----------------------------------------------------------------------------

describe('a program', () => {
  const params = { layer: { w: T.zeros([2, 3]), b: T.zeros([2]) }, rest: [T.scalar(1, 'float64')] }
  const program = Debug.trace((p: typeof params, v: T.Tensor<[3]>) => ({
    out: T.add(T.matmul(p.layer.w, v), p.layer.b),
    same: p.rest
  }))(params, T.zeros([3]))

  it('says where its inputs and outputs stand', () => {
    expect(program.inputPaths).toEqual(['args[0].layer.w', 'args[0].layer.b', 'args[0].rest[0]', 'args[1]'])
    expect(program.inputs.map(({ shape, dtype }) => [shape, dtype])).toEqual([
      [[2, 3], 'float32'],
      [[2], 'float32'],
      [[], 'float64'],
      [[3], 'float32']
    ])
    expect(program.outputPaths).toEqual(['out', 'same[0]'])
    expect(program.outputs[1]).toBe(program.inputs[2])
  })

  it('gives back the structure of the result', () => {
    const result = Debug.evaluate(program)({ ...params, rest: [T.scalar(5, 'float64')] }, T.ones([3]))
    expect(Tree.sameStructure(result, { out: T.zeros([2]), same: [T.scalar(1)] })).toBe(true)
    expect(numbers(result)).toEqual([[0, 0], [5]])
  })

  it('names primitives by identity, with their parameters and operands', () => {
    const { inputs, equations } = Debug.trace((v: T.Tensor<[2, 3]>) => T.mul(T.sum(v, { axis: 1 }), 2))(T.zeros([2, 3]))
    const [sum, mul] = equations
    expect(sum?.primitive.name).toBe('sum')
    expect(sum?.params).toEqual({ axes: [1] })
    expect(sum?.operands).toEqual([inputs[0]])
    expect(mul?.primitive).toBe(T.mul.primitive)
    expect(mul?.operands[0]).toBe(sum?.results[0])
    expect(mul?.operands[1] instanceof Program.Variable).toBe(false)
  })

  it('is frozen', () => {
    const [equation] = program.equations
    const parts: readonly unknown[] = [
      program,
      program.inputs,
      program.inputs[0],
      program.inputPaths,
      program.equations,
      equation,
      equation?.operands,
      equation?.results,
      program.outputs,
      program.outputPaths,
      program.captured
    ]
    expect(parts.map((part) => Object.isFrozen(part))).toEqual(parts.map(() => true))
  })

  it('leaves out unread equations, and keeps effects', () => {
    const f = (v: V): V => {
      T.exp(v)
      Debug.tap(() => undefined)(T.sin(v))
      return T.cos(v)
    }
    expect(names(Debug.trace(f)(zeros))).toEqual(['sin', 'tap', 'cos'])
  })

  it('computes with constants at once', () => {
    expect(names(Debug.trace((v: V) => T.mul(v, T.exp(T.scalar(1, 'float64'))))(zeros))).toEqual(['mul'])
  })

  it('draws random numbers by a key that it is given', () => {
    const noisy = (key: Random.Key) => Random.normal(key, [4])
    const evaluated = Debug.evaluate(Debug.trace(noisy)(Random.key(1)))
    expect(numbers(evaluated(Random.key(7)))).toEqual(numbers(noisy(Random.key(7))))
  })

  it('of a function of nothing, and of one that returns its argument', () => {
    expect(numbers(Debug.evaluate(Debug.trace(() => ({ a: T.scalar(3) }))())())).toEqual([[3]])
    expect(Debug.evaluate(Debug.trace((v: V) => v)(zeros))(x)).toBe(x)
  })

  it('holds a thousand operations and their derivative', () => {
    const f = (v: S): S => Array.from({ length: 1000 }).reduce<S>((sum) => T.sin(sum), v)
    const program = Debug.trace(grad(f))(T.scalar(0, 'float64'))
    const at = T.scalar(0.7, 'float64')
    expect(program.equations.length).toBeGreaterThan(1999)
    expect(numbers(Debug.evaluate(program)(at))).toEqual(numbers(grad(f)(at)))
  })
})

// -----------------------------------------------------------------------------
// inside of other transformations
// -----------------------------------------------------------------------------

describe('inside of another transformation', () => {
  it('a captured value is an input, with its value', () => {
    const f = (w: S): S => {
      const program = Debug.trace((v: S) => T.mul(T.sin(v), w))(w)
      expect(program.inputs.length).toBe(2)
      expect(program.inputPaths).toEqual(['args[0]'])
      expect(program.captured).toEqual([w])
      return Debug.evaluate(program)(T.square(w))
    }
    const at = T.scalar(1.3, 'float64')
    expect(numbers(grad(f)(at))).toEqual(numbers(grad((w: S) => T.mul(T.sin(T.square(w)), w))(at)))
    expect(numbers(grad(grad(f))(at))).toEqual(numbers(grad(grad((w: S) => T.mul(T.sin(T.square(w)), w)))(at)))
  })

  it('a program outlives it only if it closes over none of its values', () => {
    const kept: ((v: S) => S)[] = []
    grad((w: S) => {
      kept.push(Debug.evaluate(Debug.trace((v: S) => T.exp(v))(w)))
      kept.push(Debug.evaluate(Debug.trace((v: S) => T.mul(v, w))(w)))
      return w
    })(T.scalar(1))
    expect(numbers(kept[0]!(T.scalar(0)))).toEqual([[1]])
    expect(() => kept[1]!(T.scalar(0))).toThrow(
      'mul: an operand is a value from inside grad, which has finished; return values from the function instead of storing them outside it'
    )
  })

  it('nests', () => {
    const f = (v: S): S => {
      const inner = Debug.evaluate(Debug.trace((u: S) => T.mul(T.sin(u), v))(v))
      return grad(inner)(T.square(v))
    }
    const at = T.scalar(0.4, 'float64')
    expect(numbers(Debug.evaluate(Debug.trace(f)(at))(at))).toEqual(numbers(f(at)))
  })
})

// -----------------------------------------------------------------------------
// bad input
// -----------------------------------------------------------------------------

describe('rejects bad input', () => {
  const program = Debug.trace((p: { readonly w: T.Tensor; readonly b: T.Tensor }) => T.add(p.w, p.b))({
    w: T.zeros([3]),
    b: T.zeros([3])
  })
  const evaluate: (...args: readonly unknown[]) => unknown = Debug.evaluate(program) as never

  it.each([
    [
      'another shape',
      [{ w: T.zeros([2]), b: T.zeros([3]) }],
      ShapeError,
      'evaluate: args[0].w has shape [2]; expected shape [3], or trace again'
    ],
    [
      'another type',
      [{ w: T.zeros([3]), b: T.zeros([3], 'float64') }],
      DTypeError,
      'evaluate: args[0].b is float64; expected float32, cast it with T.cast'
    ],
    [
      'a leaf too few',
      [{ w: T.zeros([3]) }],
      Tree.TreeError,
      'evaluate: args[0].b is missing; expected a float32 tensor of shape [3]'
    ],
    [
      'a leaf too many',
      [{ w: T.zeros([3]), b: T.zeros([3]), c: T.zeros([3]) }],
      Tree.TreeError,
      'evaluate: args[0].c is a tensor; the program was traced without one there'
    ],
    [
      'an argument too many',
      [{ w: T.zeros([3]), b: T.zeros([3]) }, T.zeros([])],
      Tree.TreeError,
      'evaluate: args[1] is a tensor; the program was traced without one there'
    ],
    ['no argument', [], Tree.TreeError, 'evaluate: args[0].w is missing; expected a float32 tensor of shape [3]'],
    [
      'no tensor',
      [{ w: 3, b: T.zeros([3]) }],
      Tree.TreeError,
      'evaluate: args[0].w is 3; expected a tensor, make one with T.scalar'
    ]
  ])('%s', (_, args, kind, sentence) => {
    expect(() => evaluate(...args)).toThrow(kind)
    expect(() => evaluate(...args)).toThrow(sentence)
  })

  it('fields in another order are the same structure', () => {
    const { w, b } = { w: T.of([1, 2, 3]), b: T.of([10, 20, 30]) }
    expect(numbers(Debug.evaluate(program)({ b, w }))).toEqual([[11, 22, 33]])
  })

  it('to trace: an argument or a result that is not a tensor', () => {
    expect(() => Debug.trace((_: { readonly rate: number }) => T.scalar(1))({ rate: 0.1 })).toThrow(
      'trace: args[0].rate is 0.1; expected a tensor, make one with T.scalar'
    )
    expect(() => Debug.trace(() => 3)()).toThrow(
      'trace: the function returned 3; expected a tensor or a tree of tensors, make one with T.scalar'
    )
  })

  it.each([
    ['item', (v: S) => T.mul(v, T.item(v)), 'item: a value inside trace was read as numbers'],
    ['toArray', (v: S) => T.mul(v, T.toArray(v)[0] ?? 0), 'toArray: a value inside trace was read as numbers'],
    [
      'a JavaScript operator',
      (v: S) => T.mul(v, Number(v)),
      'arithmetic: a value inside trace was used as a JavaScript number'
    ]
  ])('reading a value: %s', (_, f, sentence) => {
    const attempt = (): unknown => Debug.trace(f)(T.scalar(1))
    expect(attempt).toThrow(LeakedTracerError)
    expect(attempt).toThrow(
      `${sentence}; a staged function knows shapes only, choose by T.where, Control.cond or Control.whileLoop`
    )
  })

  it('a value that leaks out', () => {
    const kept: S[] = []
    Debug.trace((v: S) => {
      kept.push(v)
      return v
    })(T.scalar(1))
    expect(() => T.exp(kept[0]!)).toThrow(
      'exp: an operand is a value from inside trace, which has finished; return values from the function instead of storing them outside it'
    )
  })
})

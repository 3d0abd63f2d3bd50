// Values seen as they pass, at every nesting, and the derivatives that tap leaves alone.
import * as Control from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import { checkpoint, customJvp, customVjp, grad, jvp, vjp } from 'pullback/Grad'
import * as Implicit from 'pullback/Implicit'
import * as Ode from 'pullback/Ode'
import * as Program from 'pullback/Program'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { describe, expect, it, vi } from 'vitest'

type S = T.Tensor<[]>

const scalar = (value: number): S => T.scalar(value, 'float64')

/** What a function reports while it runs. */
const watching = (
  run: (tap: (options?: Debug.TapOptions) => <P>(tree: P) => P) => unknown
): readonly (readonly [info: Debug.TapInfo, values: readonly number[]])[] => {
  const seen: (readonly [Debug.TapInfo, readonly number[]])[] = []
  run((options) => Debug.tap((value, info) => seen.push([info, [...T.toArray(value)]]), options))
  return seen
}

const info = (given: Partial<Debug.TapInfo>): Debug.TapInfo => ({
  label: '',
  path: '',
  kind: 'value',
  mapped: [],
  ...given
})

describe('tap reports', () => {
  it('the leaves of a tree, by their paths', () => {
    expect(watching((tap) => tap({ label: 'state' })({ w: T.of([1, 2]), rest: [scalar(3)] }))).toEqual([
      [info({ label: 'state', path: 'w' }), [1, 2]],
      [info({ label: 'state', path: 'rest[0]' }), [3]]
    ])
  })

  it('primals under grad, jvp and vjp, at any order', () => {
    const by = (transform: (f: (x: S) => S) => (x: S) => unknown) =>
      watching((tap) => transform((x) => T.sin(tap()(T.square(x))))(scalar(3)))
    const once = [[info({}), [9]]]
    expect(by((f) => f)).toEqual(once)
    expect(by(grad)).toEqual(once)
    expect(by((f) => grad(grad(f)))).toEqual(once)
    expect(by((f) => (x) => jvp(f)([x], [x]))).toEqual(once)
    expect(by((f) => (x) => vjp(f)(x)[1](x))).toEqual(once)
  })

  it('cotangents, with `cotangent: true`', () => {
    const f = (tap: (options?: Debug.TapOptions) => <P>(tree: P) => P) =>
      grad((x: S) => T.mul(tap({ label: 'square', cotangent: true })(T.square(x)), 10))(scalar(3))
    expect(watching(f)).toEqual([
      [info({ label: 'square' }), [9]],
      [info({ label: 'square', kind: 'cotangent' }), [10]]
    ])
  })

  it('cotangents of the leaves that have one', () => {
    const seen = watching((tap) =>
      grad((x: S) => {
        const { a } = tap({ cotangent: true })({ unused: x, a: T.square(x) })
        return T.mul(a, 10)
      })(scalar(3))
    )
    expect(seen.slice(2)).toEqual([[info({ path: 'a', kind: 'cotangent' }), [10]]])
  })

  it('all examples at once under vmap', () => {
    expect(watching((tap) => vmap((x: S) => T.sin(tap()(x)))(T.of([1, 2, 3], 'float64')))).toEqual([
      [info({ mapped: [3] }), [1, 2, 3]]
    ])
    const rows = T.of(
      [
        [1, 2, 3],
        [4, 5, 6]
      ],
      'float64'
    )
    expect(watching((tap) => vmap(vmap((x: S) => T.sin(tap()(x))))(rows))).toEqual([
      [info({ mapped: [2, 3] }), [1, 2, 3, 4, 5, 6]]
    ])
  })

  it('what is the same for all examples as it is', () => {
    const seen = watching((tap) =>
      vmap((x: S, y: S) => tap()([x, y]), { inAxes: [0, null] })(T.of([1, 2], 'float64'), scalar(5))
    )
    expect(seen).toEqual([
      [info({ path: '[0]', mapped: [2] }), [1, 2]],
      [info({ path: '[1]' }), [5]]
    ])
  })

  it('under vmap of grad, values and cotangents', () => {
    const seen = watching((tap) => vmap(grad((x: S) => T.square(tap({ cotangent: true })(x))))(T.of([1, 2], 'float64')))
    expect(seen).toEqual([
      [info({ mapped: [2] }), [1, 2]],
      [info({ kind: 'cotangent', mapped: [2] }), [2, 4]]
    ])
  })

  it('in a staged program each time that it runs, also when nobody reads it', () => {
    const seen: number[] = []
    const f = (x: S): S => {
      Debug.tap((value) => seen.push(...T.toArray(value)))(T.square(x))
      return T.sin(x)
    }
    const evaluate = Debug.evaluate(Debug.trace(f)(scalar(0)))
    expect(seen).toEqual([])
    evaluate(scalar(2))
    grad(evaluate)(scalar(3))
    vmap(evaluate)(T.of([4, 5], 'float64'))
    expect(seen).toEqual([4, 9, 16, 25])
  })

  // Nobody reads the results of these, so that only the effect keeps them in a program.
  const unread: readonly (readonly [what: string, f: (x: S, see: (x: S) => S) => unknown])[] = [
    ['checkpoint', (x, see) => checkpoint(see)(x)],
    ['scan', (x, see) => Control.scan((c: S) => [see(c), undefined], { length: 3 })(x)],
    ['foriLoop', (x, see) => Control.foriLoop(0, 3, (_i, c: S) => see(c))(x)],
    ['the first branch of cond', (x, see) => Control.cond(T.greater(x, 0), see, (y: S) => y)(x)],
    ['the second branch of cond', (x, see) => Control.cond(T.less(x, 0), (y: S) => y, see)(x)],
    [
      'a branch of switchCase',
      (x, see) => Control.switchCase(T.cast(x, 'int32'), [(y: S): S => y, (y: S) => see(y)])(x)
    ],
    [
      'the body of whileLoop',
      (x, see) =>
        Control.whileLoop(
          ({ i }: { i: S; y: S }) => T.less(i, 3),
          ({ i, y }) => ({ i: T.add(i, 1), y: see(y) })
        )({ i: scalar(0), y: x })
    ],
    [
      'the condition of whileLoop',
      (x, see) =>
        Control.whileLoop(
          ({ i, y }: { i: S; y: S }) => T.less(T.add(i, T.mul(0, see(y))), 3),
          ({ i, y }) => ({ i: T.add(i, 1), y })
        )({ i: scalar(0), y: x })
    ],
    [
      'customVjp',
      (x, see) =>
        customVjp(
          (y: S) => [see(y), null],
          (_: null, ct: S) => [ct]
        )(x)
    ],
    ['customJvp', (x, see) => customJvp(see, ([y], [t]) => [see(y), t])(x)],
    ['odeint', (x, see) => Ode.odeint(see)(x, T.of([0, 1], 'float64'))],
    ['fixedPoint', (x, see) => Implicit.fixedPoint((y: S) => T.div(see(y), 2))(x)],
    ['root', (x, see) => Implicit.root((y: S) => T.sub(see(y), 1))(x)],
    ['argmin', (x, see) => Implicit.argmin((y: S) => T.square(T.sub(see(y), 1)))(x)],
    ['linearSolve', (x, see) => Implicit.linearSolve((y: S) => T.mul(see(y), 2), { method: 'cg' })(x)]
  ]

  it.each(unread)('in a staged %s that nobody reads', (_, f) => {
    const seen: number[] = []
    const see = Debug.tap((value: T.Tensor) => void seen.push(...T.toArray(value)))
    f(scalar(2), see)
    const times = seen.length
    expect(times).toBeGreaterThan(0)
    const program = Debug.trace((x: S): S => {
      f(x, see)
      return T.sin(x)
    })(scalar(0))
    for (const kept of [program, Program.removeDead(program)]) {
      const evaluate = Debug.evaluate(kept)
      const countOf = (run: () => unknown): number => {
        seen.length = 0
        run()
        return seen.length
      }
      expect(countOf(() => evaluate(scalar(2)))).toBe(times)
      // Derivatives may compute a value again.
      expect(countOf(() => grad(evaluate)(scalar(2)))).toBeGreaterThanOrEqual(times)
      expect(countOf(() => jvp(evaluate)([scalar(2)], [scalar(1)]))).toBeGreaterThanOrEqual(times)
      expect(countOf(() => vmap(evaluate)(T.of([2, 3], 'float64')))).toBeGreaterThanOrEqual(times)
    }
  })

  it('again when a checkpoint computes again', () => {
    expect(watching((tap) => grad(checkpoint((x: S) => T.sin(tap()(x))))(scalar(2)))).toEqual([
      [info({}), [2]],
      [info({}), [2]]
    ])
  })

  it('every step of a loop', () => {
    const steps = (tap: (options?: Debug.TapOptions) => <P>(tree: P) => P) => (x: T.Tensor<[3]>) =>
      Control.scan((carry: S, each: S) => {
        const next = tap()(T.add(carry, each))
        return [next, next] as const
      })(scalar(0), x)[0]
    const x: T.Tensor<[3]> = T.of([1, 2, 3], 'float64')
    const expected = [
      [info({}), [1]],
      [info({}), [3]],
      [info({}), [6]]
    ]
    expect(watching((tap) => steps(tap)(x))).toEqual(expected)
    expect(watching((tap) => Debug.evaluate(Debug.trace(steps(tap))(x))(x))).toEqual(expected)
  })
})

describe('tap prints', () => {
  const printed = (run: () => unknown): readonly unknown[] => {
    const lines: unknown[] = []
    const log = vi.spyOn(console, 'log').mockImplementation((line: unknown) => void lines.push(line))
    try {
      run()
      return lines
    } finally {
      log.mockRestore()
    }
  }

  it('a line per leaf', () => {
    expect(printed(() => Debug.tap('x')(T.of([1, 2])))).toEqual(['x: Tensor<[2], float32> [1, 2]'])
    expect(printed(() => Debug.tap('state')({ w: T.scalar(1), rest: [T.scalar(2)] }))).toEqual([
      'state.w: Tensor<[], float32> 1',
      'state.rest[0]: Tensor<[], float32> 2'
    ])
    expect(printed(() => Debug.tap('pair')([T.scalar(1)]))).toEqual(['pair[0]: Tensor<[], float32> 1'])
  })

  it('what it is, and over what is mapped', () => {
    const f = vmap(grad((x: S) => T.square(Debug.tap('x', { cotangent: true })(x))))
    expect(printed(() => f(T.of([1, 2])))).toEqual([
      'x, vmap over [2]: Tensor<[2], float32> [1, 2]',
      'x, cotangent, vmap over [2]: Tensor<[2], float32> [2, 4]'
    ])
  })
})

describe('tap is the identity', () => {
  it('of its argument, and passes tensors themselves', () => {
    const tree = { w: T.of([1, 2]), i: T.of([1], 'int32') }
    const passed = Debug.tap(() => undefined)(tree)
    expect(passed.w).toBe(tree.w)
    expect(passed.i).toBe(tree.i)
    expect(Debug.tap(() => undefined)({})).toEqual({})
  })

  it('with integers beside what is differentiated', () => {
    const f = (x: T.Tensor<[2]>): S => {
      const { v, i } = Debug.tap(() => undefined)({ v: x, i: T.argmax(x) })
      return T.sum(T.gather(T.square(v), i))
    }
    expect([...T.toArray(grad(f)(T.of([1, 3], 'float64')))]).toEqual([0, 6])
  })

  it('refuses bad input and unknown options', () => {
    // @ts-expect-error the option is cotangent
    expect(() => Debug.tap('x', { cotangents: true })).toThrow(
      'tap: unknown option cotangents; expected label or cotangent'
    )
    expect(() => Debug.tap(3 as never)).toThrow('tap: the first argument is 3; expected a label or a function')
    expect(() => Debug.tap('x')({ rate: 0.1 })).toThrow('tap: rate is 0.1; expected a tensor, make one with T.scalar')
  })

  it('an error of the report passes through', () => {
    const stop = Debug.tap(() => {
      throw new RangeError('enough')
    })
    expect(() => grad((x: S) => stop(x))(scalar(1))).toThrow(new RangeError('enough'))
  })
})

// Laws that every optimizer of the table keeps.
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it, test } from 'vitest'
import { scan } from 'pullback/Control'
import * as Optimizer from 'pullback/Optimizer'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import {
  type Params,
  type Progress,
  begin,
  bits,
  descend,
  expectTheSameInside,
  gradient,
  isFinite,
  params,
  stepWith,
  stepsOf
} from './steps.js'
import { others, rows } from './table.js'

const signature = (tree: unknown): readonly unknown[] => {
  const { leaves, paths } = Tree.flatten(tree)
  return leaves.map(({ dtype, shape }, i) => [paths[i], dtype, shape])
}

const largest = (tree: unknown): number =>
  Math.max(...Tree.leaves(tree).flatMap((x) => Array.from(T.toArray(x)).map(Math.abs)))

test('every optimizer that is exported is in the table', () => {
  const exported = Object.keys(Optimizer).filter((name) => !others.includes(name))
  const tabled = new Set(rows.map(({ name }) => name.split(',')[0]!))
  expect([...tabled].sort()).toEqual(exported.sort())
})

type Pair = readonly [number, number]

/** A function of two numbers, and its gradient. */
type Slope = (x: number, y: number) => readonly [value: number, gradient: Pair]

const parabola: Slope = (x, y) => [(x * x + 10 * y * y) / 2, [x, 10 * y]]
const rosenbrock: Slope = (x, y) => {
  const bend = y - x * x
  return [(1 - x) ** 2 + 100 * bend ** 2, [2 * (x - 1) - 400 * x * bend, 200 * bend]]
}

describe.each(rows.flatMap(({ name, make, rates }) => (rates === undefined ? [] : [[name, make, rates] as const])))(
  '%s comes down',
  (_name, make, [onParabola, onRosenbrock]) => {
    const reached = (f: Slope, start: Pair, rate: number, steps: number): number => {
      const optimizer = make(rate, steps)
      const at = (p: T.Tensor<[2]>): readonly [value: number, gradient: Pair] => {
        const [x = NaN, y = NaN] = T.toArray(p)
        return f(x, y)
      }
      let progress = begin(optimizer, T.of(start, 'float64'))
      for (let i = 0; i < steps; i++) {
        progress = stepWith(optimizer, T.of(at(progress.params)[1], 'float64'), progress)
      }
      return at(progress.params)[0]
    }
    test('on a parabola', () => expect(reached(parabola, [1, 1], onParabola, 80)).toBeLessThan(2e-3))
    test("on Rosenbrock's function", () => expect(reached(rosenbrock, [0, 0], onRosenbrock, 100)).toBeLessThan(0.5))
  }
)

describe.each(rows.map((row) => [row.name, row] as const))(
  '%s',
  (_name, { make, moves, ordered, covered, bounded }) => {
    const optimizer = make(0.1, 20)
    const steps = stepsOf(optimizer)

    it('keeps element types, and the shapes of its state', () => {
      const mixed = { w: params.w, b: T.cast(params.b, 'float64') }
      const first = begin(optimizer, mixed)
      const second = stepWith(optimizer, { w: gradient.w, b: T.cast(gradient.b, 'float64') }, first)
      expect(signature(second)).toEqual(signature(first))
      expect(optimizer.init(mixed)).toHaveLength(optimizer.slots)
    })

    it('takes several accumulated equal gradients as one', () => {
      const accumulated = Optimizer.accumulate(optimizer, 3)
      let progress = begin(accumulated, params)
      for (let i = 0; i < 2; i++) {
        progress = stepWith(accumulated, gradient, progress)
        expect(bits(progress.params)).toEqual(bits(params))
      }
      progress = stepWith(accumulated, gradient, progress)
      const once = stepWith(optimizer, gradient, begin(optimizer, params))
      expect(bits({ ...progress, state: progress.state.slice(1) })).toEqual(bits(once))
    })

    it('does not look at the order of leaves', () => {
      const { w, b, c } = params
      const { w: gw, b: gb, c: gc } = gradient
      const named = stepWith(optimizer, gradient, begin(optimizer, params)).params
      const others = stepWith(optimizer, { c: gc, b: gb, w: gw }, begin(optimizer, { b, w, c })).params
      expect(largest(Tree.sub({ w: others.w, b: others.b, c: others.c }, named))).toBeLessThan(1e-6)
      if (ordered) return
      const list = (p: Params): readonly T.Tensor[] => [p.w, p.b, p.c].map((x: T.Tensor) => T.cast(x, 'float64'))
      const turned = ([w, b, c]: readonly T.Tensor[]): readonly T.Tensor[] => [c!, w!, b!]
      const run = (p: readonly T.Tensor[], g: readonly T.Tensor[]): readonly T.Tensor[] =>
        stepWith(optimizer, g, stepWith(optimizer, g, begin(optimizer, p))).params
      const straight = turned(run(list(params), list(gradient)))
      const difference = Tree.sub(run(turned(list(params)), turned(list(gradient))), straight)
      expect(largest(difference)).toBeLessThan(1e-14)
    })

    it('goes on from a state that was written as JSON, to the bit', () => {
      const middle = steps(2, begin(optimizer, params))
      const read = T.fromJSON(JSON.parse(JSON.stringify(middle)), begin(optimizer, params))
      const again = E.isRight(read) ? steps(2, read.right) : T.showJsonErrors(read.left)
      expect(typeof again === 'string' ? again : bits(again)).toEqual(bits(steps(2, middle)))
    })

    it('is finite at zero gradients, where its update is zero', () => {
      const zero = Tree.zerosLike(params)
      let progress = begin(optimizer, params)
      for (let i = 0; i < 3; i++) {
        progress = stepWith(optimizer, zero, progress)
        expect(isFinite(progress)).toBe(true)
        expect(bits(moves === true ? params : progress.params)).toEqual(bits(params))
      }
    })

    it('counts to 2^31 - 1 and stays there, also inside of transformations', () => {
      const late: Progress<Params> = {
        params,
        state: optimizer.init(params).map((slot) => ({ ...slot, count: T.scalar(2 ** 31 - 1, 'int32') }))
      }
      const after = steps(2, late)
      expect(isFinite(after)).toBe(true)
      expect(after.state.map(({ count }) => T.item(count))).toEqual(after.state.map(() => 2 ** 31 - 1))
      if (covered) return
      const [carried] = scan((c: Progress<Params>) => [descend(optimizer)(c), undefined], { length: 1 })(late)
      expect(bits(carried)).toEqual(bits(steps(1, late)))
    })

    it('is finite at gradients of 1e30, and goes on after them', () => {
      let progress = begin(optimizer, params)
      for (const size of [1, 1e30, -1e30, 1]) {
        const before = progress.params
        progress = stepWith(optimizer, Tree.scale(gradient, size), progress)
        expect(isFinite(progress)).toBe(true)
        const most = bounded === true ? 100 : Infinity
        expect(largest(Tree.sub(progress.params, before))).toBeLessThan(most)
      }
    })

    it.skipIf(covered)('is the same inside of vmap, scan, a program and grad', () => expectTheSameInside(optimizer))

    const remembersLeaves = Tree.flatten(optimizer.init(params)).paths.some((path) => /\b[wbc]\b/.test(path))

    it.runIf(remembersLeaves)('refuses the state of another model by path', () => {
      const state = optimizer.init({ w: T.of([[1, 2]]), b: T.of([1]), c: T.of([1]) })
      expect(() => stepWith(optimizer, gradient, { params, state })).toThrow(
        /^Optimizer\.update: the state( of inner)? at \[\d\]\.moments\.\w+(: \w is float32 of shape .*, expected float32 of shape .*| is without \w); pass the state that/
      )
    })

    it('keeps two runs apart', () => {
      const small = { w: T.of([[1, 2]]), b: T.of([1]), c: T.of([1]) }
      const alone = steps(2, begin(optimizer, params))
      const first = steps(1, begin(optimizer, params))
      stepWith(optimizer, small, stepWith(optimizer, small, begin(optimizer, small)))
      expect(bits(steps(1, first))).toEqual(bits(alone))
    })
  }
)

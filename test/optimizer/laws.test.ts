// Laws that every optimizer of the table keeps.
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it, test } from 'vitest'
import { scan } from 'pullback/Control'
import { evaluate, trace } from 'pullback/Debug'
import { valueAndGrad } from 'pullback/Grad'
import * as Optimizer from 'pullback/Optimizer'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { vmap } from 'pullback/Vmap'
import { type Any, others, rows } from './table.js'

type S = T.Tensor<[]>
interface Params {
  readonly w: T.Tensor<[3, 2]>
  readonly b: T.Tensor<[2]>
  readonly c: S
}
type Given = T.Tensor | { readonly [name: string]: T.Tensor } | readonly T.Tensor[] | Params
interface Progress<P> {
  readonly params: P
  readonly state: Optimizer.State
}

const params: Params = {
  w: T.of([
    [0.5, -1],
    [2, 0.25],
    [-0.75, 1]
  ]),
  b: T.of([1, -2]),
  c: T.scalar(3)
}
const target: Params = {
  w: T.of([
    [1, 1],
    [-1, 0.5],
    [0, 2]
  ]),
  b: T.of([0.5, 0.5]),
  c: T.scalar(-1)
}
const gradient: Params = {
  w: T.of([
    [0.5, -0.25],
    [1, 2],
    [-3, 0.125]
  ]),
  b: T.of([-1, 0.5]),
  c: T.scalar(0.75)
}
const loss = (p: Params): S => {
  const apart = Tree.sub(p, target)
  return T.mul(Tree.dot(apart, apart), 0.5)
}

/** A step from a gradient; the objective is there for those that need it. */
const stepWith = <P extends Given>(optimizer: Any, g: P, { params: p, state }: Progress<P>): Progress<P> => {
  const objective = (x: P): S => Tree.dot(x, g)
  const [updates, next] = optimizer.update(g, state, p, { objective, value: T.scalar(0) })
  return { params: Optimizer.applyUpdates(p, updates), state: next }
}

const begin = <P extends Given>(optimizer: Any, p: P): Progress<P> => ({ params: p, state: optimizer.init(p) })

/** A step on the loss. */
const descend =
  (optimizer: Any) =>
  ({ params: p, state }: Progress<Params>): Progress<Params> => {
    const given = { objective: loss, value: T.scalar(0) }
    const [updates, next] = optimizer.update(Tree.sub(p, target), state, p, given)
    return { params: Optimizer.applyUpdates(p, updates), state: next }
  }

const bits = (tree: unknown): readonly unknown[] =>
  Tree.leaves(tree).map((leaf) => [leaf.dtype, leaf.shape, Array.from(T.toArray(leaf))])

const signature = (tree: unknown): readonly unknown[] => {
  const { leaves, paths } = Tree.flatten(tree)
  return leaves.map(({ dtype, shape }, i) => [paths[i], dtype, shape])
}

const isFinite = (tree: unknown): boolean =>
  Tree.leaves(tree).every((x) => Array.from(T.toArray(x)).every(Number.isFinite))

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
    const steps = (n: number, from: Progress<Params>): Progress<Params> =>
      n === 0 ? from : steps(n - 1, descend(optimizer)(from))

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

    it.skipIf(ordered)('does not look at the order of leaves', () => {
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
      expect(E.isRight(read)).toBe(true)
      if (E.isRight(read)) expect(bits(steps(2, read.right))).toEqual(bits(steps(2, middle)))
    })

    it('is finite at zero gradients, where its update is zero', () => {
      const zero = Tree.zerosLike(params)
      let progress = begin(optimizer, params)
      for (let i = 0; i < 3; i++) {
        progress = stepWith(optimizer, zero, progress)
        expect(isFinite(progress)).toBe(true)
        if (moves !== true) expect(bits(progress.params)).toEqual(bits(params))
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
        if (bounded === true) expect(largest(Tree.sub(progress.params, before))).toBeLessThan(100)
      }
    })

    it.skipIf(covered)('is the same inside of vmap, scan, a program and grad', () => {
      const step = descend(optimizer)
      const start = begin(optimizer, params)
      const expected = steps(2, start)
      const [carried] = scan((c: Progress<Params>) => [step(c), undefined], { length: 2 })(start)
      expect(bits(carried)).toEqual(bits(expected))
      const program = evaluate(trace(step)(start))
      expect(bits(program(program(start)))).toEqual(bits(expected))
      const other = steps(1, { ...start, params: target })
      const { leaves, unflatten } = Tree.flatten(start)
      const pairs = leaves.map((leaf, i) => T.stack([leaf, Tree.leaves(other)[i]!]))
      const both = vmap((all: readonly T.Tensor[]) => step(unflatten(all)))(pairs)
      expect(bits(Tree.map(both, (leaf: T.Tensor) => T.at(leaf, 0)))).toEqual(bits(step(start)))
      expect(bits(Tree.map(both, (leaf: T.Tensor) => T.at(leaf, 1)))).toEqual(bits(step(other)))
      const outcome = (p: Params): S => loss(steps(2, { params: p, state: start.state }).params)
      const [value, slope] = valueAndGrad(outcome)(params)
      expect(T.item(value)).toBe(T.item(outcome(params)))
      expect(isFinite(slope)).toBe(true)
    })

    it('refuses the state of another model by path, and does not mix two', () => {
      const small = { w: T.of([[1, 2]]), b: T.of([1]), c: T.of([1]) }
      const state = optimizer.init(small)
      const leaves = Tree.flatten(state).paths.filter((path) => /\bw\b|\bb\b|\bc\b/.test(path))
      if (leaves.length > 0) {
        expect(() => stepWith(optimizer, gradient, { params, state })).toThrow(
          /^Optimizer\.update: the state( of inner)? at \[\d\]\.moments\.\w+(: \w is float32 of shape .*, expected float32 of shape .*| is without \w); pass the state that/
        )
      }
      const alone = steps(2, begin(optimizer, params))
      const first = steps(1, begin(optimizer, params))
      stepWith(optimizer, small, stepWith(optimizer, small, begin(optimizer, small)))
      expect(bits(steps(1, first))).toEqual(bits(alone))
    })
  }
)

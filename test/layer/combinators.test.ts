import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { scan } from 'pullback/Control'
import { grad } from 'pullback/Grad'
import * as Init from 'pullback/Init'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'

const bits = (tree: unknown): readonly unknown[] => Tree.leaves(tree).map((leaf) => [...T.toArray(leaf)])
const numbered = Layer.stateful(
  Random.of({ params: {}, state: T.scalar(0) }),
  (_params: {}, count) => (x: T.Tensor<[number, 8]>) => [T.add(x, count), T.add(count, 1)]
)

describe('repeat', () => {
  const block = Layer.sequential(Layer.dense(8, 8), T.tanh, Layer.dropout(0.25), numbered)
  const deep = Layer.repeat(3, block)
  const [{ params, state }] = deep.init(Random.key(1))
  const x: T.Tensor<[number, 8]> = Random.normal(Random.key(2), [4, 8])

  it('is the blocks unrolled, bit for bit: output, states and gradients', () => {
    const key = Random.key(3)
    const keys = Random.split(key, 3)
    const unrolled = (p: typeof params, y: typeof x) => {
      let h = y
      const states = keys.map((own, i) => {
        const [at, before] = [p, state].map((tree) => Tree.map(tree, (leaf: T.Tensor) => T.at(leaf, i)))
        const [next, after] = Layer.apply(block)(at as never, before as never, { mode: 'train', key: own })(h)
        h = next
        return after
      })
      return [h, states] as const
    }
    const rolled = (p: typeof params, y: typeof x) => Layer.apply(deep)(p, state, { mode: 'train', key })(y)
    const [output, next] = rolled(params, x)
    const [direct, states] = unrolled(params, x)
    expect(bits(output)).toEqual(bits(direct))
    expect(bits(next)).toEqual([states.map((each) => T.item(each[3]))])
    const loss = (f: typeof rolled | typeof unrolled) => (p: typeof params) => T.sum(T.square(f(p, x)[0]))
    expect(bits(grad(loss(rolled))(params))).toEqual(bits(grad(loss(unrolled))(params)))
  })

  it('draws other parameters for each block', () => {
    expect(params[0].w.shape).toEqual([3, 8, 8])
    expect(bits(T.at(params[0].w, 0))).not.toEqual(bits(T.at(params[0].w, 1)))
    expect(Layer.parameterCount(deep)).toBe(3 * 72)
  })

  it('keeps a state that no block changes, so that it can be called in the body of a loop', () => {
    const normed = Layer.repeat(2, Layer.batchNorm(8))
    const [own] = normed.init(Random.key(4))
    const [, after] = Layer.apply(normed)(own.params, own.state, { mode: 'eval' })(x)
    expect(after).toBe(own.state)
    const looped = Layer.make({ normed }, (parts) => (start: typeof x): typeof x => {
      const step = (carry: typeof x) => [parts.normed(carry), undefined] as const
      return scan(step, { length: 3 })(start)[0]
    })
    const [drawn] = looped.init(Random.key(4))
    expect(Layer.predict(looped)(drawn.params, drawn.state)(x).shape).toEqual([4, 8])
    expect(() => Layer.apply(looped)(drawn.params, drawn.state, { mode: 'train' })(x)).toThrow(
      'make: the part normed changes its state inside the body of a loop'
    )
  })

  it('refuses other numbers of blocks', () => {
    expect(() => Layer.repeat(0, block)).toThrow('repeat: the number of blocks is 0; expected an integer above 0')
    expect(() => Layer.repeat(2, T.tanh as never)).toThrow('repeat: the block is a function; expected a layer')
  })
})

describe('reparametrize and freeze', () => {
  it('low-rank adaptation: the frozen weights plus a product', () => {
    const base = { w: T.ones([3, 2]), b: T.zeros([3]) }
    const adapted = Layer.reparametrize(
      (_: Layer.DenseParams<2, 3>) =>
        Random.map((a: T.Tensor<[3, 1]>) => ({ a, b: T.zeros([1, 2]) }))(Init.normal(1)([3, 1])),
      ({ a, b }) => ({ w: T.add(base.w, T.matmul(a, b)), b: base.b })
    )(Layer.dense(2, 3))
    const [{ params }] = adapted.init(Random.key(0))
    const x = T.of([[1, 2]])
    expect(bits(Layer.predict(adapted)(params, {})(x))).toEqual(bits(Layer.predict(Layer.dense(2, 3))(base, {})(x)))
    const gradient = grad((p: typeof params) => T.sum(Layer.predict(adapted)(p, {})(x)))(params)
    expect(gradient.b.shape).toEqual([1, 2])
    expect(Layer.parameterCount(adapted)).toBe(5)
  })

  it('no gradient reaches frozen parameters', () => {
    const layer = Layer.sequential(Layer.freeze(Layer.dense(2, 3)), Layer.dense(3, 1))
    const [{ params, state }] = layer.init(Random.key(0))
    const gradient = grad((p: typeof params) => T.sum(Layer.predict(layer)(p, state)(T.of([1, 2]))))(params)
    expect(bits(gradient[0])).toEqual([
      [0, 0, 0, 0, 0, 0],
      [0, 0, 0]
    ])
    expect(bits(gradient[1]).flat()).not.toEqual([0, 0, 0, 0])
  })
})

describe('summary', () => {
  it('has a row for each part: path, shapes, parameters and operations', () => {
    const model = Layer.make(
      {
        stem: Layer.dense(4, 8),
        body: Layer.repeat(5, Layer.sequential(Layer.dense(8, 8), T.tanh)),
        head: Layer.dense(8, 3)
      },
      ({ stem, body, head }) =>
        (x: T.Tensor<[number, 4]>) =>
          head(body(stem(x)))
    )
    const rows = Layer.summary(model, [2, 4])
    expect(rows.map(({ path, shapes, parameters }) => [path, shapes, parameters])).toEqual([
      ['', [[2, 3]], 40 + 5 * 72 + 27],
      ['stem', [[2, 8]], 40],
      ['body', [[2, 8]], 5 * 72],
      ['body[0..4]', [[2, 8]], 72],
      ['body[0..4][0]', [[2, 8]], 72],
      ['body[0..4][1]', [[2, 8]], 0],
      ['head', [[2, 3]], 27]
    ])
    expect(rows[1]?.operations).toBe(2 * 2 * 4 * 8 + 2 * 8)
    expect(rows[0]?.operations).toBeGreaterThan(rows[2]?.operations ?? NaN)
  })

  it('needs no arithmetic: 123 million parameters', () => {
    const wide = Layer.sequential(
      Layer.repeat(12, Layer.sequential(Layer.dense(768, 3072), Layer.dense(3072, 768))),
      Layer.dense(768, 50257)
    )
    expect(Layer.parameterCount(wide)).toBe(12 * (768 * 3072 * 2 + 3072 + 768) + 768 * 50257 + 50257)
    expect(Layer.summary(wide, [1, 1024, 768])[0]?.shapes).toEqual([[1, 1024, 50257]])
  })
})

describe('check', () => {
  it('finds all errors of shapes, by path', () => {
    const width: number = 9
    const model = Layer.make(
      {
        first: Layer.dense(4, 8),
        rest: Layer.sequential(Layer.dense(width, 3), T.relu, Layer.dense(3, 2), Layer.dense(width, 1))
      },
      ({ first, rest }) =>
        (x: T.Tensor<[number, 4]>) =>
          rest(first(x) as never)
    )
    const result = Layer.check(model, [5, 7])
    expect(E.isLeft(result) && result.left).toEqual([
      { path: 'first', message: 'dense: the input has shape [5, 7]; expected 4 on the last axis' },
      { path: 'rest[0]', message: 'dense: the input has shape [5, 8]; expected 9 on the last axis' },
      { path: 'rest[3]', message: 'dense: the input has shape [5, 2]; expected 9 on the last axis' }
    ])
  })

  it('gives the output shapes of a model without errors, and throws other errors', () => {
    expect(Layer.check(Layer.dense(4, 8), [5, 4])).toEqual(E.right([[5, 8]]))
    expect(() => Layer.check(Layer.dense(4, 8), 'x' as never)).toThrow(
      "check: input 1 is 'x'; expected a shape or a tensor"
    )
    const broken = Layer.lift((x: T.Tensor<[2]>) => T.mul(x, T.item(T.sum(x))))
    expect(() => Layer.check(broken, [2])).toThrow('item')
  })
})

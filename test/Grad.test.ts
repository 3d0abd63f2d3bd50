import { describe, expect, test } from 'vitest'
import { grad, gradWithAux, jvp, valueAndGrad, valueAndGradWithAux, vjp } from 'pullback/Grad'
import { type None, bindOne, none, op, real } from 'pullback/Primitive'
import * as T from 'pullback/Tensor'

type S = T.Tensor<[]>
const scalar = (value: number): S => T.scalar(value, 'float64')
const item = (x: T.Tensor): number => Number(T.item(x))

describe('grad', () => {
  test('has the structure of the parameters, whatever it is', () => {
    const f = ({ layers, b }: { layers: readonly [T.Tensor<[2]>, S]; b: S }): S =>
      T.add(T.mul(T.sum(layers[0]), layers[1]), b)
    const at = { layers: [T.of([1, 2], 'float64'), scalar(3)] as const, b: scalar(4) }
    const gradient = grad(f)(at)
    expect(T.toNested(gradient.layers[0])).toEqual([3, 3])
    expect(item(gradient.layers[1])).toBe(3)
    expect(item(gradient.b)).toBe(1)
  })

  test('keeps the element type of each leaf, whatever it meets', () => {
    const gradient = grad(({ x, y }: { x: S; y: S }) => T.mul(x, y))({ x: T.scalar(2, 'float32'), y: scalar(3) })
    expect(gradient.x.dtype).toBe('float32')
    expect(gradient.y.dtype).toBe('float64')
  })

  test('further arguments are constants of any kind', () => {
    const f = (x: S, times: number, label: string): S => (label === 'twice' ? T.mul(x, times) : x)
    expect(item(grad(f)(scalar(1), 2, 'twice'))).toBe(2)
  })

  test('a result that does not depend on an argument has zeros of its shape', () => {
    const gradient = grad(({ x }: { x: S; unused: T.Tensor<[2, 3]> }) => x)({ x: scalar(1), unused: T.ones([2, 3]) })
    expect(T.toNested(gradient.unused)).toEqual([
      [0, 0, 0],
      [0, 0, 0]
    ])
    expect(item(grad((_x: S): S => scalar(5))(scalar(1)))).toBe(0)
  })

  test('a parameter that is returned as it is has derivative 1', () => {
    expect(item(grad((x: S) => x)(scalar(7)))).toBe(1)
  })

  test('the same value for both arguments of a difference: 1 and -1', () => {
    const x = scalar(2)
    const [dx, dy] = grad(([a, b]: readonly [S, S]) => T.sub(a, b))([x, x])
    expect([item(dx), item(dy)]).toEqual([1, -1])
    expect(item(grad((a: S) => T.sub(a, a))(x))).toBe(0)
    expect(item(grad((a: S) => T.mul(a, a))(x))).toBe(4)
  })

  test('the value, the aux and the gradient in one pass', () => {
    const f = (x: S): readonly [S, { readonly twice: S; readonly name: string }] => [
      T.square(x),
      { twice: T.add(x, x), name: 'f' }
    ]
    const [value, gradient, aux] = valueAndGradWithAux(f)(scalar(3))
    expect([item(value), item(gradient), item(aux.twice), aux.name]).toEqual([9, 6, 6, 'f'])
    expect(item(gradWithAux(f)(scalar(3))[0])).toBe(6)
    expect(valueAndGrad((x: S) => T.square(x))(scalar(3)).map(item)).toEqual([9, 6])
  })
})

describe('nested derivatives', () => {
  test('perturbations are not confused', () => {
    const plus = grad((x: S) => T.mul(x, grad((y: S) => T.add(x, y))(scalar(1))))
    expect(item(plus(scalar(1)))).toBe(1)
    const times = grad((x: S) => T.mul(x, grad((y: S) => T.mul(x, y))(scalar(2))))
    expect(item(times(scalar(3)))).toBe(6)
    const forward = (x: S): S => T.mul(x, jvp((y: S): S => T.mul(x, y))([scalar(2)], [scalar(1)])[1])
    expect(item(jvp(forward)([scalar(3)], [scalar(1)])[1])).toBe(6)
    expect(item(grad(forward)(scalar(3)))).toBe(6)
  })

  test('the sixth derivative of sin, the fifth of x^5, the second of x e^x', () => {
    const sixth = grad(grad(grad(grad(grad(grad((x: S): S => T.sin(x)))))))
    expect(item(sixth(scalar(0.7)))).toBeCloseTo(-Math.sin(0.7), 14)
    const fifth = grad(grad(grad(grad(grad((x: S): S => T.pow(x, 5))))))
    expect(item(fifth(scalar(1.3)))).toBeCloseTo(120, 10)
    const byProducts = grad(grad(grad(grad(grad((x: S): S => T.mul(x, T.mul(x, T.mul(x, T.mul(x, x)))))))))
    expect(item(byProducts(scalar(1.3)))).toBeCloseTo(120, 10)
    const second = grad(grad((x: S): S => T.mul(x, T.exp(x))))
    expect(item(second(scalar(1)))).toBeCloseTo(3 * Math.E, 13)
  })

  test('forward over reverse is reverse over forward is reverse over reverse', () => {
    const f = (x: S): S => T.mul(T.sin(x), T.exp(T.mul(x, x)))
    const x = scalar(0.6)
    const one = scalar(1)
    const directional = (g: (x: S) => S) => (y: S) => jvp(g)([y], [one])[1]
    const ways = [directional(grad(f)), grad(directional(f)), grad(grad(f)), directional(directional(f))]
    const values = ways.map((way) => item(way(x)))
    for (const value of values) expect(Math.abs(value - values[0]!)).toBeLessThan(1e-13)
  })

  test('gradients interleaved over await do not mix', async () => {
    const step = async (start: number): Promise<number> => {
      let x = scalar(start)
      for (let i = 0; i < 5; i++) {
        x = T.sub(x, T.mul(grad((y: S) => T.square(y))(x), 0.1))
        await Promise.resolve()
      }
      return item(x)
    }
    const together = await Promise.all([1, 2, 3].map(step))
    const alone = [await step(1), await step(2), await step(3)]
    expect(together).toEqual(alone)
  })

  test('ordinary control flow works under every derivative', () => {
    const power = (x: S, n: number): S => (n === 0 ? scalar(1) : T.mul(x, power(x, n - 1)))
    const f = (x: S): S => (item(T.stopGradient(x)) > 0 ? power(x, 3) : T.neg(x))
    expect(item(grad(f)(scalar(2)))).toBe(12)
    expect(item(grad(f)(scalar(-2)))).toBe(-1)
    expect(item(grad(grad(f))(scalar(2)))).toBe(12)
  })

  test('stopGradient removes every level', () => {
    expect(item(grad(grad((x: S): S => T.mul(x, T.stopGradient(x))))(scalar(3)))).toBe(0)
    expect(item(grad((x: S): S => T.mul(x, T.stopGradient(x)))(scalar(3)))).toBe(3)
  })
})

describe('the backward pass', () => {
  const counting = (): { readonly double: (x: T.Tensor) => T.Tensor; readonly calls: () => number } => {
    let calls = 0
    const primitive = op<2, None>({
      name: 'counted',
      arity: 2,
      infer: (x) => x,
      evaluate: (x) => x,
      jvp: 'linear',
      vjp: [
        () => (ct) => {
          calls++
          return ct
        },
        () => (ct) => {
          calls++
          return ct
        }
      ],
      sample: (draw) => ({ operands: [draw.tensor([], real), draw.tensor([], real)], params: none })
    })
    return { double: (x) => bindOne(primitive, [x, x], none), calls: () => calls }
  }

  test('y = y + y a thousand times makes about a thousand pullbacks, not 2^1000', () => {
    const { double, calls } = counting()
    const f = (x: S): S => {
      let y: T.Tensor = x
      for (let i = 0; i < 1000; i++) y = double(y)
      return T.ensure(y, [])
    }
    expect(item(grad(f)(scalar(1)))).toBe(2 ** 1000)
    expect(calls()).toBe(2000)
  })

  test('a chain of 10^6 operations differentiates, for nothing recurs', () => {
    const f = (x: S): S => {
      let y = x
      for (let i = 0; i < 1e6; i++) y = T.add(y, 1)
      return y
    }
    expect(item(grad(f)(scalar(0)))).toBe(1)
  })

  test('a throw half-way leaves nothing behind', () => {
    const f = (x: S): S => {
      T.mul(x, x)
      throw new Error('half-way')
    }
    expect(() => grad(f)(scalar(1))).toThrow('half-way')
    expect(item(grad((x: S) => T.mul(x, x))(scalar(3)))).toBe(6)
  })

  test('a cotangent is never written into: add hands the same one to both operands', () => {
    const f = (x: T.Tensor<[2]>, y: T.Tensor<[2]>): T.Tensor<[2]> => T.add(T.add(x, y), x)
    const [, pullback] = vjp(f)(T.of([1, 2]), T.of([3, 4]))
    const cotangent = T.of([10, 20])
    const [dx, dy] = pullback(cotangent)
    expect([T.toNested(dx), T.toNested(dy), T.toNested(cotangent)]).toEqual([
      [20, 40],
      [10, 20],
      [10, 20]
    ])
  })

  test('a pullback may be called again, with another cotangent', () => {
    const [value, pullback] = vjp((x: S, y: S): S => T.mul(x, y))(scalar(2), scalar(5))
    expect(item(value)).toBe(10)
    expect(pullback(scalar(1)).map(item)).toEqual([5, 2])
    expect(pullback(scalar(2)).map(item)).toEqual([10, 4])
  })
})

describe('jvp', () => {
  test('takes trees to trees, and constants to zero tangents', () => {
    const f = ({ x, y }: { x: S; y: S }): { readonly p: S; readonly c: S } => ({ p: T.mul(x, y), c: scalar(1) })
    const [value, tangent] = jvp(f)([{ x: scalar(3), y: scalar(4) }], [{ x: scalar(1), y: scalar(10) }])
    expect([item(value.p), item(tangent.p), item(tangent.c)]).toEqual([12, 34, 0])
  })
})

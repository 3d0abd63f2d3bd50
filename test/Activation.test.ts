import { describe, expect, it } from 'vitest'
import * as Activation from 'pullback/Activation'
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

type Scalar = T.Tensor<[]>
type Activation = (x: Scalar) => Scalar
const scalar = (value: number): Scalar => T.scalar(value, 'float64')
const at =
  (f: Activation) =>
  (x: number): number =>
    T.item(f(scalar(x)))
const slope =
  (f: Activation) =>
  (x: number): number =>
    T.item(grad(f)(scalar(x)))
const curvature = (f: Activation): ((x: number) => number) => slope(grad(f))

/** Every activation of one number, with the definition in plain numbers, written another way. */
const all: Readonly<Record<string, readonly [Activation, (x: number) => number]>> = {
  relu: [Activation.relu, (x) => Math.max(x, 0)],
  leakyRelu: [Activation.leakyRelu({ slope: 0.1 }), (x) => Math.max(x, 0.1 * x)],
  elu: [Activation.elu, (x) => (x > 0 ? x : Math.exp(x) - 1)],
  'elu of 2': [Activation.elu({ alpha: 2 }), (x) => (x > 0 ? x : 2 * (Math.exp(x) - 1))],
  selu: [Activation.selu, (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.exp(x) - 1))],
  geluTanh: [Activation.geluTanh, (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))],
  silu: [Activation.silu, (x) => x / (1 + Math.exp(-x))],
  mish: [Activation.mish, (x) => x * Math.tanh(Math.log(1 + Math.exp(x)))],
  relu6: [Activation.relu6, (x) => Math.min(Math.max(x, 0), 6)],
  prelu: [Activation.prelu(T.scalar(0.25)), (x) => (x > 0 ? x : 0.25 * x)],
  rrelu: [Activation.rrelu(Random.key(1), { lower: 0.2, upper: 0.2 }), (x) => (x > 0 ? x : 0.2 * x)],
  celu: [Activation.celu, (x) => Math.max(x, 0) + Math.min(Math.exp(x) - 1, 0)],
  'celu of 0.5': [Activation.celu({ alpha: 0.5 }), (x) => Math.max(x, 0) + Math.min(0.5 * (Math.exp(2 * x) - 1), 0)],
  hardSigmoid: [Activation.hardSigmoid, (x) => (x <= -3 ? 0 : x >= 3 ? 1 : x / 6 + 0.5)],
  softsign: [Activation.softsign, (x) => x / (1 + Math.abs(x))],
  step: [Activation.step, (x) => (x > 0 ? 1 : 0)],
  threshold: [Activation.threshold({ threshold: 0.5, value: 7 }), (x) => (x > 0.5 ? x : 7)],
  softShrink: [Activation.softShrink({ lambda: 0.3 }), (x) => Math.sign(x) * Math.max(Math.abs(x) - 0.3, 0)],
  hardShrink: [Activation.hardShrink({ lambda: 0.3 }), (x) => (Math.abs(x) > 0.3 ? x : 0)],
  tanhShrink: [Activation.tanhShrink, (x) => x - Math.tanh(x)],
  'hardTanh from 0 to 2': [Activation.hardTanh({ min: 0, max: 2 }), (x) => Math.min(Math.max(x, 0), 2)],
  hardTanh: [Activation.hardTanh, (x) => Math.min(Math.max(x, -1), 1)],
  tanh: [Activation.tanh, Math.tanh],
  sigmoid: [Activation.sigmoid, (x) => 1 / (1 + Math.exp(-x))],
  softplus: [Activation.softplus, (x) => Math.log(1 + Math.exp(x))],
  logSigmoid: [Activation.logSigmoid, (x) => -Math.log(1 + Math.exp(-x))]
}

const points = [-3.5, -1.25, -0.5, -0.125, 0.25, 0.75, 1.5, 4]

describe.each(Object.entries(all))('%s', (_name, [f, plain]) => {
  it('is its formula', () => {
    for (const x of points) expect(at(f)(x)).toBeCloseTo(plain(x), 13)
  })

  it('has the first and second derivative of its formula', () => {
    // centred differences of order 4, whose error is below 1e-9 here
    const h = 1e-3
    const derivative = (g: (x: number) => number, x: number): number =>
      (g(x - 2 * h) - 8 * g(x - h) + 8 * g(x + h) - g(x + 2 * h)) / (12 * h)
    for (const x of points) {
      expect(slope(f)(x)).toBeCloseTo(derivative(plain, x), 9)
      expect(curvature(f)(x)).toBeCloseTo(derivative(slope(f), x), 9)
    }
  })

  it('is finite at -1000 and 1000, with its derivatives, in either precision', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      for (const x of [-1000, 1000]) {
        const point = T.scalar(x, dtype)
        for (const g of [f, grad(f), grad(grad(f))]) {
          expect(Number.isFinite(T.item(g(point)))).toBe(true)
          expect(g(point).dtype).toBe(dtype)
        }
      }
    }
  })

  it('gives NaN for NaN', () => {
    expect(at(f)(NaN)).toBeNaN()
  })

  it('works elementwise on tensors', () => {
    const x = T.of([points, points], 'float64')
    expect(T.toNested(T.at(T.ensure(x, [2, 8]), 1)).map((value) => at(f)(value))).toEqual(points.map(at(f)))
  })
})

describe('at singular points', () => {
  it('relu at 0 has the derivative 0, leaky relu its slope', () => {
    expect(slope(Activation.relu)(0)).toBe(0)
    expect(slope(Activation.leakyRelu({ slope: 0.1 }))(0)).toBe(0.1)
    expect(slope(Activation.leakyRelu)(0)).toBe(0.01)
  })

  it('elu at 0 has the derivative alpha', () => {
    expect(slope(Activation.elu)(0)).toBe(1)
    expect(slope(Activation.elu({ alpha: 2 }))(0)).toBe(2)
    expect(slope(Activation.selu)(0)).toBeCloseTo(1.0507009873554805 * 1.6732632423543772, 15)
  })

  it('hardTanh at its bounds has the derivative 0', () => {
    expect([-1, 1].map(slope(Activation.hardTanh))).toEqual([0, 0])
  })

  it('lines that end have the derivative 0 there, celu has 1 at 0', () => {
    expect([0, 6].map(slope(Activation.relu6))).toEqual([0, 0])
    expect([-3, 3].map(slope(Activation.hardSigmoid))).toEqual([0, 0])
    expect([-0.5, 0.5].map((x) => Math.abs(slope(Activation.softShrink)(x)))).toEqual([0, 0])
    expect([-0.5, 0.5].map(slope(Activation.hardShrink))).toEqual([0, 0])
    expect(slope(Activation.threshold)(0)).toBe(0)
    expect(slope(Activation.celu({ alpha: 3 }))(0)).toBe(1)
    expect(slope(Activation.softsign)(0)).toBe(1)
  })

  it('prelu at 0 has the derivative slope, and 0 in the slope', () => {
    expect(slope(Activation.prelu(scalar(0.3)))(0)).toBe(0.3)
    expect(slope((a) => Activation.prelu(scalar(0), a))(0.3)).toBe(0)
  })

  it('step passes cotangents with the straight-through option, and has its values all the same', () => {
    const through = Activation.step({ straightThrough: true })
    expect([-2, 0, 3, Infinity, -Infinity].map(at(through))).toEqual([0, 0, 1, 1, 0])
    expect([-2, 0, 3].map(slope(through))).toEqual([1, 1, 1])
    expect([-2, 0, 3].map(curvature(through))).toEqual([0, 0, 0])
  })

  it('relu routes a cotangent: (4, -1, 5, 9) at (1, -2, 3, -1)', () => {
    const weighted = (x: T.Tensor<[4]>) => T.sum(T.mul(Activation.relu(x), T.of([4, -1, 5, 9])))
    expect(T.toNested(grad(weighted)(T.of([1, -2, 3, -1])))).toEqual([4, 0, 5, 0])
  })

  it('elu at 1000 does not overflow on the side that is not taken', () => {
    expect(slope(Activation.elu)(1000)).toBe(1)
    expect(curvature(Activation.elu)(1000)).toBe(0)
  })
})

describe('gelu', () => {
  // x Phi(x), from the power series of Phi in 60 decimals
  const known: readonly (readonly [number, number])[] = [
    [-3, -0.004049694094890284],
    [-1, -0.15865525393145707],
    [0, 0],
    [0.5, 0.34573123063700655],
    [2, 1.9544997361036416]
  ]

  it('is x times the normal distribution function, its lower tail included', () => {
    for (const [x, value] of known) expect(at(Activation.gelu)(x)).toBeCloseTo(value, 14)
    expect(at(Activation.gelu)(-20) / -5.507248237212467e-88).toBeCloseTo(1, 12)
  })

  it('has the derivative Phi(x) + x phi(x)', () => {
    const phi = (x: number): number => Math.exp(-x * x * 0.5) / Math.sqrt(2 * Math.PI)
    for (const [x, value] of known) {
      const Phi = x === 0 ? 0.5 : value / x
      expect(slope(Activation.gelu)(x)).toBeCloseTo(Phi + x * phi(x), 13)
      expect(curvature(Activation.gelu)(x)).toBeCloseTo((2 - x * x) * phi(x), 13)
    }
  })

  it('is finite at -1000 and 1000', () => {
    expect([-1000, 1000].map(at(Activation.gelu))).toEqual([-0, 1000])
    expect([-1000, 1000].map(slope(Activation.gelu))).toEqual([0, 1])
  })

  it('is approximated within 5e-4 by the form with tanh', () => {
    for (let x = -6; x <= 6; x += 0.125) {
      expect(Math.abs(at(Activation.gelu)(x) - at(Activation.geluTanh)(x))).toBeLessThan(5e-4)
    }
  })
})

describe('softmax', () => {
  it('of the lecture scores', () => {
    const [p0, p1, p2] = T.toNested(Activation.softmax(T.of([3.2, 5.1, -1.7], 'float64')))
    expect([p0, p1, p2].map((p) => p?.toFixed(4))).toEqual(['0.1300', '0.8690', '0.0010'])
    const last = T.toNested(Activation.softmax(T.of([-2.85, 0.86, 0.28], 'float64')))
    expect(last.map((p) => p.toFixed(4))).toEqual(['0.0154', '0.6312', '0.3534'])
  })
})

const { gelu, geluTanh, silu, mish, hardSigmoid, softsign, tanhShrink, relu6, selu, celu, softShrink, hardShrink } =
  Activation

describe('whole numbers', () => {
  it.each(Object.entries({ gelu, geluTanh, silu, mish, softShrink, hardShrink, selu, celu }))('%s', (_, given) => {
    const f: (x: T.Tensor) => T.Tensor = given
    const whole = T.of([-2, 0, 3], 'int32')
    expect(T.cast(f(whole), 'float32')).toEqual(f(T.cast(whole, 'float32')))
  })
})

describe('what is not a tensor', () => {
  it.each(Object.entries({ gelu, geluTanh, silu, mish, hardSigmoid, softsign, tanhShrink, relu6, selu }))(
    '%s refuses it in its own name',
    (name, given) => {
      const f: (x: never) => unknown = given
      expect(() => f(3 as never)).toThrow(
        `${name}: the operand is 3; expected a tensor, make one with T.of or T.scalar`
      )
    }
  )
})

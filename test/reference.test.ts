/**
 * The classic values of a lecture on deep networks, computed independently in float64, by the operations themselves. The parameters of dense networks
 * are counted in Layer.test.ts, and the schedules are in Schedule.test.ts.
 */
import { describe, expect, test } from 'vitest'
import { grad, valueAndGrad, vjp } from 'pullback/Grad'
import * as Loss from 'pullback/Loss'
import * as Regularizer from 'pullback/Regularizer'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'

type S = T.Tensor<[]>
const scalar = (value: number): S => T.scalar(value, 'float64')
const item = (x: T.Tensor): number => Number(T.item(x))
const close = (actual: number, expected: number, digits = 14): void =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(10 ** -digits * Math.max(1, Math.abs(expected)))

describe('circuits', () => {
  test('(x + y) z at (-2, 5, -4)', () => {
    const f = ({ x, y, z }: { x: S; y: S; z: S }): S => T.mul(T.add(x, y), z)
    const [value, gradient] = valueAndGrad(f)({ x: scalar(-2), y: scalar(5), z: scalar(-4) })
    expect([value, gradient.x, gradient.y, gradient.z].map(item)).toEqual([-12, -4, -4, 3])
  })

  test('a sigmoid neuron, from its parts and as one operation', () => {
    const w = T.of([2, -3, -3], 'float64')
    const x = T.of([-1, -2], 'float64')
    const affine = (w: T.Tensor<[3]>, x: T.Tensor<[2]>): S => T.dot(w, T.concat([x, T.ones([1], 'float64')]))
    const parts = (w: T.Tensor<[3]>, x: T.Tensor<[2]>): S => T.reciprocal(T.add(1, T.exp(T.neg(affine(w, x)))))
    const whole = (w: T.Tensor<[3]>, x: T.Tensor<[2]>): S => T.sigmoid(affine(w, x))
    for (const neuron of [parts, whole]) {
      const [value, pullback] = vjp(neuron)(w, x)
      const [dw, dx] = pullback(scalar(1))
      close(item(value), 0.731058578630005)
      const expected = [-0.196611933241482, -0.393223866482964, 0.196611933241482]
      T.toNested(dw).forEach((each, i) => close(Number(each), expected[i] ?? NaN))
      close(Number(T.toNested(dx)[0]), 0.393223866482964)
      close(Number(T.toNested(dx)[1]), -0.589835799724445)
    }
  })

  test('exp(xz) + xz / log(x) + sin(log(x)) / (xz) at (2, 3)', () => {
    const f = ({ x, z }: { x: S; z: S }): S => {
      const xz = T.mul(x, z)
      const log = T.log(x)
      return T.add(T.add(T.exp(xz), T.div(xz, log)), T.div(T.sin(log), xz))
    }
    const [value, { x, z }] = valueAndGrad(f)({ x: scalar(2), z: scalar(3) })
    close(item(value), 412.19145728412116)
    close(item(x), 1208.3812151266095)
    close(item(z), 809.707479218564)
  })

  test.each([
    [0.5, 0.5424849757140324, -3.334146414144972],
    [1, -0.7649205628044862, 4.560791790678778],
    [1.7, -0.8747720439532524, -3.346701318448514]
  ])('cos(sin(x^2) + 3 x^2) at %d', (x, expected, slope) => {
    const f = (x: S): S => {
      const square = T.square(x)
      return T.cos(T.add(T.sin(square), T.mul(square, 3)))
    }
    const [value, gradient] = valueAndGrad(f)(scalar(x))
    close(item(value), expected)
    close(item(gradient), slope)
  })

  test('relu passes the upstream gradient where its input is positive', () => {
    const [, pullback] = vjp(T.relu)(T.of([1, -2, 3, -1]))
    expect(T.toNested(pullback(T.of([4, -1, 5, 9]))[0])).toEqual([4, 0, 5, 0])
  })

  test('XOR by hand', () => {
    const x = T.of([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1]
    ])
    const hidden = T.relu(T.add(T.matmul(x, T.ones([2, 2])), T.of([0, -1])))
    expect(T.toNested(T.matmul(hidden, T.of([1, -2])))).toEqual([0, 1, 1, 0])
  })
})

describe('losses', () => {
  const labels = T.of([0, 1, 2], 'int32')
  const crossEntropies = (scores: T.Tensor<[3, 3]>): T.Tensor =>
    Loss.crossEntropy(scores, labels, { reduction: 'none' })
  const hinges = (scores: T.Tensor<[3, 3]>): T.Tensor => Loss.multiclassHinge(scores, labels, { reduction: 'none' })
  const frogs = T.of(
    [
      [3.2, 5.1, -1.7],
      [1.3, 4.9, 2.0],
      [2.2, 2.5, -3.1]
    ],
    'float64'
  )
  const birds = T.of(
    [
      [2.1, 3.4, -2.0],
      [0.2, 5.1, 1.7],
      [2.3, 3.1, -1.2]
    ],
    'float64'
  )
  const toFour = (x: T.Tensor): readonly string[] => Array.from(T.toArray(x), (each) => each.toFixed(4))

  test('cat, car, frog', () => {
    expect(toFour(T.gather(T.softmax(frogs), 0))).toEqual(['0.1300', '0.8690', '0.0010'])
    expect(toFour(crossEntropies(frogs))).toEqual(['2.0404', '0.0791', '6.1565'])
    expect(toFour(hinges(frogs))).toEqual(['2.9000', '0.0000', '12.9000'])
    expect(toFour(Loss.multiclassHinge(frogs, labels))).toEqual(['5.2667'])
    expect(toFour(hinges(T.mul(frogs, 2)))).toEqual(['4.8000', '0.0000', '23.8000'])
  })

  test('cat, car, bird', () => {
    expect(toFour(crossEntropies(birds))).toEqual(['1.5446', '0.0400', '4.6804'])
    expect(toFour(hinges(birds))).toEqual(['2.3000', '0.0000', '9.8000'])
  })

  test('scores with the last label', () => {
    const scores = T.of([[-2.85, 0.86, 0.28]], 'float64')
    const label = T.of([2], 'int32')
    expect(toFour(Loss.multiclassHinge(scores, label))).toEqual(['1.5800'])
    expect(toFour(Loss.crossEntropy(scores, label))).toEqual(['1.0402'])
    expect(toFour(T.softmax(scores))).toEqual(['0.0154', '0.6312', '0.3534'])
  })

  test('a stalled loss: the squared error of a sigmoid has next to no slope at -50, cross-entropy has -1', () => {
    const squared = (logit: S): S => Loss.mse(T.sigmoid(logit), scalar(1))
    expect(item(grad(squared)(scalar(-50)))).toBeCloseTo(-3.857e-22, 25)
    expect(item(grad((logit: S): S => Loss.binaryCrossEntropyWithLogits(logit, scalar(1)))(scalar(-50)))).toBe(-1)
  })

  test('L2 prefers spread-out weights at equal score, L1 is indifferent', () => {
    const x = T.ones([4])
    const spread = T.full([4], 0.25)
    const single = T.of([1, 0, 0, 0])
    expect(item(T.dot(spread, x))).toBe(item(T.dot(single, x)))
    expect(item(Regularizer.l2(1)(spread))).toBe(0.25)
    expect(item(Regularizer.l2(1)(single))).toBe(1)
    expect(item(Regularizer.l1(1)(spread))).toBe(item(Regularizer.l1(1)(single)))
  })
})

describe('convolution and pooling', () => {
  const image = (rows: readonly string[]): T.Tensor => T.of(rows.map((row) => row.split('').map(Number)))

  const correlate = (x: T.Tensor, kernel: readonly (readonly number[])[], options: T.ConvOptions = {}): T.Tensor =>
    T.at(T.conv2d(T.expandDims(x, 0), T.of([[kernel]]), options), 0)
  const pooled = (pool: (x: T.Tensor, options: { window: number }) => T.Tensor): T.Tensor =>
    T.at(pool(T.expandDims(six, 0), { window: 2 }), 0)

  const seven = image(['0000000', '0111110', '0100100', '0101000', '0110000', '0100000', '0000000'])
  const six = image(['111110', '100100', '101000', '110000', '100000', '000000'])
  const rowsOf = (x: T.Tensor): readonly string[] => {
    const [, n = 0] = x.shape
    const flat = Array.from(T.toArray(x), String)
    return Array.from({ length: flat.length / n }, (_, i) => flat.slice(i * n, (i + 1) * n).join(''))
  }

  test('a 7 x 7 image, correlated', () => {
    const kernel = [
      [0, 0, 0],
      [0, 1, 1],
      [0, 1, 0]
    ]
    expect(rowsOf(correlate(seven, kernel))).toEqual(['32231', '20210', '22100', '31000', '10000'])
  })

  test('the same, blurred', () => {
    const kernel = [
      [0.1, 0.1, 0.1],
      [0.1, 0.2, 0.1],
      [0.1, 0.1, 0.1]
    ]
    const expected = T.of([
      [0.4, 0.5, 0.5, 0.5, 0.4],
      [0.5, 0.6, 0.5, 0.6, 0.3],
      [0.5, 0.5, 0.4, 0.2, 0.1],
      [0.5, 0.6, 0.2, 0.1, 0],
      [0.4, 0.3, 0.1, 0, 0]
    ])
    expect(T.isClose(correlate(seven, kernel), expected, { rtol: 0, atol: 1e-6 })).toBe(true)
  })

  test('a 6 x 6 image with stride 2, and pooled', () => {
    const ones = [
      [1, 1],
      [1, 1]
    ]
    const sums = correlate(six, ones, { stride: 2 })
    expect(rowsOf(sums)).toEqual(['331', '310', '100'])
    expect(T.Eq.equals(pooled(T.avgPool2d), T.mul(sums, 0.25))).toBe(true)
    expect(rowsOf(pooled(T.maxPool2d))).toEqual(['111', '110', '100'])
  })

  test('LeNet-5: the shapes of its layers, and its parameters', () => {
    const layer = (out: number, ...into: readonly number[]): { readonly w: T.Tensor; readonly b: T.Tensor } => ({
      w: T.zeros([out, ...into]),
      b: T.zeros([out])
    })
    const [c1, c3, c5] = [layer(6, 1, 5, 5), layer(16, 6, 5, 5), layer(120, 16, 5, 5)]
    const first = T.conv2d(T.zeros([1, 28, 28]), c1.w, { padding: 2 })
    const second = T.conv2d(T.avgPool2d(first, { window: 2 }), c3.w)
    const third = T.conv2d(T.avgPool2d(second, { window: 2 }), c5.w)
    expect([first, second, third].map(({ shape }) => shape)).toEqual([
      [6, 28, 28],
      [16, 10, 10],
      [120, 1, 1]
    ])
    const params = [c1, c3, c5, layer(84, 120), layer(10, 84)]
    expect(Tree.reduce(params, 0, (count, leaf) => count + T.size(leaf))).toBe(61_706)
  })
})

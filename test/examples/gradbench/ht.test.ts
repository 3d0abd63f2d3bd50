import { describe, expect, it } from 'vitest'
import { jacobian } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import * as T from 'pullback/Tensor'
import * as ht from '../../../examples/gradbench/ht.js'
import { rotate } from '../../../examples/gradbench/rotation.js'
import { expectClose, expectLaws, keys } from './held.js'

type Numbers = readonly number[]
type Rows = readonly Numbers[]

const times = (a: Rows, b: Rows): Rows =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)))

/** The product of the rotations about z, y and x, in homogeneous coordinates. */
const turn = (x: number, z: number): Rows => {
  const [cx, sx, cz, sz] = [Math.cos(x), Math.sin(x), Math.cos(z), Math.sin(z)]
  const aboutZ = [
    [cz, -sz, 0, 0],
    [sz, cz, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 1]
  ]
  const aboutX = [
    [1, 0, 0, 0],
    [0, cx, -sx, 0],
    [0, sx, cx, 0],
    [0, 0, 0, 1]
  ]
  return times(aboutZ, aboutX)
}

/** The matrix of a rotation by axis and angle: element by element, as ADBench has it. */
const aboutAxis = ([a, b, c]: Numbers): Rows => {
  const angle = Math.hypot(a!, b!, c!)
  const [x, y, z, s, k] = [a! / angle, b! / angle, c! / angle, Math.sin(angle), Math.cos(angle)]
  return [
    [x * x + (1 - x * x) * k, x * y * (1 - k) - z * s, x * z * (1 - k) + y * s],
    [x * y * (1 - k) + z * s, y * y + (1 - y * y) * k, y * z * (1 - k) - x * s],
    [x * z * (1 - k) - y * s, y * z * (1 - k) + x * s, z * z + (1 - z * z) * k]
  ]
}

/** The definition in plain numbers: the vertices of the posed hand, one by one. */
const plainVertices = (theta: Numbers, hand: ht.Hand): Rows => {
  const [relatives, inverses] = [T.toNested(hand.relatives), T.toNested(hand.inverseAbsolutes)]
  const weights = T.toNested(hand.weights)
  const absolutes: Rows[] = []
  const transforms = hand.parents.map((parent, bone) => {
    const finger = Math.floor((bone - 1) / 4)
    const joint = bone === 0 || bone === 21 ? 0 : (bone - 1) % 4
    const first = 6 + 4 * finger
    const x = joint === 0 ? 0 : joint === 1 ? theta[first]! : theta[first + joint]!
    const z = joint === 1 ? theta[first + 1]! : 0
    const relative = times(relatives[bone]!, turn(x, z))
    absolutes.push(parent < 0 ? relative : times(absolutes[parent]!, relative))
    return times(absolutes[bone]!, inverses[bone]!)
  })
  return T.toNested(hand.positions).map((vertex, v) => {
    const mean = [0, 0, 0]
    transforms.forEach((transform, bone) => {
      const carried = times(
        transform,
        vertex.map((each) => [each])
      )
      for (let i = 0; i < 3; i++) mean[i]! += weights[bone]![v]! * carried[i]![0]!
    })
    if (hand.mirrored) mean[0]! *= -1
    const turned = times(
      aboutAxis(theta.slice(0, 3)),
      mean.map((each) => [each])
    )
    return turned.map(([each], i) => each! + theta[3 + i]!)
  })
}

describe('rotate', () => {
  it('is the exponential of the matrix of the vector product', () => {
    const w = T.of([0.3, -1.2, 0.7], 'float64')
    const generator = T.of(
      [
        [0, -0.7, -1.2],
        [0.7, 0, -0.3],
        [1.2, 0.3, 0]
      ],
      'float64'
    )
    const v = T.of([1, 2, 3], 'float64')
    expectClose(rotate(w, v), Array.from(T.toArray(T.matmul(Linalg.matrixExp(generator), v))), 1e-14)
  })

  it('is smooth where it does not turn: its derivative there is the vector product', () => {
    const v = T.of([1, 2, 3], 'float64')
    const zero: T.Tensor<[3]> = T.zeros([3], 'float64')
    expect(T.toNested(rotate(zero, v))).toEqual([1, 2, 3])
    const slopes = jacobian((w: T.Tensor<[3]>) => rotate(w, v))(zero)
    expect(T.toNested(T.add(slopes, 0))).toEqual([
      [0, 3, -2],
      [-3, 0, 1],
      [2, -1, 0]
    ])
    for (const w of [
      zero,
      T.of([0.1, 0, 0], 'float64'),
      T.of([0.5, -0.4, 0.3], 'float64'),
      T.of([3, 0, -1], 'float64')
    ]) {
      expectLaws('rotate', (at: T.Tensor<[3]>) => rotate(at, v), w)
    }
  })
})

describe('ht', () => {
  it('is its definition', () => {
    for (const key of keys) {
      const [{ theta, us }, measured] = ht.generate(key, 6, 4)
      const posed = plainVertices(Array.from(T.toArray(theta)), measured.hand)
      const [points, places] = [T.toNested(measured.points), T.toNested(us)]
      const simple = points.flatMap((point, i) => point.map((x, j) => x - posed[i]![j]!))
      expectClose(ht.objective({ theta }, measured), simple)
      const triangles = T.toNested(measured.hand.triangles)
      const complicated = points.flatMap((point, i) => {
        const [u = NaN, v = NaN] = places[i]!
        const [a, b, c] = triangles[i]!.map((vertex) => posed[vertex]!)
        return point.map((x, j) => x - (u * a![j]! + v * b![j]! + (1 - u - v) * c![j]!))
      })
      expectClose(ht.objective({ theta, us }, measured), complicated)
    }
  })

  it('packs the derivatives in the places on triangles into two columns, before those in the angles', () => {
    const [pose, measured] = ht.generate(keys[0]!, 6, 9)
    const packed = ht.jacobian(pose, measured)
    expect(packed.shape).toEqual([27, 28])
    const whole = jacobian((at: Required<ht.Pose>) => ht.objective(at, measured))(pose)
    expectClose(T.slice(packed, [null, [2]]), Array.from(T.toArray(whole.theta)))
    const own = T.einsum('ijik->ijk', whole.us)
    expectClose(T.slice(packed, [null, [0, 2]]), Array.from(T.toArray(own)))
    expect(T.item(T.sum(T.abs(whole.us)))).toBeCloseTo(T.item(T.sum(T.abs(own))), 12)
    expect(ht.jacobian({ theta: pose.theta }, measured).shape).toEqual([27, 26])
  })

  it('obeys the laws, simple and complicated', () => {
    for (const key of keys) {
      const [pose, measured] = ht.generate(key, 4, 2)
      expectLaws('ht', (theta: T.Tensor<[number]>) => ht.objective({ theta }, measured), pose.theta)
      expectLaws('ht', (at: Required<ht.Pose>) => ht.objective(at, measured), pose)
    }
  })
})

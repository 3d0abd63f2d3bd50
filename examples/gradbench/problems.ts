// The twelve problems at small sizes: what the program prints of them, and the tests hold.
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as ba from './ba.js'
import { type Nesting, type Point, type Scalar, nestings } from './descent.js'
import * as det from './det.js'
import { basis, deviation, differences, flat } from './differences.js'
import * as gmm from './gmm.js'
import * as hello from './hello.js'
import * as ht from './ht.js'
import * as kmeans from './kmeans.js'
import * as llsq from './llsq.js'
import * as lse from './lse.js'
import * as lstm from './lstm.js'
import * as ode from './ode.js'
import * as particle from './particle.js'
import * as saddle from './saddle.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

type Matrix = T.Tensor<[number, number]>

/** A problem at a point. */
export interface Problem {
  readonly name: string
  readonly size: string
  /** What is differentiated, all numbers in a row. */
  readonly value: () => T.Tensor<[number]>
  /** Its Jacobian as GradBench asks for it; a gradient is one of a single row. */
  readonly derivative: () => Matrix
  /** How far the derivative is from centred differences, in parts of its largest number. */
  readonly deviation: () => number
}

interface Definition<P> {
  readonly name: string
  readonly size: string
  readonly f: (params: P) => unknown
  readonly derivative: (params: P) => Matrix
  readonly at: P
  /** The columns of the Jacobian, where they are not all elements of the parameters. */
  readonly directions?: readonly P[]
}

const problem = <P>({ name, size, f, derivative, at, directions = basis(at) }: Definition<P>): Problem => ({
  name,
  size,
  value: () => flat(f(at)),
  derivative: () => derivative(at),
  deviation: () => deviation(derivative(at), differences(f, at, directions))
})

/** A gradient as a Jacobian of one row. */
const row =
  <P>(gradient: (params: P) => P): ((params: P) => Matrix) =>
  (params) =>
    T.expandDims(flat(gradient(params)), 0)

const key = Random.key(0)
const scalar = (x: number): Scalar => T.scalar(x, 'float64')

// -----------------------------------------------------------------------------
// the problems of one gradient
// -----------------------------------------------------------------------------

const ofHello = problem({
  name: 'hello',
  size: '',
  f: hello.square,
  derivative: row(hello.double),
  at: scalar(Math.PI)
})

const ofLse = problem({
  name: 'lse',
  size: 'n = 100',
  f: lse.primal,
  derivative: row(lse.gradient),
  at: lse.generate(key, 100)
})

const ofLlsq = problem({
  name: 'llsq',
  size: 'n = 64, m = 8',
  f: (x: T.Tensor<[number]>) => llsq.primal(x, 64),
  derivative: row((x: T.Tensor<[number]>) => llsq.gradient(x, 64)),
  at: llsq.generate(key, 8)
})

const ofDet = problem({
  name: 'det',
  size: 'l = 6',
  f: det.primal,
  derivative: row(det.gradient),
  at: det.generate(key, 6)
})

const ofOde = problem({
  name: 'ode',
  size: 'n = 8, s = 10',
  f: (x: T.Tensor<[number]>) => ode.last(x, 10),
  derivative: row((x: T.Tensor<[number]>) => ode.gradient(x, 10)),
  at: ode.generate(key, 8)
})

const ofKmeans = (() => {
  const { points, centroids } = kmeans.generate(key, 100, 5, 4)
  return problem({
    name: 'kmeans',
    size: 'n = 100, k = 5, d = 4',
    f: (c: Matrix) => kmeans.cost(c, points),
    derivative: row((c: Matrix) => grad(kmeans.cost)(c, points)),
    at: centroids
  })
})()

const ofGmm = (() => {
  const [mixture, data] = gmm.generate(key, 50, 5, 3)
  return problem({
    name: 'gmm',
    size: 'n = 50, k = 5, d = 3',
    f: (params: gmm.Mixture) => gmm.objective(params, data),
    derivative: row((params: gmm.Mixture) => gmm.jacobian(params, data)),
    at: mixture
  })
})()

const ofLstm = (() => {
  const [params, data] = lstm.generate(key, 2, 5, 4)
  return problem({
    name: 'lstm',
    size: 'l = 2, c = 5, b = 4',
    f: (at: lstm.Params) => lstm.objective(at, data),
    derivative: row((at: lstm.Params) => lstm.jacobian(at, data)),
    at: params
  })
})()

// -----------------------------------------------------------------------------
// the problems of a Jacobian
// -----------------------------------------------------------------------------

const ofBa = (() => {
  const [scene, views] = ba.generate(key, 2, 6, 12)
  return problem({
    name: 'ba',
    size: 'n = 2, m = 6, p = 12',
    f: (at: ba.Scene) => ba.objective(at, views),
    derivative: (at: ba.Scene) => ba.dense(ba.jacobian(at, views)),
    at: scene
  })
})()

const ofHt = (() => {
  const [pose, measured] = ht.generate(key, 30, 10)
  const { theta, us } = pose
  const still = { theta: T.zerosLike(theta), us: T.zerosLike(us) }
  const first = T.broadcastTo(T.of([1, 0], 'float64'), us.shape)
  const packed = [first, T.sub(1, first)].map((direction) => ({ ...still, us: direction }))
  return problem({
    name: 'ht',
    size: 'c = 10, v = 30',
    f: (at: Required<ht.Pose>) => ht.objective(at, measured),
    derivative: (at: Required<ht.Pose>) => ht.jacobian(at, measured),
    at: pose,
    directions: [...packed, ...basis(theta).map((direction) => ({ ...still, theta: direction }))]
  })
})()

// -----------------------------------------------------------------------------
// the problems of nested gradients, at the start of the outer descent
// -----------------------------------------------------------------------------

const each = Object.keys(nestings) as readonly Nesting[]

const ofParticle = each.map((nesting) => {
  const [outer, inner] = nestings[nesting]
  const f = (w: Scalar): Scalar => particle.objective(w, inner)
  return problem({
    name: 'particle',
    size: nesting,
    f,
    derivative: row((w: Scalar) => outer(f)(w)[1]),
    at: scalar(0)
  })
})

const ofSaddle = each.map((nesting) => {
  const [outer, inner] = nestings[nesting]
  const start: Point = [scalar(1), scalar(1)]
  const f = (x: Point): Scalar => saddle.highest(x, start, inner)
  return problem({
    name: 'saddle',
    size: nesting,
    f,
    derivative: row((x: Point) => outer(f)(x)[1]),
    at: start
  })
})

/** All problems, in the order of GradBench; those of nested gradients once for each nesting. */
export const problems: readonly Problem[] = [
  ofBa,
  ofDet,
  ofGmm,
  ofHello,
  ofHt,
  ofKmeans,
  ofLlsq,
  ofLse,
  ofLstm,
  ofOde,
  ...ofParticle,
  ...ofSaddle
]

// A physics-informed network: it has never seen the solution of u'' = -pi^2 sin(pi x), u(0) = u(1) = 0, only the equation,
// and finds it by gradient descent on how far its own second derivative is from what the equation says.
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { type Params, type Scalar, firstParams, loss, solution, solve } from './physics/network.js'
import { check } from './support/run.js'

const source = (x: Scalar): Scalar => T.mul(T.sin(T.mul(x, Math.PI)), -(Math.PI ** 2))
const exact = (x: Scalar): Scalar => T.sin(T.mul(x, Math.PI))

/** Points that it was not trained at. */
const points = T.linspace(0, 1, 201, 'float64')

/** The largest difference of two functions at these points. */
const apart = (f: (x: Scalar) => Scalar, g: (x: Scalar) => Scalar): number =>
  T.item(T.max(T.abs(T.sub(vmap(f)(points), vmap(g)(points)))))

const report = (name: string, params: Params): void => {
  const error = apart(solution(params), exact)
  const left = T.item(loss(params, source, points))
  console.log(`${name}: mean squared residual ${left.toExponential(1)}, largest error ${error.toExponential(1)}`)
}

const key = Random.key(0)
report('before', firstParams(key))
const started = performance.now()
const params = solve(source, key, 400)
report(`after ${((performance.now() - started) / 1000).toFixed(1)} s`, params)

const u = solution(params)
const [start, end] = T.toNested(vmap(u)(T.of([0, 1], 'float64')))
check(`u(0) = ${start} and u(1) = ${end}, by construction`, start === 0 && end === 0)
const error = apart(u, exact)
check(`u is sin(pi x) to ${error.toExponential(1)}`, error < 2e-3)
const slopes = apart(grad(u), grad(exact))
check(`u' is pi cos(pi x) to ${slopes.toExponential(1)}`, slopes < 2e-2)

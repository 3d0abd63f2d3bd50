import { describe, expect, it } from 'vitest'
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { vmap } from 'pullback/Vmap'
import { type Params, type Scalar, firstParams, loss, residual, solution } from '../../examples/physics/network.js'

const source = (x: Scalar): Scalar => T.mul(T.sin(T.mul(x, Math.PI)), -(Math.PI ** 2))
const exact = (x: Scalar): Scalar => T.sin(T.mul(x, Math.PI))
const nothing = (): Scalar => T.scalar(0, 'float64')

const points = T.linspace(0.05, 0.95, 10, 'float64')
const params = firstParams(Random.key(4))

const largest = (x: T.Tensor): number => T.item(T.max(T.abs(x)))

describe('the example of a physics-informed network', () => {
  it('leaves nothing of the equation at its solution', () => {
    expect(largest(vmap(residual(exact, source))(points))).toBeLessThan(1e-13)
  })

  it('has the second derivative of the network in its input', () => {
    const u = solution(params)
    const h = 1e-4
    const [above, here, below] = [h, 0, -h].map((by) => vmap(u)(T.add(points, by)))
    const differences = T.div(T.add(T.sub(above!, here!), T.sub(below!, here!)), h * h)
    expect(largest(T.sub(vmap(residual(u, nothing))(points), differences))).toBeLessThan(1e-6)
  })

  it('has the gradient of the second derivative in the parameters', () => {
    const direction = Tree.map(params, (leaf) => T.cos(leaf))
    const at = (by: number): number => T.item(loss(Tree.add(params, Tree.scale(direction, by)), source, points))
    const slope = T.item(Tree.dot(grad(loss)(params, source, points), direction))
    const h = 1e-6
    expect((at(h) - at(-h)) / (2 * h) / slope).toBeCloseTo(1, 8)
  })

  it('is the mean over the points of what each of them says', () => {
    const each = T.toNested(points).map((x) => grad(loss)(params, source, T.of([x], 'float64')))
    const mean = Tree.scale(
      each.reduce((a: Params, b: Params) => Tree.add(a, b)),
      1 / each.length
    )
    const whole = grad(loss)(params, source, points)
    expect(T.item(Tree.norm(Tree.sub(whole, mean)))).toBeLessThan(1e-12 * T.item(Tree.norm(whole)))
  })

  it('is 0 at both ends', () => {
    expect(largest(vmap(solution(params))(T.of([0, 1], 'float64')))).toBe(0)
  })
})

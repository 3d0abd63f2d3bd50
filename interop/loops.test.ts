// Gradients of loops whose number of steps is an argument, on engines, which keep no list of carries, beside eager ones.
import { isLeft } from 'fp-ts/lib/Either.js'
import { whileLoop } from 'pullback/Control'
import * as Export from 'pullback/Export'
import { grad, hvp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { afterAll, expect } from 'vitest'
import { distance } from './agree.js'
import { testWith } from './engines.js'
import { modelOn } from './onnx/engine.js'
import { startXla } from './xla/engine.js'

type Point = T.Tensor<[2]>

/** A function on an engine. */
interface Loaded {
  readonly run: (operands: readonly T.Tensor[]) => Promise<readonly T.Tensor[]>
  readonly release: () => Promise<void>
}

const loop = (x: Point, count: T.Tensor<[]>): T.Tensor<[]> => {
  const { y } = whileLoop(
    ({ n }: { readonly y: Point; readonly n: T.Tensor<[]> }) => T.less(n, count),
    ({ y, n }) => ({ y: T.sin(T.mul(y, x)), n: T.add(n, 1) })
  )({ y: T.add(x, 0.1), n: T.scalar(0, 'int32') })
  return T.sum(y)
}

const functions = {
  gradient: (x: Point, count: T.Tensor<[]>): Point => grad((x: Point) => loop(x, count))(x),
  'product with the Hessian': (x: Point, count: T.Tensor<[]>): Point =>
    hvp((x: Point) => loop(x, count))(x, T.ones([2]))
}

const x = T.of([1.5, 2.2])
const counts = [0, 1, 2, 3, 4, 7, 8, 9, 31, 100]

/** Tests on an engine, which makes something that runs of a function. */
const testLoops = async (
  need: string,
  prepare: (f: (typeof functions)['gradient']) => Promise<Loaded>
): Promise<void> => {
  for (const [name, f] of Object.entries(functions)) {
    await testWith([need], `${name} of so many steps on ${need}`, async () => {
      const { run, release } = await prepare(f)
      for (const n of counts) {
        const count = T.scalar(n, 'int32')
        const [found] = await run([x, count])
        expect([n, distance(found!, f(x, count)) < 1e-5]).toEqual([n, true])
      }
      await release()
    })
  }
}

const xla = startXla()
afterAll(() => {
  xla.stop()
})

await testLoops('onnxruntime-node', async (f) => {
  const made = Export.onnx(f)(x, T.scalar(0, 'int32'))
  if (isLeft(made)) throw new Error(made.left.message)
  return modelOn('onnxruntime-node', made.right)
})

await testLoops('python:jax', async (f) => {
  const made = Export.stableHlo(f)(x, T.scalar(0, 'int32'))
  if (isLeft(made)) throw new Error(made.left.message)
  return { run: (operands) => xla.run(made.right, operands), release: () => Promise.resolve() }
})

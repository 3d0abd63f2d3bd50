/** The derivative of softmax along axes: the steps of kernel/softmaxDerivativeFloat32.ts, in float64 and rounded once. */
import { get, i32, op, when } from '../../kernel/wasm/build.js'
import { strip } from '../elements.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { arranged } from './arrange.js'
import { type Body, keep } from './body.js'
import type { Terms } from './groups.js'
import { laneSums, stackBytes } from './laneSums.js'
import { move, nested, pointerAt, pointerFrom, repeat, walk } from './nest.js'
import { both, type Wide, converted, double, load, store, widened } from './strip.js'

const product = (body: Body, a: Wide, b: Wide): Wide => both(body, (half) => op('f64x2.mul', a[half], b[half]))

/** Products in which 0 is strong: 0 instead of NaN where a factor is 0. */
export const guarded = (body: Body, a: Wide, b: Wide): Wide =>
  both(body, (half) => {
    const plain = keep(body, 'v128', op('f64x2.mul', a[half], b[half]))
    const isZero = op('v128.or', op('f64x2.eq', a[half], double(0)), op('f64x2.eq', b[half], double(0)))
    return op('v128.andnot', plain, op('v128.and', op('f64x2.ne', plain, plain), isZero))
  })

/** `y (t - sum y t)` over axes. */
export const softmaxDerivativeOver = (operation: Whole, axes: readonly number[]): Emitter | undefined => {
  const { dtype } = operation.operands[0]!
  if (dtype !== 'float32' && dtype !== 'float64') return undefined
  const plan = arranged(operation, axes, true, 'one')
  if (plan === undefined) return undefined
  const { mode, run, kept, apart: across, n, copied, begin } = plan
  const [axis] = run
  const isRow = mode === 'rows'
  const count = isRow ? Math.ceil(n / strip) : n
  const steps = axis!.steps.map((step) => (isRow ? strip * step : step))

  const sumsOf = (body: Body, stack: number, pointers: readonly string[], multiplied: typeof product): Wide => {
    const terms: Terms = (inside, [t, y]) => [multiplied(inside, widened(inside, y!), widened(inside, t!))]
    const sources = [0, 1].map((i) => ({
      dtype,
      pointer: pointerFrom(body, pointers[i]!),
      across: across[i]!
    }))
    return laneSums(body, { dtype, mode, n, run, stack }, sources, 1, terms)[0]!
  }
  const writeAll = (body: Body, pointers: readonly string[], make: (inside: Body, t: Wide, y: Wide) => Wide): void => {
    const own = pointers.map((pointer) => pointerFrom(body, pointer))
    repeat(body, count, (inside) => {
      const [t, y] = [0, 1].map((i) => widened(inside, load(inside, dtype, get(own[i]!), 0, across[i]!)))
      store(inside, get(own[2]!), 0, converted(inside, make(inside, t!, y!), dtype))
      own.forEach((pointer, i) => move(inside, pointer, steps[i]!))
    })
  }
  const less = (body: Body, t: Wide, sums: Wide): Wide => both(body, (half) => op('f64x2.sub', t[half], sums[half]))

  return {
    scratch: copied + stackBytes(dtype, n, 1),
    emit: (body, places) => {
      const addresses = [...begin(body, places), places.result(0)]
      const pointers = addresses.map((address) => pointerAt(body, i32(address)))
      const stack = places.scratch + copied
      walk(body, kept, pointers, (inside) => {
        const sums = sumsOf(inside, stack, pointers, product)
        writeAll(inside, pointers, (each, t, y) => product(each, y, less(each, t, sums)))
        const isLost = both(inside, (half) => {
          const difference = keep(inside, 'v128', op('f64x2.sub', sums[half], sums[half]))
          return op('f64x2.ne', difference, double(0))
        })
        const again = nested(inside)
        const strong = sumsOf(again, stack, pointers, guarded)
        writeAll(again, pointers, (each, t, y) => guarded(each, y, less(each, t, strong)))
        inside.instructions.push(when(op('v128.any_true', op('v128.or', isLost.lo, isLost.hi)), again.instructions))
      })
    }
  }
}

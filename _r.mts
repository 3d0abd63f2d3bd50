import { jit } from './src/Jit.js'
import { grad } from './src/Grad.js'
import * as T from './src/Tensor.js'
import { traceAt } from './src/compile/jit.js'
import { madeOf } from './src/compile/runner.js'
const f64 = (x: number) => T.scalar(x, 'float64')
const step = (y: any, v: any, h: any) => {
  const g = (a: any, b: any) => [b, T.neg(T.sin(a))] as const
  const [k1a, k1b] = g(y, v), [k2a, k2b] = g(T.add(y, T.mul(k1a, T.div(h, 2))), T.add(v, T.mul(k1b, T.div(h, 2))))
  const [k3a, k3b] = g(T.add(y, T.mul(k2a, T.div(h, 2))), T.add(v, T.mul(k2b, T.div(h, 2)))), [k4a, k4b] = g(T.add(y, T.mul(k3a, h)), T.add(v, T.mul(k3b, h)))
  return [T.add(y, T.mul(T.div(h, 6), T.add(T.add(k1a, T.mul(k2a, 2)), T.add(T.mul(k3a, 2), k4a)))), T.add(v, T.mul(T.div(h, 6), T.add(T.add(k1b, T.mul(k2b, 2)), T.add(T.mul(k3b, 2), k4b))))]
}
const f = (y0: any) => { let y = y0, v: any = f64(0); const h = f64(0.01); for (let i = 0; i < 100; i++) [y, v] = step(y, v, h); return y }
const g = grad(f as any) as any, fast = jit(g) as any
let t = performance.now(); const r = fast(f64(1)); console.log('first', performance.now() - t, String(r), String(g(f64(1))))
t = performance.now(); const tr = traceAt('jit', g, [f64(1)] as any) as any; console.log('trace', performance.now() - t, tr.program.equations.length)
t = performance.now(); const m = madeOf(tr.program) as any; console.log('compile', performance.now() - t, m._tag, m.reason)
const best = (h: () => void, n: number) => { let b = Infinity; for (let k = 0; k < 20; k++) { const s = performance.now(); for (let i = 0; i < n; i++) h(); b = Math.min(b, (performance.now() - s) / n) } return b }
const e = best(() => g(f64(1)), 5), c = best(() => fast(f64(1)), 200)
console.log('eager', e, 'jit', c, e / c)

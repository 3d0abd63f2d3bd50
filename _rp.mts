import { passed, madeOf } from './src/compile/runner.js'
import { graphOf } from './src/compile/graph.js'
import { schedule } from './src/compile/schedule.js'
import { place } from './src/compile/memory.js'
import { codeOf } from './src/compile/module.js'
import { runnerOf } from './src/compile/run.js'
import { encode } from './src/kernel/wasm/encode.js'
import { inlineCalls } from './src/compile/inline.js'
import { foldConstants } from './src/program/fold.js'
import { shareCommon } from './src/program/share.js'
import { mergeScans } from './src/program/mergeScans.js'
import { removeDead } from './src/program/dead.js'
import { traceAt } from './src/compile/jit.js'
import { grad } from './src/Grad.js'
import * as T from './src/Tensor.js'
const src = (await import('node:fs')).readFileSync('_r.mts', 'utf8')
const f64 = (x: number) => T.scalar(x, 'float64')
const step = (y: any, v: any, h: any) => {
  const g = (a: any, b: any) => [b, T.neg(T.sin(a))] as const
  const [k1a, k1b] = g(y, v), [k2a, k2b] = g(T.add(y, T.mul(k1a, T.div(h, 2))), T.add(v, T.mul(k1b, T.div(h, 2))))
  const [k3a, k3b] = g(T.add(y, T.mul(k2a, T.div(h, 2))), T.add(v, T.mul(k2b, T.div(h, 2)))), [k4a, k4b] = g(T.add(y, T.mul(k3a, h)), T.add(v, T.mul(k3b, h)))
  return [T.add(y, T.mul(T.div(h, 6), T.add(T.add(k1a, T.mul(k2a, 2)), T.add(T.mul(k3a, 2), k4a)))), T.add(v, T.mul(T.div(h, 6), T.add(T.add(k1b, T.mul(k2b, 2)), T.add(T.mul(k3b, 2), k4b))))]
}
const f = (y0: any) => { let y = y0, v: any = f64(0); const h = f64(0.01); for (let i = 0; i < 100; i++) [y, v] = step(y, v, h); return y }
const g = grad(f as any) as any
for (let k = 0; k < 2; k++) {
const at: [string, number][] = []
let s = performance.now()
const lap = (n: string) => { const e = performance.now(); at.push([n, e - s]); s = performance.now() }
const { program } = traceAt('jit', g, [f64(1)] as any); lap('trace')
let p: any = inlineCalls(program, []); lap('inline'); p = foldConstants(p); lap('fold'); p = shareCommon(p); lap('share'); p = mergeScans(p); lap('merge'); p = removeDead(p); lap('dead')
const graph = graphOf(p); lap('graph'); const sch = schedule(graph); lap('schedule'); const plan = place(graph, sch); lap('place'); const code = codeOf(sch, plan); lap('code'); const bytes = encode(code.module); lap('encode'); const m = new WebAssembly.Module(bytes as any); lap('Module')
console.log(p.equations.length, bytes.length, at.map(([n, t]) => `${n} ${t.toFixed(1)}`).join('  '))
}

import * as fc from 'fast-check'
import * as Debug from './src/Debug.js'
import * as T from './src/Tensor.js'
import { lowerProgram, runnerOf } from './src/compile/run.js'
const { generated } = await import('./test/compile/generated.js')
const N = Number(process.argv[2] ?? 500), seed = Number(process.argv[3] ?? Date.now() % 1e9)
const vals = (x: any) => T.toArray(T.ravel(x) as any) as any as number[]
let ran = 0
const out: any = fc.check(fc.property(generated as any, ({ f, inputs }: any) => {
  const program = Debug.trace(f)(...inputs)
  const want = f(...inputs)
  const run = runnerOf(lowerProgram(program as any))!
  ran++
  for (let k = 0; k < 2; k++) { const got = run(inputs)
  want.forEach((w: any, i: number) => { const g: any = got[i]; if (g.dtype !== w.dtype || String(g.shape) !== String(w.shape)) throw new Error(`type ${g} vs ${w}`)
    const a = vals(g), b = vals(w); a.forEach((v, j) => { if (!Object.is(v, b[j])) throw new Error(`value ${i}[${j}] ${v} instead of ${b[j]}`) }) }) }
}), { numRuns: N, seed })
console.log('ran', ran, 'seed', seed)
if (out.failed) { const [c] = out.counterexample as any; console.log(String(out.errorInstance).slice(0, 1500), c.order, JSON.stringify(c.codes)); c.inputs.forEach((x: any) => console.log(x.dtype, x.shape, JSON.stringify(vals(x))))
 console.log(Debug.show(Debug.trace(c.f)(...c.inputs) as any)); console.log((out.errorInstance as any).stack.split('\n').slice(0,8).join('\n')) }

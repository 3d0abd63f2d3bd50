import * as Layer from 'pullback/Layer'
import * as T from 'pullback/Tensor'
import * as Random from 'pullback/Random'
const id = (x: any) => x
const N = 48
const plain = (x: any) => { for (let i = 0; i < N; i++) x = id(x); return x }
const lifts = Layer.sequential(...Array.from({ length: N }, () => Layer.lift(id)))
const [{ params, state }] = lifts.init(Random.key(0))
const withp = Layer.sequential(...Array.from({ length: N }, () => Layer.stateless(Random.of({ w: T.zeros([8, 8]), b: T.zeros([8]) }), ({ w, b }: any) => (x: any) => x)))
const [p2] = withp.init(Random.key(0))
const x = T.ones([4, 8])
const raw = lifts as any
const cases: [string, () => unknown][] = [['plain', () => plain(x)], ['raw', () => raw.apply(params, state, { mode: 'eval' })(x)], ['predict', () => (Layer.predict(lifts) as any)(params, state)(x)], ['predict w,b', () => (Layer.predict(withp) as any)(p2.params, p2.state)(x)], ['raw w,b', () => (withp as any).apply(p2.params, p2.state, {mode: 'eval'})(x)]]
const best = cases.map(() => 1e9)
for (let r = 0; r < 20000; r++) cases.forEach(([, run], i) => { const t = performance.now(); run(); const d = performance.now() - t; if (d < best[i]!) best[i] = d })
console.log(cases.map(([n], i) => `${n} ${((best[i]! * 1000) / N).toFixed(3)}us/part`).join('  '))

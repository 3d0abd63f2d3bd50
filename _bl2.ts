import { grad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
const block = Layer.sequential(Layer.dense(8, 8), T.tanh)
const model = Layer.sequential(...Array.from({ length: 24 }, () => block))
const flat = Layer.sequential(...Array.from({ length: 24 }, () => [Layer.dense(8, 8), T.tanh]).flat())
const [{ params, state }] = model.init(Random.key(0))
const [f] = flat.init(Random.key(0))
type Rows = T.Tensor<[number, 8]>
const x: Rows = Random.normal(Random.key(1), [4, 8])
const plain = (p: any, input: Rows): Rows => p.reduce((y: any, [{ w, b }]: any) => T.tanh(T.add(T.matmul(y, T.transpose(w)), b)), input)
const layered = (p: any, input: Rows): any => Layer.predict(model)(p, state)(input)
const flatly = (p: any, input: Rows): any => (Layer.predict(flat) as any)(p, f.state)(input)
const gp = grad((p: any) => T.sum(plain(p, x)) as any), gl = grad((p: any) => T.sum(layered(p, x)) as any), gf = grad((p: any) => T.sum(flatly(p, x)) as any)
const cases: [string, () => unknown][] = [['plain', () => plain(params, x)], ['layers', () => layered(params, x)], ['flat', () => flatly(f.params, x)], ['gplain', () => gp(params)], ['glayers', () => gl(params)], ['gflat', () => gf(f.params)]]
const best = cases.map(() => 1e9)
for (let r = 0; r < 4000; r++) cases.forEach(([, run], i) => { const t = performance.now(); run(); const d = performance.now() - t; if (d < best[i]!) best[i] = d })
console.log(cases.map(([n], i) => `${n} ${(best[i]! * 1000).toFixed(1)}us`).join('  '), 'fw/block', (((best[1]! - best[0]!) / 24) * 1000).toFixed(2), 'flat', (((best[2]! - best[0]!) / 24) * 1000).toFixed(2), 'gr/block', (((best[4]! - best[3]!) / 24) * 1000).toFixed(2), 'flat', (((best[5]! - best[3]!) / 24) * 1000).toFixed(2))

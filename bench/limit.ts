/** What the machine could do: multiplications and additions of vectors that stay in registers, twelve sums side by side. */
import { again, branchIf, get, i32, locals, op, set, sub, tee } from '../src/kernel/wasm/build.js'
import { encode } from '../src/kernel/wasm/encode.js'
import type { Func, Instruction } from '../src/kernel/wasm/model.js'
import { bestOf } from './best.js'

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Memory: new (limits: { readonly initial: number }) => object
  readonly Instance: new (
    module: object,
    imports: object
  ) => { readonly exports: Readonly<Record<string, (turns: number) => void>> }
}

const sums = Array.from({ length: 12 }, (_, i) => `c${i}`)

/** `c = c x + 1`: a product that does not change would be taken out of the loop. */
const loopOver = (type: 'f32x4' | 'f64x2'): Func => {
  const values = (value: number): readonly number[] => new Array<number>(type === 'f32x4' ? 4 : 2).fill(value)
  const vector = (value: number): Instruction => ({ _tag: 'Vector', type, values: values(value) })
  const turn = sums.map((c) => set(c, op(`${type}.add`, op(`${type}.mul`, get(c), get('x')), get('one'))))
  const all = sums.slice(1).reduce((total, c) => op(`${type}.add`, total, get(c)), get(sums[0] ?? ''))
  return {
    name: type,
    exported: true,
    params: locals('i32', ['turns']),
    results: ['v128'],
    locals: locals('v128', [...sums, 'x', 'one']),
    body: [
      set('x', vector(0.5)),
      set('one', vector(1)),
      again('turn', ...turn, branchIf('turn', tee('turns', sub(get('turns'), i32(1))))),
      all
    ]
  }
}

/** A vector cannot be returned to JavaScript: the loops are called by functions that drop it. */
const called = (type: string): Func => ({
  name: `run_${type}`,
  exported: true,
  params: locals('i32', ['turns']),
  results: [],
  locals: [],
  body: [op('drop', { _tag: 'Call', name: type, operands: [get('turns')] })]
})

/** Operations a second. */
export const limits = (): Readonly<Record<string, number>> => {
  const bytes = encode({
    memory: { pages: 1, maximum: undefined, shared: false },
    imports: [],
    functions: [loopOver('f32x4'), loopOver('f64x2'), called('f32x4'), called('f64x2')]
  })
  const imports = { env: { memory: new WebAssembly.Memory({ initial: 1 }) } }
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports)
  const turns = 20_000
  const rate = (type: string, lanes: number): number =>
    (2 * lanes * sums.length * turns) / bestOf(() => exports[`run_${type}`]?.(turns), 0.3)
  return { 'limit float32': rate('f32x4', 4), 'limit float64': rate('f64x2', 2) }
}

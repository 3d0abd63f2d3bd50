/** A module in the binary format of WebAssembly 2.0. */
import type { Func, Import, Instruction, Local, Module, ValueType } from './model.js'
import { lane, memory, plain, structure } from './ops.js'

// -----------------------------------------------------------------------------
// numbers
// -----------------------------------------------------------------------------

const valueTypes: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b }

/** LEB128 without a sign. */
const natural = (out: number[], value: number): void => {
  let rest = value >>> 0
  while (rest >= 128) {
    out.push((rest & 127) | 128)
    rest >>>= 7
  }
  out.push(rest)
}

/** LEB128 with a sign. */
const integer = (out: number[], value: bigint): void => {
  let rest = value
  for (;;) {
    const low = Number(rest & 127n)
    rest >>= 7n
    if (rest === (low & 64 ? -1n : 0n)) {
      out.push(low)
      return
    }
    out.push(low | 128)
  }
}

/** The bytes of numbers, the lowest first. */
const bytesOf = (type: 'i32' | 'f32' | 'f64', values: readonly number[]): Uint8Array => {
  const size = type === 'f64' ? 8 : 4
  const view = new DataView(new ArrayBuffer(size * values.length))
  values.forEach((value, i) => {
    if (type === 'f64') view.setFloat64(8 * i, value, true)
    else if (type === 'f32') view.setFloat32(4 * i, value, true)
    else view.setInt32(4 * i, value, true)
  })
  return new Uint8Array(view.buffer)
}

const laneTypes = { i32x4: 'i32', f32x4: 'f32', f64x2: 'f64' } as const

/** A code of the table: one byte, or a prefix and a number. */
const code = (out: number[], value: number): void => {
  if (value < 0x100) out.push(value)
  else {
    out.push(value >> 8)
    natural(out, value & 0xff)
  }
}

const append = (out: number[], bytes: ArrayLike<number>): void => {
  for (let i = 0; i < bytes.length; i++) out.push(bytes[i]!)
}

const text = (out: number[], value: string): void => {
  natural(out, value.length)
  for (let i = 0; i < value.length; i++) out.push(value.charCodeAt(i))
}

// -----------------------------------------------------------------------------
// instructions
// -----------------------------------------------------------------------------

/** The indices behind the names that a function's body uses; the innermost label comes first. */
interface Scope {
  readonly locals: ReadonlyMap<string, number>
  readonly functions: ReadonlyMap<string, number>
  readonly labels: readonly string[]
}

const index = (kind: string, names: ReadonlyMap<string, number>, name: string): number => {
  const found = names.get(name)
  if (found === undefined) throw new Error(`wasm: there is no ${kind} '${name}'`)
  return found
}

const depth = (labels: readonly string[], label: string): number => {
  const found = labels.indexOf(label)
  if (found < 0) throw new Error(`wasm: there is no label '${label}' around this branch`)
  return found
}

const all = (out: number[], instructions: readonly Instruction[], scope: Scope): void => {
  for (const instruction of instructions) write(out, instruction, scope)
}

const inside = (scope: Scope, label: string): Scope => ({ ...scope, labels: [label, ...scope.labels] })

const noResult = 0x40

const write = (out: number[], x: Instruction, scope: Scope): void => {
  switch (x._tag) {
    case 'Plain':
      all(out, x.operands, scope)
      return code(out, plain[x.op])
    case 'Memory': {
      const [operation, align] = memory[x.op]
      all(out, x.operands, scope)
      code(out, operation)
      natural(out, align)
      return natural(out, x.offset)
    }
    case 'Lane':
      all(out, x.operands, scope)
      code(out, lane[x.op])
      return natural(out, x.lane)
    case 'Bulk':
      all(out, x.operands, scope)
      code(out, structure[x.op])
      return append(out, x.op === 'memory.copy' ? [0, 0] : [0])
    case 'Const':
      code(out, structure[`${x.type}.const`])
      return x.type === 'i32' ? integer(out, BigInt(x.value | 0)) : append(out, bytesOf(x.type, [x.value]))
    case 'Const64':
      code(out, structure['i64.const'])
      return integer(out, BigInt.asIntN(64, x.value))
    case 'Vector':
      code(out, structure['v128.const'])
      return append(out, bytesOf(laneTypes[x.type], x.values))
    case 'Shuffle':
      all(out, x.operands, scope)
      code(out, structure['i8x16.shuffle'])
      return append(out, x.bytes)
    case 'Get':
      code(out, structure['local.get'])
      return natural(out, index('local', scope.locals, x.name))
    case 'Set':
      write(out, x.value, scope)
      code(out, structure[x.op])
      return natural(out, index('local', scope.locals, x.name))
    case 'Block':
      code(out, structure[x.op])
      out.push(noResult)
      all(out, x.body, inside(scope, x.label))
      return code(out, structure.end)
    case 'Branch':
      if (x.when !== undefined) write(out, x.when, scope)
      code(out, structure[x.op])
      return natural(out, depth(scope.labels, x.label))
    case 'If': {
      const within = inside(scope, '')
      write(out, x.condition, scope)
      code(out, structure.if)
      out.push(noResult)
      all(out, x.body, within)
      if (x.otherwise.length > 0) {
        code(out, structure.else)
        all(out, x.otherwise, within)
      }
      return code(out, structure.end)
    }
    case 'Call':
      all(out, x.operands, scope)
      code(out, structure.call)
      return natural(out, index('function', scope.functions, x.name))
  }
}

// -----------------------------------------------------------------------------
// sections
// -----------------------------------------------------------------------------

const indices = (named: ReadonlyArray<{ readonly name: string }>): ReadonlyMap<string, number> =>
  new Map(named.map(({ name }, i) => [name, i]))

/** A counted vector of items, each written by `item`. */
const vector = <A>(out: number[], items: readonly A[], item: (out: number[], x: A) => void): void => {
  natural(out, items.length)
  for (const x of items) item(out, x)
}

const sized = (out: number[], fill: (out: number[]) => void): void => {
  const body: number[] = []
  fill(body)
  natural(out, body.length)
  append(out, body)
}

const types = (out: number[], list: readonly ValueType[]): void =>
  vector(out, list, (to, type) => to.push(valueTypes[type]))

/** Locals in runs of one type. */
const runs = (locals: readonly Local[]): ReadonlyArray<readonly [number, ValueType]> => {
  const result: Array<readonly [number, ValueType]> = []
  for (const { type } of locals) {
    const last = result[result.length - 1]
    if (last !== undefined && last[1] === type) result[result.length - 1] = [last[0] + 1, type]
    else result.push([1, type])
  }
  return result
}

interface Signature {
  readonly params: readonly ValueType[]
  readonly results: readonly ValueType[]
}

const signatureOf = (f: Func | Import): Signature => ({
  params: f.params.map((param) => (typeof param === 'string' ? param : param.type)),
  results: f.results
})

const keyOf = ({ params, results }: Signature): string => `${params.join()}>${results.join()}`

/**
 * The bytes of a module.
 *
 * @throws Error when an instruction uses the name of no local, label or function
 */
export const encode = (module: Module): Uint8Array => {
  const { imports, functions } = module
  const callable = [...imports, ...functions]
  const signatures = new Map(callable.map(signatureOf).map((signature) => [keyOf(signature), signature]))
  const numbers = new Map([...signatures.keys()].map((key, i) => [key, i]))
  const typeOf = (f: Func | Import): number => index('type', numbers, keyOf(signatureOf(f)))
  const functionIndices = indices(callable)

  const out = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
  const section = (id: number, fill: (out: number[]) => void): void => {
    out.push(id)
    sized(out, fill)
  }
  section(1, (to) =>
    vector(to, [...signatures.values()], (at, { params, results }) => {
      at.push(0x60)
      types(at, params)
      types(at, results)
    })
  )
  section(2, (to) => {
    const { pages, maximum, shared } = module.memory
    natural(to, imports.length + 1)
    text(to, 'env')
    text(to, 'memory')
    to.push(2, (shared ? 2 : 0) + (maximum === undefined ? 0 : 1))
    natural(to, pages)
    if (maximum !== undefined) natural(to, maximum)
    for (const f of imports) {
      text(to, 'env')
      text(to, f.name)
      to.push(0)
      natural(to, typeOf(f))
    }
  })
  section(3, (to) => vector(to, functions, (at, f) => natural(at, typeOf(f))))
  section(7, (to) =>
    vector(
      to,
      functions.filter((f) => f.exported),
      (at, { name }) => {
        text(at, name)
        at.push(0)
        natural(at, index('function', functionIndices, name))
      }
    )
  )
  section(10, (to) =>
    vector(to, functions, (at, f) =>
      sized(at, (body) => {
        vector(body, runs(f.locals), (entry, [count, type]) => {
          natural(entry, count)
          entry.push(valueTypes[type])
        })
        all(body, f.body, { locals: indices([...f.params, ...f.locals]), functions: functionIndices, labels: [''] })
        code(body, structure.end)
      })
    )
  )
  return Uint8Array.from(out)
}

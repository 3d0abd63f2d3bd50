/** A module in the binary format of WebAssembly 2.0. */
import type { Func, Import, Instruction, Local, Module, ValueType } from './model.js'
import { lane, memory, plain, structure } from './ops.js'

// -----------------------------------------------------------------------------
// bytes
// -----------------------------------------------------------------------------

const valueTypes: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b }

/** Bytes in order, in an array with room for more. */
interface Out {
  bytes: Uint8Array
  view: DataView
  length: number
}

const emptyOut = (): Out => {
  const bytes = new Uint8Array(2 ** 14)
  return { bytes, view: new DataView(bytes.buffer), length: 0 }
}

/** Makes room for so many more bytes. */
const reserve = (out: Out, count: number): void => {
  const needed = out.length + count
  if (needed <= out.bytes.length) return
  const bytes = new Uint8Array(2 * needed)
  bytes.set(out.bytes)
  out.bytes = bytes
  out.view = new DataView(bytes.buffer)
}

const byte = (out: Out, value: number): void => {
  if (out.length === out.bytes.length) reserve(out, 1)
  out.bytes[out.length++] = value
}

const append = (out: Out, bytes: ArrayLike<number>): void => {
  reserve(out, bytes.length)
  out.bytes.set(bytes, out.length)
  out.length += bytes.length
}

/** LEB128 without a sign. */
const natural = (out: Out, value: number): void => {
  let rest = value >>> 0
  while (rest >= 128) {
    byte(out, (rest & 127) | 128)
    rest >>>= 7
  }
  byte(out, rest)
}

/** LEB128 with a sign, of 32 bits. */
const integer = (out: Out, value: number): void => {
  let rest = value | 0
  while (rest < -64 || rest > 63) {
    byte(out, (rest & 127) | 128)
    rest >>= 7
  }
  byte(out, rest & 127)
}

/** LEB128 with a sign, of 64 bits. */
const long = (out: Out, value: bigint): void => {
  let rest = BigInt.asIntN(64, value)
  while (rest < -64n || rest > 63n) {
    byte(out, Number(rest & 127n) | 128)
    rest >>= 7n
  }
  byte(out, Number(rest & 127n))
}

/** The bytes of a number, the lowest first. */
const plainNumber = (out: Out, type: 'i32' | 'f32' | 'f64', value: number): void => {
  const size = type === 'f64' ? 8 : 4
  reserve(out, size)
  if (type === 'f64') out.view.setFloat64(out.length, value, true)
  else if (type === 'f32') out.view.setFloat32(out.length, value, true)
  else out.view.setInt32(out.length, value, true)
  out.length += size
}

const laneTypes = { i32x4: 'i32', f32x4: 'f32', f64x2: 'f64' } as const

/** A code of the table: one byte, or a prefix and a number. */
const code = (out: Out, value: number): void => {
  if (value < 0x100) byte(out, value)
  else {
    byte(out, value >> 8)
    natural(out, value & 0xff)
  }
}

const text = (out: Out, value: string): void => {
  natural(out, value.length)
  for (let i = 0; i < value.length; i++) byte(out, value.charCodeAt(i))
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

const all = (out: Out, instructions: readonly Instruction[], scope: Scope): void => {
  for (let i = 0; i < instructions.length; i++) write(out, instructions[i]!, scope)
}

const inside = ({ locals, functions, labels }: Scope, label: string): Scope => ({
  locals,
  functions,
  labels: [label, ...labels]
})

const noResult = 0x40

/** Writes an instruction behind its operands; the commonest ones come first. */
const write = (out: Out, x: Instruction, scope: Scope): void => {
  switch (x._tag) {
    case 'Get':
      byte(out, structure['local.get'])
      return natural(out, index('local', scope.locals, x.name))
    case 'Plain':
      all(out, x.operands, scope)
      return code(out, plain[x.op])
    case 'Const':
      code(out, structure[`${x.type}.const`])
      return x.type === 'i32' ? integer(out, x.value) : plainNumber(out, x.type, x.value)
    case 'Set':
      write(out, x.value, scope)
      byte(out, structure[x.op])
      return natural(out, index('local', scope.locals, x.name))
    case 'Memory': {
      const entry = memory[x.op]
      all(out, x.operands, scope)
      code(out, entry[0])
      natural(out, entry[1])
      return natural(out, x.offset)
    }
    case 'Call':
      all(out, x.operands, scope)
      byte(out, structure.call)
      return natural(out, index('function', scope.functions, x.name))
    case 'Vector': {
      const type = laneTypes[x.type]
      code(out, structure['v128.const'])
      return x.values.forEach((value) => plainNumber(out, type, value))
    }
    case 'Lane':
      all(out, x.operands, scope)
      code(out, lane[x.op])
      return natural(out, x.lane)
    case 'Shuffle':
      all(out, x.operands, scope)
      code(out, structure['i8x16.shuffle'])
      return append(out, x.bytes)
    case 'If': {
      const within = inside(scope, '')
      write(out, x.condition, scope)
      byte(out, structure.if)
      byte(out, noResult)
      all(out, x.body, within)
      if (x.otherwise.length > 0) {
        byte(out, structure.else)
        all(out, x.otherwise, within)
      }
      return byte(out, structure.end)
    }
    case 'Block':
      byte(out, structure[x.op])
      byte(out, noResult)
      all(out, x.body, inside(scope, x.label))
      return byte(out, structure.end)
    case 'Branch':
      if (x.when !== undefined) write(out, x.when, scope)
      byte(out, structure[x.op])
      return natural(out, depth(scope.labels, x.label))
    case 'Bulk':
      all(out, x.operands, scope)
      code(out, structure[x.op])
      return append(out, x.op === 'memory.copy' ? [0, 0] : [0])
    case 'Const64':
      code(out, structure['i64.const'])
      return long(out, x.value)
  }
}

// -----------------------------------------------------------------------------
// sections
// -----------------------------------------------------------------------------

const indices = (named: ReadonlyArray<{ readonly name: string }>): ReadonlyMap<string, number> =>
  new Map(named.map(({ name }, i) => [name, i]))

/** A counted vector of items, each written by `item`. */
const vector = <A>(out: Out, items: readonly A[], item: (x: A) => void): void => {
  natural(out, items.length)
  items.forEach(item)
}

/** What `fill` writes, behind its length, which is not known before. */
const sized = (out: Out, fill: () => void): void => {
  const start = out.length
  fill()
  const end = out.length
  natural(out, end - start)
  const width = out.length - end
  const size = out.bytes.slice(end, out.length)
  out.bytes.copyWithin(start + width, start, end)
  out.bytes.set(size, start)
}

const types = (out: Out, list: readonly ValueType[]): void => vector(out, list, (type) => byte(out, valueTypes[type]))

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

  const out = emptyOut()
  append(out, [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00])
  const section = (id: number, fill: () => void): void => {
    byte(out, id)
    sized(out, fill)
  }
  section(1, () =>
    vector(out, [...signatures.values()], ({ params, results }) => {
      byte(out, 0x60)
      types(out, params)
      types(out, results)
    })
  )
  section(2, () => {
    const { pages, maximum, shared } = module.memory
    natural(out, imports.length + 1)
    text(out, 'env')
    text(out, 'memory')
    byte(out, 2)
    byte(out, (shared ? 2 : 0) + (maximum === undefined ? 0 : 1))
    natural(out, pages)
    if (maximum !== undefined) natural(out, maximum)
    for (const f of imports) {
      text(out, 'env')
      text(out, f.name)
      byte(out, 0)
      natural(out, typeOf(f))
    }
  })
  section(3, () => vector(out, functions, (f) => natural(out, typeOf(f))))
  section(7, () =>
    vector(
      out,
      functions.filter((f) => f.exported),
      ({ name }) => {
        text(out, name)
        byte(out, 0)
        natural(out, index('function', functionIndices, name))
      }
    )
  )
  section(10, () =>
    vector(out, functions, (f) =>
      sized(out, () => {
        vector(out, runs(f.locals), ([count, type]) => {
          natural(out, count)
          byte(out, valueTypes[type])
        })
        all(out, f.body, { locals: indices([...f.params, ...f.locals]), functions: functionIndices, labels: [''] })
        code(out, structure.end)
      })
    )
  )
  return out.bytes.slice(0, out.length)
}

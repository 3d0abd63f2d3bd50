/** Loops over a shape: neighbouring axes that all views pass through evenly are one, and the last axis goes in strips of four. */
import { add, again, branchIf, get, i32, increase, loop, mul, op, set } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { type Shape, size, strides as denseStrides } from '../../shape/model.js'
import type { Access, Mapped, Value } from '../graph.js'
import { bytesOf, strip } from '../elements.js'
import { type Body, newLocal } from './body.js'
import { mapped } from './maps.js'
import { straight } from './scalars.js'
import { type Strip, constantStrip, load, store } from './strip.js'

/** Maps over one shape, none of which waits for the end of another. */
interface Maps {
  readonly shape: Shape
  readonly maps: readonly Mapped[]
}

// -----------------------------------------------------------------------------
// axes
// -----------------------------------------------------------------------------

interface Axis {
  readonly size: number
  /** The place in the shape, for strides. */
  readonly place: number
}

/** The axes of a loop: those of size 1 are left out, and two are one where each stride of the outer one is a run of the inner one. */
const axesOf = (shape: readonly number[], strides: readonly (readonly number[])[]): readonly Axis[] => {
  const axes: Axis[] = []
  shape.forEach((n, place) => {
    if (n === 1) return
    const outer = axes.at(-1)
    if (outer !== undefined && strides.every((each) => each[outer.place] === each[place]! * n)) {
      axes[axes.length - 1] = { size: outer.size * n, place }
    } else axes.push({ size: n, place })
  })
  return axes
}

// -----------------------------------------------------------------------------
// pointers
// -----------------------------------------------------------------------------

/** A local that goes through memory with the strides of some views. One that goes backwards is an address, others a distance. */
interface Pointer {
  readonly name: string
  /** Bytes along each axis. */
  readonly steps: readonly number[]
  readonly base: number
}

const pointersIn = (body: Body, axes: readonly Axis[]) => {
  const known = new Map<string, Pointer>()
  const of = (strides: readonly number[], bytes: number, address: number): Pointer => {
    const steps = axes.map(({ place }) => strides[place]! * bytes)
    const base = steps.some((step) => step < 0) ? address : 0
    const key = `${base} ${steps.join()}`
    const before = known.get(key)
    if (before !== undefined) return before
    const pointer = { name: newLocal(body, 'i32'), steps, base }
    known.set(key, pointer)
    return pointer
  }
  return { of, all: (): readonly Pointer[] => [...known.values()] }
}

// -----------------------------------------------------------------------------
// the body of a loop
// -----------------------------------------------------------------------------

interface Site {
  readonly addresses: ReadonlyMap<Value, number>
  readonly isStored: (value: Value) => boolean
}

const vectors = (body: Body, { shape, maps }: Maps, { addresses, isStored }: Site): readonly Instruction[] => {
  const own = new Set(maps.map(({ results }) => results[0]))
  const isRead = (operand: Mapped['operands'][number]): operand is Access =>
    operand._tag === 'Access' && !own.has(operand.value)
  const views = maps.flatMap(({ operands }) => operands.filter(isRead))
  const dense = denseStrides(shape)
  const axes = axesOf(shape, [dense, ...views.map(({ strides }) => strides)])
  const inner = axes.at(-1)!
  const outer = axes.slice(0, -1)
  const pointers = pointersIn(body, axes)
  const hoisted: Body = { ...body, instructions: [] }
  const inside: Body = { ...body, instructions: [] }

  const loads = new Map<string, Strip>()
  const loaded = ({ value, dtype, strides, offset }: Access): Strip => {
    const key = `${value.id} ${offset} ${strides.join()}`
    const before = loads.get(key)
    if (before !== undefined) return before
    const address = addresses.get(value)! + offset * bytesOf[dtype]
    const pointer = pointers.of(strides, bytesOf[dtype], address)
    const step = pointer.steps.at(-1)!
    const made = load(step === 0 ? hoisted : inside, dtype, get(pointer.name), address - pointer.base, step)
    loads.set(key, made)
    return made
  }
  const values = new Map<Value, Strip>()
  for (const map of maps) {
    const [result] = map.results
    const operands = map.operands.map((operand): Strip => {
      if (operand._tag === 'Uniform') return constantStrip(operand.dtype, operand.number)
      return values.get(operand.value) ?? loaded(operand)
    })
    const value = mapped(inside, { ...map, dtype: map.operands[0]!.dtype, operands }, result.dtype)
    values.set(result, value)
    if (!isStored(result)) continue
    const pointer = pointers.of(dense, bytesOf[result.dtype], 0)
    store(inside, get(pointer.name), addresses.get(result)!, value)
  }

  const counters = outer.map(() => newLocal(body, 'i32'))
  const done = newLocal(body, 'i32')
  const starts = pointers.all().map(({ name, steps, base }) =>
    set(
      name,
      counters.reduce<Instruction>((sum, counter, i) => {
        return steps[i] === 0 ? sum : add(sum, mul(get(counter), i32(steps[i]!)))
      }, i32(base))
    )
  )
  const moves = pointers.all().flatMap(({ name, steps }) => {
    const step = steps.at(-1)!
    return step === 0 ? [] : [increase(name, i32(strip * step))]
  })
  const rounds = again(
    'strips',
    ...inside.instructions,
    ...moves,
    branchIf(
      'strips',
      op('i32.lt_s', { _tag: 'Set', op: 'local.tee', name: done, value: add(get(done), i32(strip)) }, i32(inner.size))
    )
  )
  const row = [...starts, ...hoisted.instructions, set(done, i32(0)), rounds]
  return counters.reduceRight<readonly Instruction[]>(
    (inside, counter, i) => loop(counter, i32(0), i32(outer[i]!.size), 1, inside),
    row
  )
}

/** Writes a loop into a body, which is that of a function of its own: the engine optimises it once it is called often. */
export const loopBody = (body: Body, kernel: Maps, site: Site): void => {
  const n = size(kernel.shape)
  if (n === 1) straight(body, kernel.maps, site.addresses, site.isStored)
  else if (n > 0) body.instructions.push(...vectors(body, kernel, site))
}

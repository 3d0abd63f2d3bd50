/** Reads the fields of protobuf messages, with every length, wire type and depth checked before it is used. */
import type { PbfReader } from 'pbf'

/** Where the reader stands: inside a message that ends at `end`, at a path such as `graph.node[3]`. */
export interface Place {
  readonly pbf: PbfReader
  readonly end: number
  readonly depth: number
  readonly path: string
}

/** How deep messages may be nested; a graph inside a graph takes three. */
const depthBound = 100

/** Says what is wrong at a place, to the one reader that turns it into a value. */
export const refuse = (place: Place, what: string): never => {
  throw new RangeError(`${place.path} ${what}`)
}

const wireTypes = ['varint', 'fixed64', 'bytes', 'start of a group', 'end of a group', 'fixed32'] as const

const requireWire = (place: Place, wire: number): void => {
  const found = wireTypes[place.pbf.type] ?? place.pbf.type
  if (place.pbf.type !== wire) refuse(place, `has the wire type ${found}; expected ${wireTypes[wire]}`)
}

const requireBytes = (place: Place, count: number): void => {
  const left = place.end - place.pbf.pos
  if (count > left) refuse(place, `is truncated: it states ${count} bytes, and ${Math.max(left, 0)} are left`)
}

const tryRead = (place: Place, signed: boolean): number => {
  try {
    return place.pbf.readVarint(signed)
  } catch {
    return refuse(place, 'has a number of more than 10 bytes, or is truncated inside it')
  }
}

const varint = (place: Place, signed = true): number => {
  const value = tryRead(place, signed)
  if (place.pbf.pos > place.end) refuse(place, 'is truncated inside a number')
  return value
}

/** A number as a varint. */
export const int = (place: Place): number => {
  requireWire(place, 0)
  return varint(place)
}

/** A number of four bytes. */
export const float = (place: Place): number => {
  requireWire(place, 5)
  requireBytes(place, 4)
  return place.pbf.readFloat()
}

/** The place inside a field of bytes, whose length is read and checked. */
const inside = (place: Place): Place => {
  requireWire(place, 2)
  const length = varint(place, false)
  requireBytes(place, length)
  return { ...place, end: place.pbf.pos + length }
}

/** A field of bytes, as a view of the source. */
export const bytes = (place: Place): Uint8Array => {
  const { pbf } = place
  const { end } = inside(place)
  const found = pbf.buf.subarray(pbf.pos, end)
  pbf.pos = end
  return found
}

/** A field of text. */
export const string = (place: Place): string => {
  const start = place.pbf.pos
  inside(place)
  // The reader takes the length itself.
  place.pbf.pos = start
  return place.pbf.readString()
}

/** A repeated number: packed, or one at a time. */
const numbers = (place: Place, into: number[], wire: number, read: (place: Place) => number): void => {
  if (place.pbf.type === wire) {
    into.push(read(place))
    return
  }
  const packed = inside(place)
  place.pbf.type = wire
  while (place.pbf.pos < packed.end) into.push(read(packed))
}

/** A repeated varint. */
export const ints = (place: Place, into: number[]): void => numbers(place, into, 0, int)
/** A repeated number of four bytes. */
export const floats = (place: Place, into: number[]): void => numbers(place, into, 5, float)
/** A repeated number of eight bytes. */
export const doubles = (place: Place, into: number[]): void =>
  numbers(place, into, 1, (at) => {
    requireBytes(at, 8)
    return at.pbf.readDouble()
  })

const skip = (place: Place): void => {
  const { pbf } = place
  if (pbf.type === 0) varint(place)
  else if (pbf.type === 2) pbf.pos = inside(place).end
  else if (pbf.type === 1 || pbf.type === 5) {
    const width = pbf.type === 1 ? 8 : 4
    requireBytes(place, width)
    pbf.pos += width
  } else
    refuse(place, `has the wire type ${wireTypes[pbf.type] ?? pbf.type}; expected varint, fixed64, bytes or fixed32`)
}

/** For each field that is read: its name, and what is done with it. */
type Fields = { readonly [field: number]: readonly [name: string, read: (place: Place) => void] }

/** Reads the fields of the message around. */
export const fieldsOf = (place: Place, fields: Fields): void => {
  const { pbf } = place
  while (pbf.pos < place.end) {
    const tag = varint(place, false)
    pbf.type = tag % 8
    const field = Math.floor(tag / 8)
    if (field === 0) refuse(place, 'has a field 0; expected the fields of an ONNX model')
    const known = fields[field]
    if (known === undefined) skip(place)
    else known[1]({ ...place, path: `${place.path}.${known[0]}` })
  }
}

/** Reads a message inside the one around. */
export const message = <A>(place: Place, read: (place: Place) => A): A => {
  const within = { ...inside(place), depth: place.depth + 1 }
  if (within.depth > depthBound)
    refuse(within, `is nested deeper than ${depthBound} messages; expected a flatter model`)
  return read(within)
}

/** Reads one more of a repeated message. */
export const another = <A>(place: Place, into: A[], read: (place: Place) => A): void => {
  into.push(message({ ...place, path: `${place.path}[${into.length}]` }, read))
}

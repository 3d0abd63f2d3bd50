import { describe, expect, test } from 'vitest'
import { addAlongInto, scatterAddInto } from '../../src/kernel/scatter.js'

describe('scatterAddInto', () => {
  test('adds rows, those of one index together, in each type', () => {
    for (const make of [Float32Array, Float64Array, Int32Array]) {
      const block = make.from([1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2])
      const updates = make.from([9, 1, 2, 10, 20, 100, 200, 3, 4, 30, 40, 300, 400])
      scatterAddInto({ data: block, outer: 2, size: 3, width: 2 }, Int32Array.of(2, 0, 2), updates, 1)
      expect(Array.from(block)).toEqual([11, 21, 1, 1, 102, 203, 32, 42, 2, 2, 305, 406])
    }
  })

  test('rounds a float32 sum once', () => {
    const block = new Float32Array([1])
    const tiny = new Float32Array(1000).fill(2 ** -26)
    scatterAddInto({ data: block, outer: 1, size: 1, width: 1 }, new Int32Array(1000), tiny, 0)
    expect(block[0]).toBe(Math.fround(1 + 1000 * 2 ** -26))
    const lane = new Float32Array([1])
    addAlongInto({ data: lane, outer: 1, size: 1, width: 1 }, 1000, new Int32Array(1000), tiny, 0)
    expect(lane[0]).toBe(Math.fround(1 + 1000 * 2 ** -26))
  })
})

test.each([
  [[2 ** 60, 1, -(2 ** 60)], 0],
  [[2 ** 60, -(2 ** 60), 1], 1],
  [[1, 2 ** 60, -(2 ** 60)], 0],
  [[-(2 ** 60), 2 ** 60, 1], 1]
])('float32 updates of one place are added in order, in double: %j leave %d', (updates, left) => {
  const to = new Int32Array(3)
  for (const width of [1, 2]) {
    const wide = Float32Array.from({ length: 3 * width }, (_, i) => updates[Math.floor(i / width)] ?? 0)
    const block = new Float32Array(width)
    scatterAddInto({ data: block, outer: 1, size: 1, width }, to, wide, 0)
    expect(Array.from(block)).toEqual(Array.from({ length: width }, () => left))
  }
  const lane = new Float32Array(1)
  addAlongInto({ data: lane, outer: 1, size: 1, width: 1 }, 3, to, Float32Array.from(updates), 0)
  expect(Array.from(lane)).toEqual([left])
})

describe('addAlongInto', () => {
  test('adds to each lane at its own places, in each type', () => {
    for (const make of [Float32Array, Float64Array, Int32Array]) {
      const block = make.from([1, 1, 1, 1, 1, 1])
      addAlongInto(
        { data: block, outer: 1, size: 3, width: 2 },
        2,
        Int32Array.of(2, 0, 2, 1),
        make.from([1, 2, 3, 4]),
        0
      )
      expect(Array.from(block)).toEqual([1, 3, 1, 5, 5, 1])
      const single = make.from([1, 1, 1, 1])
      addAlongInto({ data: single, outer: 2, size: 2, width: 1 }, 1, Int32Array.of(1, 0), make.from([5, 6]), 0)
      expect(Array.from(single)).toEqual([1, 6, 7, 1])
    }
  })
})

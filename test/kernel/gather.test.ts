import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { around } from '../../src/kernel/axisView.js'
import { gatherInto, takeAlongInto } from '../../src/kernel/gather.js'

/** A view of some rank: sizes, strides of any kind (0 too), an offset, and an axis. */
const views = fc.integer({ min: 1, max: 4 }).chain((rank) =>
  fc.record({
    shape: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: rank, maxLength: rank }),
    strides: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: rank, maxLength: rank }),
    offset: fc.nat({ max: 5 }),
    axis: fc.nat({ max: rank - 1 })
  })
)

const indicesOf = (shape: readonly number[]): readonly (readonly number[])[] =>
  shape.reduce<readonly (readonly number[])[]>(
    (lead, n) => lead.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i])),
    [[]]
  )

const data = Float64Array.from({ length: 400 }, (_, i) => i)

describe('around', () => {
  test('finds every element of a view from any of its axes', () => {
    fc.assert(
      fc.property(views, ({ shape, strides, offset, axis }) => {
        const { outer, stride, width, inner } = around(shape, strides, offset, axis)
        const found = Array.from(outer).flatMap((begin) =>
          Array.from({ length: shape[axis]! }, (_, j) => j).flatMap((j) =>
            Array.from({ length: width }, (_, i) => begin + j * stride + (inner === undefined ? i : inner[i]!))
          )
        )
        expect(found).toEqual(
          indicesOf(shape).map((index) => index.reduce((at, i, each) => at + i * strides[each]!, offset))
        )
      })
    )
  })
})

describe('gatherInto and takeAlongInto', () => {
  test('read views in place', () => {
    const rows = around([3, 100], [100, 1], 0, 0)
    const out = new Float64Array(200)
    gatherInto(data, rows, Int32Array.of(2, 0), out)
    expect([out[0], out[99], out[100], out[199]]).toEqual([200, 299, 0, 99])
    const turned = around([100, 3], [1, 100], 0, 1)
    const picked = new Float64Array(4)
    takeAlongInto(data, around([2, 3], [1, 100], 0, 1), 2, Int32Array.of(2, 0, 1, 1), picked)
    expect(Array.from(picked)).toEqual([200, 0, 101, 101])
    gatherInto(data, turned, Int32Array.of(2, 0), out)
    expect([out[0], out[1], out[2], out[199]]).toEqual([200, 0, 201, 99])
  })

  test('convert to the type of the result', () => {
    const out = new Float32Array(1)
    gatherInto(Float64Array.of(0.1), around([1], [1], 0, 0), Int32Array.of(0), out)
    expect(out[0]).toBe(Math.fround(0.1))
  })
})

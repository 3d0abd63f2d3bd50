import { decode } from 'fast-png'
import { describe, expect, it } from 'vitest'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import {
  type Rows,
  activations,
  depth,
  histogram,
  histogramsPicture,
  initialisers
} from '../../examples/activations/network.js'
import { png } from '../../examples/support/picture.js'

const inputs: Rows = Random.normal(Random.key(1), [50, 100])
const sizeOf = (rows: T.Tensor): number => Math.sqrt(T.item(T.mean(T.square(rows))))

describe('the activations example', () => {
  it('has half of the variance of a normal number in each layer behind batch norm', () => {
    const layers = activations(initialisers.small, true, inputs)
    expect(layers).toHaveLength(depth)
    for (const rows of layers) expect(sizeOf(rows)).toBeCloseTo(Math.SQRT1_2, 1)
  })

  it('multiplies the size by the deviation times the root of half the width, without', () => {
    const [first, second] = activations(initialisers.large, false, inputs).map(sizeOf)
    expect(second! / first!).toBeCloseTo(Math.sqrt(50), -1)
  })

  it('counts values in bins, and draws them', () => {
    const shares = T.toNested(histogram(T.of([0, 0.1, 3.99, 7]), 4))
    expect(shares).toEqual([0.5, ...Array<number>(22).fill(0), 0.5])
    const layers = Array.from({ length: depth }, () => inputs)
    expect(decode(png(histogramsPicture([layers.map((rows) => T.relu(rows))], 4)))).toMatchObject({
      width: 10 * 49 + 1,
      height: 66
    })
  })
})

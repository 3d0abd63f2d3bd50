import { decode } from 'fast-png'
import { describe, expect, it } from 'vitest'
import * as T from 'pullback/Tensor'
import { confusionPicture } from '../../examples/support/confusion.js'
import { ink, mosaic, png, scaled, signed } from '../../examples/support/picture.js'

/** The colour of a pixel in a PNG file. */
const pixel = (bytes: Uint8Array, row: number, column: number): readonly number[] => {
  const { width, channels, data } = decode(bytes)
  const at = (row * width + column) * channels
  return Array.from(data.slice(at, at + channels))
}

const [white, black, grey] = [
  [255, 255, 255],
  [0, 0, 0],
  [153, 153, 153]
]

describe('the pictures of the examples', () => {
  it('are PNG files of three colours of 8 bits', () => {
    const { width, height, depth, channels } = decode(png(T.zeros([3, 4, 5])))
    expect([width, height, depth, channels]).toEqual([5, 4, 8, 3])
  })

  it('are black where there is ink', () => {
    const bytes = png(T.at(ink(T.of([[[0, 1, 0.2, 2]]])), 0))
    expect([0, 1, 2, 3].map((column) => pixel(bytes, 0, column))).toEqual([white, black, [204, 204, 204], black])
  })

  it('are red above 0 and blue below', () => {
    const bytes = png(T.at(signed(T.of([[[1, 0, -1, 0.2]]])), 0))
    const colours = [[255, 0, 0], white, [0, 0, 255], [255, 204, 204]]
    expect([0, 1, 2, 3].map((column) => pixel(bytes, 0, column))).toEqual(colours)
  })

  it('have the largest magnitude of each at 1, and stay 0 where all are', () => {
    const x = T.of([
      [1, -4],
      [0, 0],
      [2, 1]
    ])
    expect(T.toNested(scaled(x))).toEqual([
      [0.25, -1],
      [0, 0],
      [1, 0.5]
    ])
  })

  it('stand in rows, with lines between them and grey places left over', () => {
    // 1 x 2 pixels each, number i with ink of i / 10 on its second pixel
    const pictures = ink(T.of([0, 1, 2, 3, 4].map((i) => [[0, i / 10]])))
    const bytes = png(mosaic(pictures, 3))
    expect(decode(bytes)).toMatchObject({ width: 10, height: 5 })
    const row = (at: number): readonly (number | undefined)[] =>
      [...Array(10).keys()].map((column) => pixel(bytes, at, column)[0])
    expect([0, 2, 4].map(row)).toEqual(Array(3).fill(Array(10).fill(153)))
    expect(row(1)).toEqual([153, 255, 255, 153, 255, 230, 153, 255, 204, 153])
    expect(row(3)).toEqual([153, 255, 179, 153, 255, 153, 153, 153, 153, 153])
  })
})

describe('the picture of a confusion matrix', () => {
  const bytes = png(
    confusionPicture(
      T.of([
        [9, 0],
        [1, 0]
      ])
    )
  )
  /** The pixel at a place in a square, before it was enlarged. */
  const at = (row: number, column: number, place: readonly [number, number]): readonly number[] =>
    pixel(bytes, 1 + row * 46 + 3 * place[0] + 1, 1 + column * 46 + 3 * place[1] + 1)

  it('has a square for each pair, and for each name', () => {
    expect(decode(bytes)).toMatchObject({ width: 3 * 46 + 1, height: 3 * 46 + 1 })
    expect(pixel(bytes, 0, 0)).toEqual(grey)
  })

  it('has hits in blue and mistakes in red', () => {
    expect([at(1, 1, [0, 0]), at(1, 2, [0, 0]), at(2, 1, [0, 0]), at(2, 2, [0, 0])]).toEqual([
      [102, 102, 255],
      white,
      [255, 102, 102],
      white
    ])
  })

  it('has the counts in its squares, and nothing for 0', () => {
    const shape = (row: number, column: number): readonly string[] =>
      [5, 6, 7, 8, 9].map((y) =>
        [6, 7, 8].map((x) => (at(row, column, [y, x]).every((v) => v === 0) ? '#' : '.')).join('')
      )
    expect(shape(1, 1)).toEqual(['###', '#.#', '###', '..#', '###'])
    expect(shape(2, 1)).toEqual(['.#.', '##.', '.#.', '.#.', '###'])
    expect(shape(1, 2)).toEqual(Array(5).fill('...'))
    expect(shape(1, 0)).toEqual(['###', '#.#', '#.#', '#.#', '###'])
  })
})

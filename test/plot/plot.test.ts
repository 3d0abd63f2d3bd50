import { describe, expect, it } from 'vitest'
import * as Plot from 'pullback/Plot'
import * as T from 'pullback/Tensor'
import { contour } from '../../src/plot/contours.js'

const loose = (f: unknown): ((...args: readonly unknown[]) => unknown) => f as never

const falling = (rate: number, end: number): readonly Plot.Point[] =>
  Array.from({ length: 20 }, (_, i) => [i + 1, end + Math.exp(-rate * i)] as const)

/** Where a text stands. */
const placeOf = (svg: string, text: string): readonly number[] => {
  const [, x, y] = new RegExp(`translate\\(([\\d.]+) ([\\d.]+)\\)"[^>]*>${text}</text>`).exec(svg) ?? []
  return [Number(x), Number(y)]
}

/** All that is written in a drawing. */
const textsOf = (svg: string): readonly string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((found) => found[1]!)

const bowl: Plot.PlaneFunction = (points) => T.sum(T.square(points), { axis: 1 })

describe('curves', () => {
  const curves = [
    { name: 'train', points: falling(0.3, 0.1) },
    { name: 'test', points: falling(0.3, 0.101) }
  ]
  const frame = { title: 'loss & more', xLabel: 'epoch', yLabel: 'loss' } as const

  it('have round numbers at their axes, and names', () => {
    const texts = textsOf(Plot.curves(curves, frame))
    expect(texts).toEqual(expect.arrayContaining(['0', '5', '20', '0.2', '0.4', 'epoch', 'loss &amp; more']))
  })

  it('have their names beside their ends, and not over each other', () => {
    const svg = Plot.curves(curves, frame)
    const [[x, y], [otherX, otherY]] = [placeOf(svg, 'train'), placeOf(svg, 'test')] as [number[], number[]]
    expect(x).toBe(otherX)
    expect(Math.abs(y! - otherY!)).toBeGreaterThanOrEqual(11)
  })

  it('are the same text whatever was drawn before, and hold nothing for a mouse', () => {
    const first = Plot.curves(curves, frame)
    Plot.scatter([{ name: 'a', points: [[0, 1]] }])
    expect(Plot.curves(curves, frame)).toBe(first)
    expect(first).not.toMatch(/zr\d|<style|ecmeta|class=/)
  })

  it('have powers of ten on logarithmic axes, and gaps where there is no logarithm or no number', () => {
    const points: readonly Plot.Point[] = [
      [1, 1],
      [2, 0.1],
      [3, 0],
      [4, NaN],
      [5, 0.01],
      [6, 0.001]
    ]
    const svg = Plot.curves([{ name: 'error', points }], { logarithmic: 'y' })
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['0.001', '0.01', '0.1', '1', 'error']))
    expect(svg).not.toMatch(/NaN|Infinity/)
    const wide = {
      name: 'wide',
      points: [
        [1, 1e10],
        [2, 1e-10]
      ]
    } as const
    expect(textsOf(Plot.curves([wide], { logarithmic: 'y' }))).toEqual(expect.arrayContaining(['1e-10', '1', '1e+10']))
    expect(svg.match(/d="M[^"]*M[^"]*" fill="none" stroke="#1b6ca8"/)).not.toBeNull()
  })

  it('have ticks at 1, 2 or 5 times a power of ten, in few digits', () => {
    const axes = (low: number, high: number): readonly string[] =>
      textsOf(
        Plot.curves([
          {
            name: 'a',
            points: [
              [0, low],
              [30, high]
            ]
          }
        ])
      ).filter((text) => text !== 'a')
    expect(axes(0, 13)).toEqual(['0', '2', '4', '6', '8', '10', '12', '14', '0', '5', '10', '15', '20', '25', '30'])
    expect(axes(0, 1e-12).slice(0, 3)).toEqual(['0', '2e-13', '4e-13'])
    expect(axes(-1e30, 1e30).slice(0, 5)).toEqual(['-1e+30', '-5e+29', '0', '5e+29', '1e+30'])
    expect(axes(20_000, 40_000).slice(0, 2)).toEqual(['20,000', '25,000'])
    expect(axes(1, 1 + 2 ** -52).slice(0, 7)).toEqual(['0.4', '0.6', '0.8', '1', '1.2', '1.4', '1.6'])
    expect(textsOf(Plot.curves([], { xRange: [0.1, 6], yRange: [0, 1] })).slice(-7)).toEqual([
      '0.1',
      '1',
      '2',
      '3',
      '4',
      '5',
      '6'
    ])
  })

  it('have their names where they leave the ranges that are asked for', () => {
    const rising = {
      name: 'a',
      points: [
        [0, 0],
        [10, 10],
        [20, 0],
        [30, 100],
        [40, NaN]
      ]
    } as const
    const label = (options: Plot.CurveOptions): readonly number[] => placeOf(Plot.curves([rising], options), 'a')
    const [right, top] = placeOf(
      Plot.curves(
        [
          {
            name: 'a',
            points: [
              [0, 0],
              [20, 50]
            ]
          }
        ],
        { xRange: [0, 20], yRange: [0, 50] }
      ),
      'a'
    )
    const [left] = placeOf(Plot.curves([{ name: 'a', points: [[0, 50]] }], { xRange: [0, 20], yRange: [0, 50] }), 'a')
    const at = (x: number): number => left! + ((right! - left!) * x) / 20
    const bottom = label({ xRange: [0, 20], yRange: [0, 50] })[1]!
    expect(label({ xRange: [0, 20], yRange: [0, 50] })).toEqual([right, bottom])
    expect(label({ xRange: [0, 15], yRange: [0, 50] })).toEqual([
      right,
      expect.closeTo((top! - bottom) / 10 + bottom, 1)
    ])
    expect(label({ xRange: [0, 40], yRange: [0, 50] })).toEqual([expect.closeTo(at(12.5), 1), top])
    expect(textsOf(Plot.curves([rising], { xRange: [0, 20], yRange: [200, 300] }))).not.toContain('a')
    const fall = {
      name: 'a',
      points: [
        [1, 1],
        [100, 1e-4]
      ]
    } as const
    const range = { xRange: [1, 100], yRange: [1e-2, 1] } as const
    expect(placeOf(Plot.curves([fall], { ...range, logarithmic: 'both' }), 'a')).toEqual([
      expect.closeTo(at(10), 1),
      bottom
    ])
  })

  it('keep to the ranges that are asked for', () => {
    const texts = textsOf(Plot.curves(curves, { xRange: [0, 40], yRange: [0, 2] }))
    expect(texts).toEqual(expect.arrayContaining(['40', '2']))
  })
})

describe('points', () => {
  const classes = [
    { name: '3', points: [[0, 0]] as const },
    {
      name: '7',
      points: [
        [1, 2],
        [NaN, 1]
      ] as const
    }
  ]

  it('have a colour for each class, or its name', () => {
    expect(Plot.scatter(classes).match(/<circle/g)).toHaveLength(2)
    const labelled = Plot.scatter(classes, { labelled: true })
    const [from, to] = ['3', '7'].map((name) =>
      Number(new RegExp(` x="([\\d.]+)"[^>]*>${name}</text>`).exec(labelled)![1])
    )
    expect(to).toBeGreaterThan(from!)
  })

  it('may be two classes of one name, which are both named', () => {
    const svg = Plot.scatter([classes[0]!, { ...classes[1]!, name: '3' }])
    expect(textsOf(svg).slice(-2)).toEqual(['3', '3'])
    expect(Plot.regions(bowl, [classes[0]!, classes[0]!], { resolution: 2 }).match(/>3<\/text>/g)).toHaveLength(2)
  })
})

describe('surfaces', () => {
  it('have level lines where the function has the level', () => {
    const side = 41
    const at = (i: number, j: number): number => Math.hypot(i - 20, j - 20)
    const [line, ...others] = contour({ columns: side, rows: side, at }, 10)
    expect(others).toEqual([])
    expect(line![0]).toEqual(line!.at(-1))
    for (const [i, j] of line!) expect(at(i, j)).toBeCloseTo(10, 1)
  })

  it('have open lines at borders, two at a saddle, and none where nothing is known', () => {
    const saddle = (i: number, j: number): number => (i - 2.5) * (j - 2.5)
    expect(contour({ columns: 6, rows: 6, at: saddle }, 0.1)).toHaveLength(2)
    expect(contour({ columns: 6, rows: 6, at: () => NaN }, 0)).toEqual([])
    expect(contour({ columns: 2, rows: 2, at: (i, j) => (i === j ? 1 : 0) }, 0.5)).toHaveLength(2)
  })

  it('have paths over them, that begin at a disc and end at their name', () => {
    const path = {
      name: 'sgd',
      points: [
        [-1, 1],
        [-0.5, 0.5],
        [0, 0]
      ] as const
    }
    const svg = Plot.surface(bowl, [path], { levels: [0.25, 1], resolution: 30 })
    expect(svg.match(/<polyline/g)!.length).toBeGreaterThanOrEqual(2)
    expect(svg.match(/<circle/g)).toHaveLength(1)
    expect(textsOf(svg)).toContain('sgd')
    expect(Plot.surface(bowl, [path], { levels: [0.25, 1], resolution: 30 })).toBe(svg)
  })
})

describe('axes without ranges', () => {
  it('end at ticks, which are all equally far from each other', () => {
    for (const [low, high] of [
      [2.1, 4.3],
      [0, 4.1],
      [-1.7, 0.6],
      [0, 0.031],
      [-999, 0],
      [10.2, 10.9],
      [0, 6.6],
      [-3, 17],
      [0, 9.3]
    ]) {
      const points = [
        [low!, low!],
        [high!, high!]
      ] as const
      const svg = Plot.surface(bowl, [{ name: 'path', points }], { levels: 1, resolution: 2 })
      const ticks = [...new Set(textsOf(svg).filter((text) => text !== 'path'))].map((text) =>
        Number(text.replace(',', ''))
      )
      const gaps = ticks.slice(1).map((tick, i) => tick - ticks[i]!)
      expect(ticks.length).toBeGreaterThan(2)
      expect(ticks[0]).toBeLessThanOrEqual(low!)
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(high!)
      for (const gap of gaps) expect(gap / gaps[0]!).toBeCloseTo(1, 6)
    }
  })
})

describe('regions', () => {
  it('have the colours of the points of their classes', () => {
    const isUpper: Plot.PlaneFunction = (points) => T.greater(T.at(T.transpose(points), 1), 0)
    const classes = [
      { name: 'low', points: [[0, -1]] as const },
      { name: 'high', points: [[1, 1]] as const }
    ]
    const svg = Plot.regions(isUpper, classes, { resolution: 4, xRange: [-1, 1], yRange: [-1, 1] })
    const rows = [...svg.matchAll(/<path d="M[\d.]+ ([\d.]+)[^>]*fill="rgb\((\d+),[^>]*"/g)]
    // a quarter of #1b6ca8 and of #d1495b in white
    expect(rows.map((found) => found[2])).toEqual(['198', '198', '244', '244'])
    expect(Number(rows[0]![1])).toBeGreaterThan(Number(rows[3]![1]))
  })
})

describe('the curves of a run', () => {
  it('are those of epochs, losses beside all else', () => {
    const texts: string[] = []
    const reporter = Plot.reporter((text) => void texts.push(text), { title: 'digits', width: 300 })
    void reporter({ _tag: 'Begun' })
    void reporter({ _tag: 'Stepped', epoch: 0, report: { step: 0, loss: 3 } })
    for (const epoch of [0, 1, 2]) {
      const metrics = { loss: 1 / (epoch + 1), 'held-out loss': 1 / (epoch + 2), accuracy: 0.5 }
      void reporter({ _tag: 'Epoch', epoch, step: 10 * (epoch + 1), metrics })
    }
    void reporter({ _tag: 'Ended', outcome: 'completed', message: '' })
    expect(texts).toHaveLength(1)
    expect(texts[0]).toMatch(/^<svg width="600"/)
    expect(textsOf(texts[0]!)).toEqual(expect.arrayContaining(['loss', 'held-out loss', 'accuracy', 'epoch', 'digits']))
  })

  it('are those of steps where there are no epochs, as many as can be seen', () => {
    const texts: string[] = []
    const reporter = Plot.reporter((text) => void texts.push(text))
    void reporter({ _tag: 'Ended', outcome: 'failed', message: '' })
    expect(texts).toEqual([])
    void reporter({ _tag: 'Begun' })
    for (let step = 0; step < 10_000; step++) void reporter({ _tag: 'Stepped', epoch: 0, report: { step, loss: 1 } })
    void reporter({ _tag: 'Ended', outcome: 'stopped', message: '' })
    expect(textsOf(texts[0]!)).toEqual(expect.arrayContaining(['step', 'loss', '10,000']))
  })
})

describe('bad input', () => {
  it.each([
    ['curves: the operand is 3; expected an array of names with points', () => loose(Plot.curves)(3)],
    [
      "curves: element 0 is { name: 'a' }; expected an object with name and points",
      () => loose(Plot.curves)([{ name: 'a' }])
    ],
    [
      'scatter: xRange is [1, 0]; expected two finite numbers, the smaller one first',
      () => Plot.scatter([], { xRange: [1, 0] })
    ],
    [
      "curves: point 1 of 'a' is null; expected two numbers",
      () => loose(Plot.curves)([{ name: 'a', points: [[1, 2], null] }])
    ],
    [
      "surface: point 0 of 'a' is [1]; expected two numbers",
      () => loose(Plot.surface)(bowl, [{ name: 'a', points: [[1]] }])
    ],
    [
      'scatter: element 0 is { name: 3, points: [] }; expected an object with name and points',
      () => loose(Plot.scatter)([{ name: 3, points: [] }])
    ],
    [
      'surface: the function returned a tensor of shape []; expected a tensor of shape [4], a number for each of the points',
      () => Plot.surface(T.sum, [], { resolution: 2 })
    ],
    [
      'curves: an axis is from 0 to 1e-300; expected ends from 1e-15 to 1e+308 apart, draw them in another unit',
      () =>
        Plot.curves([
          {
            name: 'a',
            points: [
              [0, 0],
              [1, 1e-300]
            ]
          }
        ])
    ],
    [
      'scatter: an axis is from -1e+308 to 1e+308; expected ends from 1e-15 to 1e+308 apart',
      () =>
        Plot.scatter([
          {
            name: 'a',
            points: [
              [-1e308, 0],
              [1e308, 0]
            ]
          }
        ])
    ],
    [
      'surface: an axis is from 0 to 1e-20; expected ends from 1e-15 to 1e+308 apart',
      () => Plot.surface(bowl, [], { xRange: [0, 1e-20] })
    ],
    [
      'curves: a logarithmic axis is from 0 to 10; expected ends above 0',
      () => Plot.curves([], { yRange: [0, 10], logarithmic: 'y' })
    ],
    ['regions: the classifier is 1; expected a function', () => loose(Plot.regions)(1, [])],
    [
      "beside: drawing 1 is 'x'; expected an SVG document with a width and a height",
      () => Plot.beside(Plot.curves([]), 'x')
    ]
  ])('%s', (sentence, run) => {
    expect(run).toThrow(sentence)
  })
})

it('a reporter of curves begins anew with each run', () => {
  const texts: string[] = []
  const reporter = Plot.reporter((text) => void texts.push(text))
  for (const _ of [0, 1]) {
    void reporter({ _tag: 'Begun' })
    for (const epoch of [0, 1]) void reporter({ _tag: 'Epoch', epoch, step: epoch, metrics: { loss: 1 / (epoch + 1) } })
    void reporter({ _tag: 'Ended', outcome: 'completed', message: '' })
  }
  expect(texts[1]).toBe(texts[0])
})

it('a reporter of curves keeps every second step, then every fourth', () => {
  const texts: string[] = []
  const reporter = Plot.reporter((text) => void texts.push(text))
  void reporter({ _tag: 'Begun' })
  for (let step = 0; step < 5000; step++) {
    void reporter({ _tag: 'Stepped', epoch: 0, report: { step, loss: step % 2 } })
  }
  void reporter({ _tag: 'Ended', outcome: 'completed', message: '' })
  expect(textsOf(texts[0]!)).toEqual(expect.arrayContaining(['-1', '0', '5,000']))
})

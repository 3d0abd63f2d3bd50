/** Drawings by echarts, without a browser: SVG text that depends on what is drawn alone. */
import { CustomChart, LineChart, LinesChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { LabelLayout } from 'echarts/features'
import { SVGRenderer } from 'echarts/renderers'
import { describe } from '../internal/describe.js'
import { type Ends, type Scale, intervalOf, showPower, showTick } from './axes.js'
import type { Frame } from './model.js'

const colours = [
  '#1b6ca8',
  '#d1495b',
  '#3a7d44',
  '#8a5a9e',
  '#c77d0a',
  '#00838f',
  '#7b5544',
  '#5b6770',
  '#3f51b5',
  '#827717'
]

/** The colour of the curve or class of a number. */
export const colourOf = (index: number): string => colours[index % colours.length]!

// -----------------------------------------------------------------------------
// SVG
// -----------------------------------------------------------------------------

/** What echarts is told of an axis. */
interface Axis {
  readonly type: Scale
  readonly range: readonly [number, number] | undefined
}

/** Of one size between the least and the greatest, ticks stay at multiples of it, wherever the axis begins. */
const intervalsOf = ([from, to]: Ends): object => ({
  minInterval: intervalOf(to - from),
  maxInterval: intervalOf(to - from)
})

const axisOf = (name: string | undefined, { type, range: ends }: Axis, gap: number): object => ({
  type,
  scale: true,
  ...(ends !== undefined && { min: ends[0], max: ends[1] }),
  ...(ends !== undefined && type === 'value' && intervalsOf(ends)),
  ...(name !== undefined && { name, nameLocation: 'middle', nameGap: gap }),
  axisLine: { onZero: false, lineStyle: { color: '#555' } },
  axisLabel: {
    color: '#333',
    hideOverlap: true,
    formatter: (value: number) =>
      type === 'log' ? showPower(value) : showTick(value, Math.max(...(ends ?? []).map(Math.abs)))
  },
  nameTextStyle: { color: '#333' },
  splitLine: { lineStyle: { color: '#e4e4e4' } }
})

/** The text without what counts up over drawings, and without what only matters under a mouse. */
const cleaned = (svg: string): string => {
  const ids = new Map<string, string>()
  return svg
    .replace(/<style[\s\S]*?<\/style>\s*/g, '')
    .replace(/ (class|pointer-events|ecmeta_\w+)="[^"]*"/g, '')
    .replace(/(\bid="|url\(#)(zr\d+-\w+)/g, (_, before: string, id: string) => {
      const name = ids.get(id) ?? `clip${ids.size}`
      ids.set(id, name)
      return before + name
    })
}

/** A frame whose ends are known, save those of logarithmic axes. */
type Ended = Omit<Frame, 'xRange' | 'yRange'> & {
  readonly xRange: Frame['xRange'] | undefined
  readonly yRange: Frame['yRange'] | undefined
}

/** Drawn series in a frame, as an SVG document; `right` is the room beside the axes. */
export const render = (
  frame: Ended,
  series: readonly object[],
  {
    right,
    types = ['value', 'value'],
    legend
  }: { readonly right: number; readonly types?: readonly [Scale, Scale]; readonly legend?: object }
): string => {
  use([CustomChart, GridComponent, LabelLayout, LegendComponent, LineChart, LinesChart, SVGRenderer, TitleComponent])
  const { title, xLabel, yLabel, xRange, yRange, width = 480, height = 320 } = frame
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  const option: EChartsCoreOption = {
    animation: false,
    backgroundColor: 'white',
    ...(title !== undefined && {
      title: { text: title, left: 'center', top: 8, textStyle: { fontSize: 14, color: '#333' } }
    }),
    ...(legend !== undefined && { legend }),
    grid: {
      left: yLabel === undefined ? 52 : 68,
      right,
      top: title === undefined ? 20 : 40,
      bottom: xLabel === undefined ? 32 : 48
    },
    xAxis: axisOf(xLabel, { type: types[0], range: xRange }, 28),
    yAxis: axisOf(yLabel, { type: types[1], range: yRange }, 48),
    series
  }
  try {
    chart.setOption(option)
    return `${cleaned(chart.renderToSVGString())}\n`
  } finally {
    chart.dispose()
  }
}

/** The room that names take beside the axes, in pixels. */
export const roomFor = (names: readonly string[]): number => 20 + 7 * Math.max(0, ...names.map((name) => name.length))

const attribute = (svg: string, name: string): number =>
  Number(new RegExp(`^<svg[^>]* ${name}="([\\d.]+)"`).exec(svg)?.[1] ?? NaN)

/**
 * Drawings beside each other, as one SVG document.
 *
 * @throws TypeError for what is not the text of a drawing
 *
 * @example
 * import * as Plot from 'pullback/Plot'
 *
 * const one = Plot.curves([], { width: 300, height: 200 })
 * Plot.beside(one, one).startsWith('<svg width="600" height="200"') // => true
 */
export const beside = (...drawings: readonly string[]): string => {
  const sizes = drawings.map((svg, i) => {
    const [width, height] = [attribute(String(svg), 'width'), attribute(String(svg), 'height')]
    if (width > 0 && height > 0) return { width, height }
    throw new TypeError(`beside: drawing ${i} is ${describe(svg)}; expected an SVG document with a width and a height`)
  })
  const width = sizes.reduce((sum, each) => sum + each.width, 0)
  const height = Math.max(0, ...sizes.map((each) => each.height))
  let x = 0
  const placed = drawings.map((svg, i) => {
    const own = svg
      .trimEnd()
      .replace(/(\bid="|url\(#)/g, `$1part${i}-`)
      .replace('<svg ', `<svg x="${x}" `)
    x += sizes[i]!.width
    return own
  })
  const head = `<svg width="${width}" height="${height}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">`
  return [head, ...placed, '</svg>', ''].join('\n')
}

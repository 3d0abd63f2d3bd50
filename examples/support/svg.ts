// Plots as SVG documents: lines, one panel per quantity, side by side; points with labels.

export interface Curve {
  readonly name: string
  readonly values: readonly number[]
}

export interface Panel {
  readonly title: string
  readonly xLabel: string
  readonly curves: readonly Curve[]
  /** The range of the vertical axis; that of the values, widened, where it is not given. */
  readonly range?: readonly [from: number, to: number]
}

const size = { width: 420, height: 300 }
const margin = { left: 52, right: 16, top: 36, bottom: 44 }
const colours = ['#1b6ca8', '#d1495b', '#3a7d44', '#8a5a9e']

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

const rangeOf = ({ curves, range }: Panel): readonly [number, number] => {
  if (range !== undefined) return range
  const values = curves.flatMap((curve) => curve.values)
  const highest = Math.max(...values)
  return [Math.min(0, ...values), highest + (highest === 0 ? 1 : 0.05 * Math.abs(highest))]
}

const text = (x: number, y: number, anchor: string, content: string, colour: string = '#333'): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${colour}">${escape(content)}</text>`

const drawPanel = (panel: Panel, left: number): string => {
  const [low, high] = rangeOf(panel)
  const inner = {
    width: size.width - margin.left - margin.right,
    height: size.height - margin.top - margin.bottom
  }
  const count = Math.max(...panel.curves.map((curve) => curve.values.length))
  const x = (index: number): number => left + margin.left + (count < 2 ? 0 : (index / (count - 1)) * inner.width)
  const y = (value: number): number => margin.top + (1 - (value - low) / (high - low)) * inner.height
  const ticks = [0, 1, 2, 3, 4].map((k) => low + ((high - low) * k) / 4)
  const grid = ticks.map(
    (tick) =>
      `<line x1="${x(0)}" x2="${x(count - 1).toFixed(1)}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}" stroke="#ddd"/>` +
      text(x(0) - 6, y(tick) + 4, 'end', tick.toFixed(2))
  )
  const lines = panel.curves.map(({ values, name }, i) => {
    const colour = colours[i % colours.length] ?? '#333'
    const points = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(' ')
    return (
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points}"/>` +
      text(left + size.width - margin.right - 4, margin.top + inner.height - 8 - 16 * i, 'end', name, colour)
    )
  })
  const bottom = size.height - margin.bottom
  return [
    text(left + margin.left, 20, 'start', panel.title),
    ...grid,
    text(x(0), bottom + 18, 'middle', '1'),
    text(x(count - 1), bottom + 18, 'middle', String(count)),
    text((x(0) + x(count - 1)) / 2, bottom + 34, 'middle', panel.xLabel),
    ...lines
  ].join('\n')
}

/** The panels as an SVG document. */
export const svg = (panels: readonly Panel[]): string => {
  const width = size.width * panels.length
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${size.height}" font-family="sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...panels.map((panel, i) => drawPanel(panel, i * size.width)),
    '</svg>',
    ''
  ].join('\n')
}

export interface Points {
  readonly title: string
  readonly points: readonly (readonly [x: number, y: number])[]
  readonly labels: readonly number[]
}

/** Each point as its label, with a colour for each label from 0 to 9, in a square. */
export const scatter = ({ title, points, labels }: Points): string => {
  const [side, edge] = [560, 24]
  const placed = [0, 1].map((axis) => {
    const values = points.map((point) => point[axis] ?? 0)
    const [low, high] = [Math.min(...values), Math.max(...values)]
    return values.map((value) => edge + ((value - low) / (high - low || 1)) * (side - 2 * edge))
  })
  const marks = labels.map((label, i) =>
    text(
      placed[0]?.[i] ?? 0,
      side + edge - (placed[1]?.[i] ?? 0),
      'middle',
      String(label),
      `hsl(${36 * label} 70% 42%)`
    )
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side + edge}" font-family="sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="white"/>',
    text(edge, 18, 'start', title),
    ...marks,
    '</svg>',
    ''
  ].join('\n')
}

// Numbers and small images as text.

/** A confusion matrix: one row per true class, one column per predicted one; zeros are dots. */
export const confusionTable = (counts: readonly (readonly number[])[], names: readonly string[]): string => {
  const width = Math.max(5, ...names.map((name) => name.length + 1))
  const cell = (content: string): string => content.padStart(width)
  const header = `${cell('')}${names.map(cell).join('')}   <- predicted`
  const rows = counts.map((row, i) => {
    const cells = row.map((count) => cell(count === 0 ? '.' : String(count))).join('')
    return `${cell(names[i] ?? String(i))}${cells}`
  })
  return [header, ...rows].join('\n')
}

const shades = [' ', '.', ':', '+', '*', '#', '@']

/** A grey image as lines of text, two characters per pixel; values from 0 to `most`. */
export const drawImage = (pixels: readonly number[], width: number, most: number): readonly string[] =>
  Array.from({ length: pixels.length / width }, (_, row) =>
    pixels
      .slice(row * width, (row + 1) * width)
      .map((value) => (shades[Math.round((Math.max(0, value) / most) * (shades.length - 1))] ?? '@').repeat(2))
      .join('')
  )

/** Blocks of lines beside each other; each is padded to the width of its longest line. */
export const beside = (blocks: readonly (readonly string[])[], gap: string = '   '): string => {
  const height = Math.max(0, ...blocks.map((block) => block.length))
  return Array.from({ length: height }, (_, row) =>
    blocks
      .map((block) => (block[row] ?? '').padEnd(Math.max(...block.map((line) => line.length))))
      .join(gap)
      .trimEnd()
  ).join('\n')
}

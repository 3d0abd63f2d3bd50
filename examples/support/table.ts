// Small images as text.

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

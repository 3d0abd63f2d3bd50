// A progress bar that rewrites its line on a terminal, and is silent where the output is a file or a pipe.

export interface Output {
  readonly isTTY?: boolean
  readonly write: (text: string) => unknown
}

const width = 24

/** A bar such as `[=======>       ]`, for a fraction from 0 to 1. */
export const bar = (fraction: number): string => {
  const filled = Math.round(Math.min(Math.max(fraction, 0), 1) * width)
  const head = filled > 0 && filled < width ? '>' : ''
  return `[${('='.repeat(filled - head.length) + head).padEnd(width)}]`
}

/** What one may do with a progress bar: move it, and write a whole line that stays. */
export interface Progress {
  readonly show: (fraction: number, label: string) => void
  readonly line: (text: string) => void
}

export const progress = (output: Output): Progress => {
  const clear = output.isTTY === true ? '\r\u001b[K' : ''
  let shown = ''
  return {
    show: (fraction, label) => {
      const text = `${bar(fraction)} ${label}`
      if (output.isTTY !== true || text === shown) return
      output.write(clear + text)
      shown = text
    },
    line: (text) => {
      shown = ''
      output.write(`${clear}${text}\n`)
    }
  }
}

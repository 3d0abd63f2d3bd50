/** Timing several functions side by side, so that their ratios hold however busy the machine is. */

/** What was measured of one function: seconds a call. */
export interface Timing {
  readonly name: string
  readonly best: number
  readonly median: number
}

export type Case = readonly [name: string, run: () => unknown]

const now = (): number => performance.now() / 1000

/** How many calls take about 20 milliseconds. */
const callsPerRound = (run: () => unknown): number => {
  for (let calls = 1; ; calls *= 2) {
    const start = now()
    for (let i = 0; i < calls; i++) run()
    const took = now() - start
    if (took > 0.02 || calls >= 1 << 22) return calls
  }
}

/** Runs the cases in turn, round by round, after a warm-up. */
export const sideBySide = (cases: readonly Case[], rounds = 15): readonly Timing[] => {
  for (const [, run] of cases) {
    const end = now() + 0.3
    while (now() < end) run()
  }
  const calls = cases.map(([, run]) => callsPerRound(run))
  const samples: number[][] = cases.map(() => [])
  for (let round = 0; round < rounds; round++) {
    cases.forEach(([, run], index) => {
      const count = calls[index] ?? 1
      const start = now()
      for (let i = 0; i < count; i++) run()
      samples[index]?.push((now() - start) / count)
    })
  }
  return cases.map(([name], index) => {
    const sorted = [...(samples[index] ?? [])].sort((a, b) => a - b)
    return { name, best: sorted[0] ?? NaN, median: sorted[Math.floor(sorted.length / 2)] ?? NaN }
  })
}

const inUnits = (seconds: number): string => {
  if (seconds >= 1) return `${seconds.toFixed(2)} s`
  if (seconds >= 1e-3) return `${(seconds * 1e3).toFixed(2)} ms`
  if (seconds >= 1e-6) return `${(seconds * 1e6).toFixed(2)} us`
  return `${(seconds * 1e9).toFixed(0)} ns`
}

/** A table of timings, each as a ratio to the first; `rate` adds a column of the caller's own. */
export const table = (
  title: string,
  timings: readonly Timing[],
  rate: (timing: Timing) => string = () => ''
): string => {
  const base = timings[0]
  const rows = timings.map((timing) => [
    timing.name,
    inUnits(timing.best),
    inUnits(timing.median),
    base === undefined ? '' : `${(timing.median / base.median).toFixed(2)}x`,
    rate(timing)
  ])
  const all = [['', 'best', 'median', 'ratio', ''], ...rows]
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const lines = all.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  )
  return [`\n${title}`, ...lines.map((line) => `  ${line.trimEnd()}`)].join('\n')
}

/** The least time of one call, in seconds, of as many as fit into a while: what a process that alternates with others reports. */
const now = (): number => performance.now() / 1000

export const bestOf = (run: () => unknown, seconds: number): number => {
  let calls = 1
  for (; calls < 1 << 20; calls *= 2) {
    const start = now()
    for (let i = 0; i < calls; i++) run()
    if (now() - start > 0.002) break
  }
  let best = Infinity
  const end = now() + seconds
  do {
    const start = now()
    for (let i = 0; i < calls; i++) run()
    best = Math.min(best, (now() - start) / calls)
  } while (now() < end)
  return best
}

export interface Spread {
  readonly best: number
  readonly median: number
}

/** The least and the median time of one call, in seconds, behind a warm-up of the same length. */
export const spreadOf = (run: () => unknown, seconds: number): Spread => {
  const calls = Math.max(1, Math.round(0.002 / bestOf(run, seconds)))
  const samples: number[] = []
  const end = now() + seconds
  do {
    const start = now()
    for (let i = 0; i < calls; i++) run()
    samples.push((now() - start) / calls)
  } while (now() < end)
  samples.sort((a, b) => a - b)
  return { best: samples[0] ?? NaN, median: samples[samples.length >> 1] ?? NaN }
}

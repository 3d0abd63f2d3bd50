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

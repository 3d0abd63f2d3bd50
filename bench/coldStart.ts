/** What is measured once in a process of its own: from a function to its program, and what calls leave behind. */
import type { Compiler } from './load.js'
import { type Ours, pendulumGradient, pendulumStart, perceptron, xor } from './steps.js'

const now = (): number => performance.now() / 1000

/** Seconds until a function can be called, without its first call. */
const untilCallable = <Args extends readonly unknown[], R>(
  { traceAt, madeOf }: Compiler,
  f: (...args: Args) => R,
  args: Args
): Readonly<Record<string, number>> => {
  const start = now()
  const { program } = traceAt('jit', f, args)
  const traced = now()
  const made = madeOf(program)
  const end = now()
  return {
    seconds: made._tag === 'Compiled' ? end - start : NaN,
    tracing: traced - start,
    equations: program.equations.length
  }
}

export const coldPerceptron = (ours: Ours, compiler: Compiler): Readonly<Record<string, number>> => {
  const { update, first, batch } = perceptron(ours)
  return untilCallable(compiler, update, [first, batch])
}

/** About 10,000 equations of scalars. */
export const coldPendulum = (ours: Ours, compiler: Compiler): Readonly<Record<string, number>> =>
  untilCallable(compiler, pendulumGradient(ours, 150), [pendulumStart(ours)])

/** Bytes before and behind 10^5 calls of a compiled step, each on the state of the one before. */
export const leftBehind = (ours: Ours): Readonly<Record<string, number>> => {
  const { gc } = globalThis
  if (gc === undefined || ours.Jit === undefined) throw new Error('bench: node --expose-gc is required')
  const { update, first, batch } = xor(ours)
  const step = ours.Jit.jit(update)
  let state = first
  const bytes = (): NodeJS.MemoryUsage => {
    gc()
    gc()
    return process.memoryUsage()
  }
  for (let i = 0; i < 10_000; i++) state = step(state, batch)[0]
  const before = bytes()
  for (let i = 0; i < 100_000; i++) state = step(state, batch)[0]
  const after = bytes()
  return {
    'heap before': before.heapUsed,
    'heap after': after.heapUsed,
    'arrays before': before.arrayBuffers,
    'arrays after': after.arrayBuffers
  }
}

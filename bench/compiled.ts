/**
 * Whole training steps with `jit`, state copied in and out, beside the same steps without it, at earlier commits and in other libraries: every
 * implementation in processes of its own, one at a time and in turn. `npm run bench -- compiled 7` runs only this.
 */
import { rmSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { type Times, builtAt, child, lines, printed, root } from './processes.js'
import { names } from './steps.js'

/** The last commit without `jit`, and the last before results had one definition of their bits. */
const [before, first] = ['7b91251', '9efea8a']

/** How many times as fast as at `before` a step is to be. */
const asked: Readonly<Record<string, number>> = {
  [names.softmax]: 2,
  [names.perceptron]: 1.6,
  [names.xor]: 1.8,
  [names.pendulum]: 40,
  [names.lenet]: 1.5
}

type Samples = Record<string, number[]>

/** Least times, medians of medians, and greatest rates. */
const least = (samples: Samples, name: string): number | undefined => {
  const all = samples[name]
  return all && Math.min(...all)
}
const median = (samples: Samples, name: string): number | undefined =>
  [...(samples[name] ?? [])].sort((a, b) => a - b)[(samples[name] ?? []).length >> 1]
const greatest = (samples: Samples, name: string): number | undefined => {
  const all = samples[name]
  return all && Math.max(...all)
}

const micro = (seconds: number | undefined): string => (seconds === undefined ? '' : (seconds * 1e6).toPrecision(4))
const milli = (seconds: number | undefined): string => `${((seconds ?? NaN) * 1e3).toFixed(1)} ms`
const ratio = (other: number | undefined, ours: number | undefined): string =>
  other === undefined || ours === undefined ? '' : `${(other / ours).toFixed(2)}x`
const megabytes = (bytes: number | undefined): string => `${((bytes ?? NaN) / 1e6).toFixed(2)} MB`
const rate = (bytes: number | undefined): string => ((bytes ?? NaN) / 1e9).toFixed(1)

/** Runs the plan in turn, `rounds` times. */
const collect = (
  rounds: number,
  plan: ReadonlyArray<readonly [name: string, run: () => Times]>
): { readonly samples: Readonly<Record<string, Samples>>; readonly loads: readonly number[] } => {
  const samples: Record<string, Samples> = Object.fromEntries(plan.map(([name]) => [name, {}]))
  const loads: number[] = []
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of plan) {
      for (const [key, value] of Object.entries(run())) (samples[name]![key] ??= []).push(value)
      loads.push(loadavg()[0] ?? 0)
    }
  }
  return { samples, loads }
}

const stepTable = (samples: Readonly<Record<string, Samples>>): string => {
  const of = (who: string, name: string): number | undefined => least(samples[who] ?? {}, name)
  const others = ['eager', before, first, 'TF.js wasm', 'jax-js']
  const head = ['us', 'jit', 'kernels', ...others, 'jit, median', 'PyTorch, median']
  const times = Object.values(names).map((name) => [
    name,
    ...['jit', 'kernels', ...others].map((who) => micro(of(who, name))),
    micro(median(samples['jit'] ?? {}, `median ${name}`)),
    micro(median(samples['PyTorch'] ?? {}, `median ${name}`))
  ])
  const headOfRatios = [
    'times as fast as',
    ...others.slice(0, 2),
    'asked',
    ...others.slice(2),
    'PyTorch',
    'beyond kernels, us'
  ]
  const ratios = Object.values(names).map((name) => {
    const [ours, kernels] = [of('jit', name), of('kernels', name)]
    const [now, then, ...rest] = others.map((who) => ratio(of(who, name), ours))
    const [theirs, own] = ['PyTorch', 'jit'].map((who) => median(samples[who] ?? {}, `median ${name}`))
    const beyond = ours === undefined || kernels === undefined ? undefined : ours - kernels
    return [name, now ?? '', then ?? '', String(asked[name]), ...rest, ratio(theirs, own), micro(beyond)]
  })
  return `${lines([head, ...times])}\n\n${lines([headOfRatios, ...ratios])}`
}

const streamTable = (large: Samples, small: Samples): string => {
  const copy = greatest(large, 'copy loop') ?? NaN
  const rows = Object.keys(large).map((name) => {
    const found = greatest(large, name) ?? NaN
    return [name, rate(found), `${((100 * found) / copy).toFixed(0)} %`, rate(greatest(small, name))]
  })
  return lines([['10^7 elements, float32', 'GB/s', 'of the copy loop', 'GB/s on 2000 elements'], ...rows])
}

export const compiled = (rounds: number): string => {
  const folders = { [before]: builtAt(before), [first]: builtAt(first) }
  const python = process.env['PYTHON']
  const run =
    (kind: string, folder = root): (() => Times) =>
    () =>
      child('compiledChild', [kind, folder])
  const { samples, loads } = collect(rounds, [
    ['jit', run('jit')],
    ['eager', run('eager')],
    ['kernels', run('kernels')],
    ...Object.entries(folders).map(([commit, folder]) => [commit, run('eager', folder)] as const),
    ['TF.js wasm', run('tensorflow')],
    ['jax-js', run('jax')],
    ...(python === undefined ? [] : [['PyTorch', () => printed(python, [join(root, 'bench/compiled.py')])] as const]),
    ['cold perceptron', run('cold perceptron')],
    ['cold pendulum', run('cold pendulum')],
    ['streams', run('streams')],
    ['cached streams', run('cached streams')]
  ])
  for (const folder of Object.values(folders)) rmSync(folder, { recursive: true })
  const left = child('compiledChild', ['left behind', root], ['--expose-gc'])
  const cold = (name: string): string => {
    const of = samples[`cold ${name}`] ?? {}
    const [all, traced] = [least(of, 'seconds'), least(of, 'tracing')]
    return `${milli(all)} (tracing ${milli(traced)}), median ${milli(median(of, 'seconds'))}, ${least(of, 'equations')} equations`
  }
  return [
    `\nTraining steps with Adam, least times of ${rounds} alternating processes, beside PyTorch medians. Load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}.`,
    stepTable(samples),
    `\nFrom a function to its program, in a fresh process: perceptron ${cold('perceptron')}, less than 25 ms asked;`,
    `gradient of 150 RK4 steps ${cold('pendulum')}, less than 250 ms asked.\n`,
    streamTable(samples['streams'] ?? {}, samples['cached streams'] ?? {}),
    `\n10^5 calls of XOR: heap ${megabytes(left['heap before'])} before, ${megabytes(left['heap after'])} after; arrays ${megabytes(left['arrays before'])}, ${megabytes(left['arrays after'])}.`
  ].join('\n')
}

/**
 * Whole training steps with Adam, eager, compiled, and on engines, one thread each, in processes of their own and in turn: on ONNX Runtime one
 * step a call and sixteen, in PyTorch with Adam as it is and fused by its option.
 * `npm run bench -- elsewhere 5` runs only this. ONNX Runtime is that of interop/ (`npm --prefix interop ci`); the environment variables PYTHON and
 * TORCH_PYTHON name interpreters that have JAX and PyTorch, and may be one.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Times, child, lines, printed, root } from './processes.js'

const names = ['perceptron', 'CNN'] as const
const titles = {
  perceptron: 'perceptron 784-256-128-10, batch of 128',
  CNN: 'CNN of three convolutions, batch of 64'
} as const

const milli = (seconds: number): string => (Number.isFinite(seconds) ? (1000 * seconds).toFixed(2) : '')

/** The median of medians. */
const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN

export const elsewhere = (rounds: number): string => {
  const { PYTHON: python, TORCH_PYTHON: torch = python } = process.env
  const folder = mkdtempSync(join(tmpdir(), 'pullback-text-'))
  child('elsewhereChild', ['text', folder])
  const script = join(root, 'bench/elsewhere.py')
  const texts = names.map((name) => `${name}=${join(folder, `${name}.mlir`)}`)
  const plan: ReadonlyArray<readonly [name: string, run: () => Times]> = [
    ...['eager', 'jit', 'onnxruntime-node', '16 a call'].map(
      (kind) => [kind, () => child('elsewhereChild', [kind])] as const
    ),
    ...(python === undefined ? [] : [['XLA', () => printed(python, [script, 'xla', ...texts])] as const]),
    ...(torch === undefined
      ? []
      : ['PyTorch', 'fused Adam'].map((name) => [name, () => printed(torch, [script, name])] as const))
  ]
  const samples = plan.map(([name]) => ({ name, times: [] as Times[] }))
  const loads: number[] = []
  for (let round = 0; round < rounds; round++) {
    for (const [i, [, run]] of plan.entries()) {
      samples[i]?.times.push(run())
      loads.push(loadavg()[0] ?? 0)
    }
  }
  rmSync(folder, { recursive: true })
  const medianOf = (name: string, step: string): number =>
    middle((samples.find((each) => each.name === name)?.times ?? []).map((times) => times[`median ${step}`] ?? NaN))
  const rows = names.map((step) => [titles[step], ...samples.map(({ name }) => milli(medianOf(name, step)))])
  const shares = (of: string) =>
    names.map((step) => {
      const theirs = medianOf(of, step)
      return [titles[step], ...samples.map(({ name }) => (medianOf(name, step) / theirs).toFixed(2))]
    })
  const head = samples.map(({ name }) => name)
  return [
    `\nTraining steps with Adam, one thread, medians of ${rounds} alternating processes. Load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}.`,
    lines([['milliseconds', ...head], ...rows]),
    ...(torch === undefined
      ? []
      : ['PyTorch', 'fused Adam'].flatMap((of) => ['', lines([[`times of ${of}`, ...head], ...shares(of)])]))
  ].join('\n')
}

// The runner for StableHLO: the losses of eager training on one virtual device, on several, and on two hosts; artifacts, files, and complaints.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRight } from 'fp-ts/lib/Either.js'
import * as Dataset from 'pullback/Dataset'
import * as Export from 'pullback/Export'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { afterAll, beforeAll, expect } from 'vitest'
import { batch, batchSize, begin, update } from '../../examples/digits/exported.js'
import { loadDigits } from '../../examples/digits/load.js'
import { fromSafetensors, toSafetensors } from '../../examples/support/safetensors.js'
import { expectClose, lossesOf } from '../agree.js'
import { testWith } from '../engines.js'
import { type Sample, lectures, sequences } from '../steps.js'
import { type Runner, lossesIn, newRunner, textOf, writeStep } from './runner.js'

const needs = ['python:jax', 'python:safetensors']

let runner: Runner
beforeAll(() => {
  runner = newRunner()
})
afterAll(() => {
  runner.remove()
})

const files = ['--params', 'start.safetensors', '--data', 'data.safetensors']

/** Expects each loss within a share of itself. */
const expectLosses = (found: readonly number[], wanted: readonly number[], tolerance: number): void => {
  expect(found.length).toBe(wanted.length)
  const far = found.map((loss, i) => Math.abs(loss / wanted[i]! - 1))
  expect(Math.max(...far)).toBeLessThan(tolerance)
}

// -----------------------------------------------------------------------------
// devices
// -----------------------------------------------------------------------------

/** How many devices share the batch of a step; the batch of XOR has four rows. */
const devicesOf = ({ name }: Sample): readonly number[] => (name === 'XOR' ? [2, 4] : [2, 8])

for (const sample of lectures()) {
  const name = `${sample.name}: ${devicesOf(sample).join(' and ')} devices give the losses of one, by one all-reduce`
  await testWith(needs, name, async () => {
    writeStep(runner, sample.step, sample.args)
    const one = await runner.run('step.mlir', ...files, '--steps', '20')
    expect(one.lines[0]).toBe('step.mlir: 1 cpu devices; exchanged: nothing')
    expectLosses(lossesIn(one), await lossesOf(sample.step, sample.args, 20), 1e-3)
    for (const devices of devicesOf(sample)) {
      const many = await runner.run('step.mlir', ...files, '--steps', '20', '--devices', `${devices}`)
      console.log(`${sample.name}, ${many.lines[0] ?? many.complaints.join()}`)
      expectLosses(lossesIn(many), lossesIn(one), 1e-5)
      expect(many.lines[0]).toBe(`step.mlir: ${devices} cpu devices; exchanged: 1 all-reduce`)
    }
  })
}

/** What loops make devices exchange: a sum in each step of the loop that goes back. */
const inLoops: Readonly<Record<string, string>> = { LSTM: '2 all-gather, 3 all-reduce', 'small GPT': '2 all-reduce' }

for (const sample of sequences()) {
  await testWith(needs, `${sample.name}: two devices give the losses of one, by ${inLoops[sample.name]}`, async () => {
    writeStep(runner, sample.step, sample.args)
    const one = await runner.run('step.mlir', ...files, '--steps', '20')
    const two = await runner.run('step.mlir', ...files, '--steps', '20', '--devices', '2')
    expectLosses(lossesIn(two), lossesIn(one), 1e-5)
    expect(two.lines[0]).toBe(`step.mlir: 2 cpu devices; exchanged: ${inLoops[sample.name]}`)
  })
}

// -----------------------------------------------------------------------------
// the digits example
// -----------------------------------------------------------------------------

const count = 12

/** The rows of the digits example, and the state and the losses of eager training on them, in order and over again. */
const digits = async () => {
  const loaded = await loadDigits()
  if (!isRight(loaded)) throw new Error(Dataset.showCsvErrors(loaded.left))
  const rows = Dataset.shuffle(Random.key(1))(loaded.right[0])
  const batches = [...Dataset.batches(batchSize, { dropLast: true })(rows)]
  let state = begin(0)
  const losses = Array.from({ length: count }, (_, i) => {
    const [next, { loss }] = update(state, batches[i % batches.length]!)
    state = next
    return T.item(loss)
  })
  return { rows, losses, state }
}

await testWith(
  needs,
  'the digits example on one to eight devices, and on two hosts, from batches in order, by one all-reduce',
  async () => {
    const { rows, losses, state } = await digits()
    writeStep(runner, update, [begin(0), batch], rows)
    const words = ['step.mlir', ...files, '--steps', `${count}`]
    const one = await runner.run(...words, '--save', 'trained.safetensors')
    expectLosses(lossesIn(one), losses, 1e-4)
    const saved = readFileSync(join(runner.folder, 'trained.safetensors'))
    expectClose(fromSafetensors(saved, state), state, 1e-3)
    for (const devices of [2, 4, 8]) {
      const many = await runner.run(...words, '--devices', `${devices}`)
      console.log(`digits, ${many.lines[0] ?? many.complaints.join()}`)
      expectLosses(lossesIn(many), lossesIn(one), 1e-5)
      expect(many.lines[0]).toBe(`step.mlir: ${devices} cpu devices; exchanged: 1 all-reduce`)
    }
    const host = (index: number) =>
      runner.run(...words, '--devices', '2', '--hosts', 'localhost:47815', '2', `${index}`)
    const [first, second] = await Promise.all([host(0), host(1)])
    console.log(`digits on two hosts, ${first.lines[0] ?? first.complaints.join()}`)
    expectLosses(lossesIn(first), lossesIn(one), 1e-5)
    expect(first.lines[0]).toBe('step.mlir: 4 cpu devices; exchanged: 1 all-reduce')
    expect([second.code, lossesIn(second)]).toEqual([0, []])
  }
)

// -----------------------------------------------------------------------------
// files
// -----------------------------------------------------------------------------

/** A step of a vector on four rows of pairs. */
const small = (state: { readonly w: T.Tensor<[2]> }, { x }: { readonly x: T.Tensor<[4, 2]> }) => {
  const loss = T.mean(T.square(T.matmul(x, state.w)))
  return [{ w: T.mul(state.w, 0.5) }, { loss }] as const
}
const w = T.of([1, -2])
const x = T.of([
  [1, 0],
  [0, 1],
  [1, 1],
  [2, 1]
])

await testWith(needs, 'portable artifacts, of an older version too, and .npz files give the same bits', async () => {
  writeStep(runner, small, [{ w }, { x }])
  const text = await runner.run('step.mlir', ...files, '--steps', '3', '--save', 'end.npz')
  expect(text.lines).toEqual([
    'step.mlir: 1 cpu devices; exchanged: nothing',
    'step 1: result[1].loss 1.5',
    'step 2: result[1].loss 0.375',
    'step 3: result[1].loss 0.09375'
  ])
  for (const target of ['0.9.0', '1.0.0', '']) {
    const words = ['--artifact', 'step.mlirbc', '--steps', '0', ...(target === '' ? [] : ['--target', target])]
    expect((await runner.run('step.mlir', ...words)).code).toBe(0)
    const head = readFileSync(join(runner.folder, 'step.mlirbc')).subarray(0, 64).toString('latin1')
    expect(head).toContain(target === '' ? 'StableHLO_v1.' : `StableHLO_v${target}`)
    const again = await runner.run('step.mlirbc', ...files, '--steps', '3')
    expect(again.lines.slice(1)).toEqual(text.lines.slice(1))
  }
  const on = await runner.run('step.mlir', '--params', 'end.npz', '--data', 'data.safetensors')
  expect(on.lines.slice(1)).toEqual(['step 1: result[1].loss 0.0234375'])
})

await testWith(needs, 'a program without arguments, and one without results', async () => {
  runner.write('constant.mlir', textOf(Export.stableHlo(() => ({ answer: T.scalar(42) }))()))
  expect((await runner.run('constant.mlir')).lines[1]).toBe('step 1: result.answer 42.0')
  runner.write('nothing.mlir', textOf(Export.stableHlo((_: typeof w) => [])(w)))
  expect((await runner.run('nothing.mlir', '--steps', '0')).code).toBe(0)
})

// -----------------------------------------------------------------------------
// complaints
// -----------------------------------------------------------------------------

await testWith(needs, 'what goes wrong is one sentence, and exit code 1', async () => {
  writeStep(runner, small, [{ w }, { x }])
  const tree = { 'long.safetensors': { w: T.zeros([3]) }, 'few.safetensors': { x: T.zeros([3, 2]) } }
  for (const [name, value] of Object.entries(tree)) runner.write(name, toSafetensors(value))
  runner.write('float.safetensors', toSafetensors({ w: T.zeros([2], 'float64') }))
  runner.write('half.safetensors', toSafetensors({ w }).subarray(0, 70))
  runner.write('half.mlir', 'module {')
  runner.write('other.mlir', 'module {}')
  const start = 'start.safetensors'
  const cases: readonly (readonly [words: readonly string[], complaint: RegExp])[] = [
    [['none.mlir'], /^cannot load none\.mlir as StableHLO [\d.]+: \[Errno 2\] No such file/],
    [['half.mlir'], /^cannot load half\.mlir as StableHLO [\d.]+: Unable to parse module assembly: error: "-":1:7/],
    [['other.mlir'], /^other\.mlir has no function main; expected a program of Export\.stableHlo$/],
    [['step.mlir', '--devices', '0'], /^a number is too small; expected 1, or 0 --steps$/],
    [['step.mlir', '--every', '0'], /^a number is too small; expected 1, or 0 --steps$/],
    [['step.mlir', '--steps', '-1'], /^a number is too small; expected 1, or 0 --steps$/],
    [['step.mlir', '--target', '99.0.0'], /^cannot load step\.mlir as StableHLO 99\.0\.0: failed to serialize module$/],
    [['step.mlir'], /^no file has w, x; expected all arguments$/],
    [['step.mlir', '--params', start], /^no file has x; expected all arguments$/],
    [['step.mlir', '--params', 'long.safetensors'], /^w is float32 of shape \(3,\); expected float32 of shape \(2,\)$/],
    [
      ['step.mlir', '--data', 'few.safetensors'],
      /^x is float32 of shape \(3, 2\); expected float32 of shape \(4, 2\) or with more rows$/
    ],
    [['step.mlir', '--params', 'half.safetensors'], /^cannot read half\.safetensors: /],
    [
      ['step.mlir', ...files, '--devices', '3'],
      /^batches have \[4\] rows; expected multiples of 3, the number of devices$/
    ],
    [['step.mlir', ...files, '--save', 'none/end.npz'], /^none\/end\.npz is in no folder that exists$/]
  ]
  const ended = await Promise.all(cases.map(([words]) => runner.run(...words)))
  ended.forEach(({ code, complaints }, i) => {
    expect([code, complaints.length]).toEqual([1, 1])
    expect(complaints[0]?.replace('pullback_xla: ', '')).toMatch(cases[i]![1])
  })
  const narrowed = await runner.run('step.mlir', '--params', 'float.safetensors', '--data', 'data.safetensors')
  expect(narrowed.code).toBe(0)
})

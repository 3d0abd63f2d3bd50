// PyTorch exports models anew, by both of its exporters: they are imported, give the outputs of PyTorch, and are fine-tuned.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Imported, Params } from 'pullback/Import'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import { expect } from 'vitest'
import { type Model, bytesOf, distance, imported, tensor } from '../../test/import/fixtures.js'
import { python, testWith } from '../engines.js'

/** The losses of twenty steps of Adam towards outputs of 0, from the parameters in the file. */
const fineTuned = ({ apply, params }: Imported, inputs: readonly T.Tensor[]): readonly number[] => {
  const loss = (p: Params, s: readonly [], xs: readonly T.Tensor[]): readonly [T.Tensor<[]>, readonly []] => {
    const each = apply(p)(...xs).map((y): T.Tensor => T.mean(T.square(T.cast(y, 'float32'))))
    return [
      T.ensure(
        each.reduce((sum, one) => T.add(sum, one)),
        []
      ),
      s
    ]
  }
  const optimizer = Optimizer.adam(3e-3)
  const step = Train.step(loss, optimizer)
  const losses: number[] = []
  let state = { params, layerState: [] as const, optimizerState: optimizer.init(params), key: Random.key(0), step: 0 }
  for (let i = 0; i < 20; i++) {
    const [next, report] = step(state, inputs)
    losses.push(report.loss)
    state = next
  }
  return losses
}

const made = (): readonly Model[] => {
  const folder = mkdtempSync(join(tmpdir(), 'models-'))
  try {
    const file = join(folder, 'models.json')
    python(['test/import/models.py', file])
    return (JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly Model[] }).cases
  } finally {
    rmSync(folder, { recursive: true })
  }
}

await testWith(['python:torch', 'python:onnxscript'], 'models of PyTorch', () => {
  const table = made().map((each) => {
    const model = imported(bytesOf(each.model))
    const inputs = each.inputs.map(tensor)
    const outputs = model.apply(model.params)(...inputs)
    const off = Math.max(...each.outputs.map((wanted, i) => distance(outputs[i]!, tensor(wanted))))
    const losses = fineTuned(model, inputs)
    return { name: each.name, off, before: losses[0]!, after: losses.at(-1)! }
  })
  console.log(
    table
      .map(({ name, off, before, after }) => `${name}: outputs to ${off.toExponential(1)}, loss ${before} to ${after}`)
      .join('\n')
  )
  expect(table.filter(({ off }) => !(off < 1e-5)).map(({ name }) => name)).toEqual([])
  expect(table.filter(({ before, after }) => !(after < before)).map(({ name }) => name)).toEqual([])
})

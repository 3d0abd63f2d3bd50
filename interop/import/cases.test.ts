// The cases that the onnx package has for its operations, all of them: those that agree are counted, those that are refused have a reason, and
// none may differ.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as Import from 'pullback/Import'
import { expect } from 'vitest'
import { type Case, bytesOf, distance, tensor, toleranceOf } from '../../test/import/fixtures.js'
import { python, testWith } from '../engines.js'

/** What becomes of a case: it agrees, or it is refused, or it differs. */
const judged = (each: Case): readonly [verdict: 'agrees' | 'is refused' | 'differs', why: string] => {
  if (each.reason !== undefined) return ['is refused', `its inputs or outputs: ${each.reason}`]
  const result = Import.onnx(bytesOf(each.model))
  if (result._tag === 'Left') {
    const { unknown, message } = result.left
    return [
      'is refused',
      unknown.length > 0 ? `unknown: ${unknown.map(({ operation }) => operation).join(', ')}` : message
    ]
  }
  try {
    const outputs = result.right.apply(result.right.params)(...each.inputs.map(tensor))
    const tolerance = toleranceOf(each)
    const far = each.outputs.flatMap((wanted, i) => {
      const off = distance(outputs[i]!, tensor(wanted))
      return off <= tolerance ? [] : [`output ${i} by ${off}`]
    })
    return far.length === 0 ? ['agrees', ''] : ['differs', far.join(', ')]
  } catch (error) {
    return ['is refused', error instanceof Error ? error.message : String(error)]
  }
}

/** Sentences that only name the node differently are one reason. */
const reasonOf = (why: string): string => why.replace(/(the \w+) that gives '[^']*'/g, '$1').split('\n')[0]!

await testWith(['python:onnx'], 'the cases of the onnx package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cases-'))
  try {
    const file = join(folder, 'cases.jsonl')
    python(['test/import/cases.py', '--all', file])
    const cases = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Case)
    const verdicts = cases.map((each) => ({ name: each.name, verdict: judged(each) }))
    const count = (wanted: string): number => verdicts.filter(({ verdict: [verdict] }) => verdict === wanted).length
    const reasons = new Map<string, number>()
    for (const {
      verdict: [verdict, why]
    } of verdicts) {
      // prettier-ignore
      if (verdict === 'is refused') reasons.set(reasonOf(why), (reasons.get(reasonOf(why)) ?? 0) + 1)
    }
    const listed = [...reasons].sort(([, a], [, b]) => b - a).map(([reason, n]) => `  ${n} ${reason}`)
    console.log(
      [`${cases.length} cases: ${count('agrees')} agree, ${count('is refused')} are refused:`, ...listed].join('\n')
    )
    const differing = verdicts.filter(({ verdict: [verdict] }) => verdict === 'differs')
    expect(differing.map(({ name, verdict: [, why] }) => `${name}: ${why}`)).toEqual([])
    expect(count('agrees')).toBeGreaterThan(1400)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

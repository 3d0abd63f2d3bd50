// Every primitive as an ONNX model in onnxruntime-node, at its own samples, beside eager results.
import { isLeft } from 'fp-ts/lib/Either.js'
import { reasons } from 'pullback/compile/export/decompose/reasons'
import * as Export from 'pullback/Export'
import type { Primitive } from 'pullback/Primitive'
import { primitives } from 'pullback/ProgramJson'
import { expect } from 'vitest'
import { distance } from '../agree.js'
import { testWith } from '../engines.js'
import { samplesOf } from '../xla/samples.js'
import { modelOn } from './engine.js'

const tolerances: Readonly<Record<string, number>> = { float32: 1e-5, float64: 1e-12 }

/** Which results of samples are further from eager ones than rounding is. */
const far = async (primitive: Primitive, dtype: 'float32' | 'float64'): Promise<readonly string[]> => {
  const found: string[] = []
  for (const { program, operands, wanted } of samplesOf(primitive, dtype, 6, 16)) {
    const made = Export.onnx(program)
    if (isLeft(made)) return [made.left.message]
    const model = await modelOn('onnxruntime-node', made.right)
    const results = await model.run(operands)
    await model.release()
    wanted.forEach((each, i) => {
      const off = distance(results[i]!, each)
      if (off > (tolerances[each.dtype] ?? 0)) found.push(`${off.toExponential(1)} at ${operands.join(', ')}`)
    })
  }
  return found
}

for (const primitive of primitives.filter((each) => !reasons.has(each))) {
  await testWith(['onnxruntime-node'], primitive.name, async () => {
    expect(await far(primitive, 'float64')).toEqual([])
    expect(await far(primitive, 'float32')).toEqual([])
  })
}

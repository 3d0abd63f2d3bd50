// Every primitive alone, at samples that it draws itself, in onnxruntime-node beside eager calls.
import { isLeft } from 'fp-ts/lib/Either.js'
import * as Export from 'pullback/Export'
import { primitives } from 'pullback/ProgramJson'
import type * as T from 'pullback/Tensor'
import { expect } from 'vitest'
import { distance } from '../agree.js'
import { testWith } from '../engines.js'
import { samplesOf } from '../xla/samples.js'
import { modelOn } from './engine.js'

const tolerances = { float64: 1e-12, float32: 1e-5, int32: 0, bool: 0 }

/** What has no rule and no decomposition, by the reason that is given. */
const refused = new Set<string>()

for (const primitive of primitives) {
  await testWith(['onnxruntime-node'], primitive.name, async () => {
    for (const dtype of ['float32', 'float64'] as const) {
      for (const { program, operands, wanted } of samplesOf(primitive, dtype, 8, 16)) {
        const made = Export.onnx(program)
        if (isLeft(made)) {
          refused.add(made.left.equations.map(({ name, reason }) => `${name}: ${reason}`).join('; '))
          continue
        }
        const model = await modelOn('onnxruntime-node', made.right)
        const found = await model.run(operands)
        await model.release()
        const far = wanted.flatMap((each: T.Tensor, i) => {
          const off = distance(found[i]!, each)
          return off <= tolerances[each.dtype] ? [] : [`${String(found[i])} and not ${String(each)}: ${off}`]
        })
        expect(far).toEqual([])
      }
    }
  })
}

await testWith(['onnxruntime-node'], 'what is refused', () => {
  console.log([...refused].sort().join('\n'))
})

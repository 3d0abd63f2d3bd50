// Every primitive as an ONNX model in onnxruntime-node, at its own samples, beside eager results.
import { isLeft } from 'fp-ts/lib/Either.js'
import * as Export from 'pullback/Export'
import { testPrimitives } from '../samples.js'
import { modelOn } from './engine.js'

await testPrimitives(['onnxruntime-node'], { count: 6, seed: 16 }, async (program, operands) => {
  const made = Export.onnx(program)
  if (isLeft(made)) return made.left.message
  const model = await modelOn('onnxruntime-node', made.right)
  const results = await model.run(operands)
  await model.release()
  return results
})

// 10^3 generated programs in onnxruntime-node, beside eager ones: values, gradients, second derivatives.
import { isLeft } from 'fp-ts/lib/Either.js'
import * as Export from 'pullback/Export'
import * as T from 'pullback/Tensor'
import { testPrograms } from '../programs.js'
import { modelOn } from './engine.js'

/**
 * Numbers in place of infinities, NaN and what is near the ends of float32: the engine computes in that range, and its softmax, moments
 * and pooling are not those of eager calls there.
 */
const tame = (x: T.Tensor): T.Tensor => {
  if (x.dtype === 'int32' || x.dtype === 'bool') return x
  const size = T.abs(T.cast(x, 'float64'))
  const isTame = T.logicalOr(T.equal(size, 0), T.logicalAnd(T.greater(size, 1e-6), T.less(size, 1e6)))
  return T.where(isTame, x, 0.75)
}

await testPrograms(['onnxruntime-node'], tame, async (f, inputs) => {
  const made = Export.onnx(f)(...inputs)
  if (isLeft(made)) return made.left.message
  const model = await modelOn('onnxruntime-node', made.right)
  const found = await model.run(inputs)
  await model.release()
  return found
})

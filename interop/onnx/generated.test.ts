// 10^3 generated programs in onnxruntime-node, beside eager ones: values, gradients, second derivatives.
import { isLeft } from 'fp-ts/lib/Either.js'
import * as Export from 'pullback/Export'
import * as T from 'pullback/Tensor'
import { expect } from 'vitest'
import { testWith } from '../engines.js'
import { type GeneratedProgram, differenceOf, programs, valuesAt } from '../programs.js'
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

/** What is wrong with a program on the engine; nothing if it agrees. */
const trouble = async (program: GeneratedProgram): Promise<string | undefined> => {
  const inputs = program.inputs.map(tame)
  const wanted = valuesAt(program, inputs)
  if (wanted === undefined) return undefined
  const made = Export.onnx(program.f)(...inputs)
  if (isLeft(made)) return made.left.message
  const model = await modelOn('onnxruntime-node', made.right)
  const found = await model.run(inputs)
  await model.release()
  return differenceOf(program, inputs, wanted, found)
}

const rounds = 10
for (let round = 0; round < rounds; round++) {
  await testWith(['onnxruntime-node'], `programs, round ${round + 1} of ${rounds}`, async () => {
    const found: string[] = []
    for (const program of programs(100, 1600 + round)) {
      const what = await trouble(program)
      if (what !== undefined) found.push(what)
    }
    expect(found).toEqual([])
  })
}

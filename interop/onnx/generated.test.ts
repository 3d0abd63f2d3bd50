// A thousand generated programs in onnxruntime-node beside eager calls.
import { isLeft } from 'fp-ts/lib/Either.js'
import * as Debug from 'pullback/Debug'
import * as Export from 'pullback/Export'
import * as T from 'pullback/Tensor'
import { expect } from 'vitest'
import { distance } from '../agree.js'
import { testWith } from '../engines.js'
import { programs } from '../programs.js'
import { modelOn } from './engine.js'

const tolerances = { float64: 1e-4, float32: 1e-4, int32: 0, bool: 0 }

/** Numbers in place of infinities, NaN and what is near the ends of float32, in which the engine computes and eager calls do not. */
const tame = (x: T.Tensor): T.Tensor => {
  if (x.dtype === 'int32' || x.dtype === 'bool') return x
  const size = T.abs(T.cast(x, 'float64'))
  const isTame = T.logicalOr(T.equal(size, 0), T.logicalAnd(T.greater(size, 1e-6), T.less(size, 1e6)))
  return T.where(isTame, x, 0.75)
}

const eager = <A>(run: () => A): A | undefined => {
  try {
    return run()
  } catch {
    return undefined
  }
}

await testWith(['onnxruntime-node'], '1,000 programs agree', async () => {
  const refused: string[] = []
  const differing: string[] = []
  for (const [i, { f, inputs: drawn }] of programs(1000, 16).entries()) {
    const inputs = drawn.map(tame)
    const wanted = eager(() => f(...inputs))
    if (wanted === undefined) continue
    const program = Debug.trace((...leaves: typeof inputs) => f(...leaves))(...inputs)
    const made = Export.onnx(program)
    if (isLeft(made)) {
      refused.push(made.left.message)
      continue
    }
    const names = program.equations.map(({ primitive }) => primitive.name).join(' ')
    try {
      const model = await modelOn('onnxruntime-node', made.right)
      const found = await model.run(inputs)
      await model.release()
      const off = wanted.map((each, k) => [distance(found[k]!, each), tolerances[each.dtype]] as const)
      const far = off.filter(([distance, allowed]) => !(distance <= allowed))
      if (far.length > 0) differing.push(`${i}: ${far.map(([d]) => d.toExponential(1)).join(', ')}: ${names}`)
    } catch (error) {
      differing.push(`${i}: ${String(error)}: ${names}`)
    }
  }
  console.log(`refused: ${refused.length}\n${[...new Set(refused)].join('\n')}`)
  expect(differing).toEqual([])
})

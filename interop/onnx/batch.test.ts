// Steps whose model takes any batch size, at other sizes than the one they were exported at.
import * as Export from 'pullback/Export'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { expectClose } from '../agree.js'
import { testWith } from '../engines.js'
import { steps } from '../steps.js'
import { bytesOf, modelOn } from './engine.js'

for (const { name, step, args, trains } of steps()) {
  if (!trains || name === 'small GPT') continue
  await testWith(['onnxruntime-node'], `${name} at batches of other sizes`, async () => {
    const [state, batch] = args
    const model = await modelOn('onnxruntime-node', bytesOf(Export.onnx(step, { batch: [1] })(state, batch)))
    for (const size of [1, 3]) {
      const part = Tree.map(batch, (leaf: T.Tensor) => T.slice(leaf, [[0, size]]))
      const wanted = Tree.flatten(step(state, part))
      const found = wanted.unflatten(await model.run(Tree.leaves([state, part])))
      expectClose(found, step(state, part), 1e-5)
    }
    await model.release()
  })
}

// The steps in onnxruntime-node, and in the WebAssembly of onnxruntime-web, both in Node, by the door that users have.
import { testWith } from '../engines.js'
import { expectOutcomes } from './expectOutcomes.js'
import { outcomes } from './outcome.js'

await testWith(['onnxruntime-node'], 'the steps run in onnxruntime-node', async () => {
  expectOutcomes('onnxruntime-node', await outcomes({ engine: 'node', threads: 1 }))
})

await testWith(['onnxruntime-web'], 'the steps run in onnxruntime-web, by WebAssembly in Node', async () => {
  expectOutcomes('onnxruntime-web in Node', await outcomes({ engine: 'web', threads: 1 }))
})

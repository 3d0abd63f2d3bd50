// The models that `npm test` holds the writer against, run on the engine. With KEEP=1 they are written anew after they have run.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as Debug from 'pullback/Debug'
import * as Export from 'pullback/Export'
import { models } from '../../test/export/onnxModels.js'
import { expectClose } from '../agree.js'
import { testWith } from '../engines.js'
import { bytesOf, modelOn } from './engine.js'

const keeps = process.env['KEEP'] === '1'

for (const { name, f, args } of models) {
  await testWith(['onnxruntime-node'], `${name} as it is kept`, async () => {
    const path = fileURLToPath(new URL(`../../test/export/onnx/${name}.onnx`, import.meta.url))
    const program = Debug.trace(f)(...args)
    const bytes = keeps ? bytesOf(Export.onnx(program)) : readFileSync(path)
    const model = await modelOn('onnxruntime-node', bytes)
    const found = program.unflatten(await model.run(program.flatten([...args])))
    await model.release()
    expectClose(found, f(...args), 1e-5)
    if (keeps) writeFileSync(path, bytes)
  })
}

/** Built packages in folders, since versions of it are compared: what they have is known, though not to the compiler. */
import { pathToFileURL } from 'node:url'
import type * as Tracing from '../src/compile/jit.js'
import type * as Running from '../src/compile/run.js'
import type * as Runners from '../src/compile/runner.js'
import type * as Transfer from '../src/compile/transfer.js'
import type * as Library from '../src/kernel/library/instance.js'
import type * as Encoding from '../src/kernel/wasm/encode.js'
import type * as Shapes from '../src/shape/model.js'
import type * as Model from '../src/tensor/model.js'
import type { Ours } from './steps.js'

const modules = ['Grad', 'Jit', 'Layer', 'Loss', 'Model', 'Optimizer', 'Random', 'Tensor', 'Train']

const imported = (folder: string, path: string): Promise<unknown> =>
  import(pathToFileURL(`${folder}/dist/${path}.js`).href).catch(() => undefined)

/** The modules of a package; those that it does not have are `undefined`. */
export const loadPackage = async (folder: string): Promise<Ours> => {
  const entry = async (name: string): Promise<readonly [string, unknown]> => [name, await imported(folder, name)]
  return Object.fromEntries(await Promise.all(modules.map(entry))) as unknown as Ours
}

export interface Compiler {
  readonly isConcrete: typeof Model.isConcrete
  readonly size: typeof Shapes.size
  readonly copyIn: typeof Transfer.copyIn
  readonly elementsAt: typeof Transfer.elementsAt
  readonly traceAt: typeof Tracing.traceAt
  readonly lowerProgram: typeof Running.lowerProgram
  readonly passed: typeof Runners.passed
  readonly madeOf: typeof Runners.madeOf
  readonly encode: typeof Encoding.encode
  readonly libraryOnce: typeof Library.libraryOnce
}

/** The inside of the compiler. */
export const loadCompiler = async (folder: string): Promise<Compiler> => {
  const compile = ['jit', 'run', 'runner', 'transfer'].map((file) => `compile/${file}`)
  const files = [...compile, 'kernel/wasm/encode', 'kernel/library/instance', 'shape/model', 'tensor/model']
  return Object.assign({}, ...(await Promise.all(files.map((file) => imported(folder, file))))) as Compiler
}

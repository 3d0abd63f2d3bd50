/** A prepared program as a model of ONNX. */
import type { ModelProto } from '../../../onnx/model.js'
import type { Program } from '../../../primitive/model.js'
import type { Formula } from '../model.js'
import { translator } from '../translate.js'
import { full, infoOf, newWriter, ownNames, whole } from './graph.js'
import { onnx } from './language.js'
import { renamed, withBiases, withoutDead } from './passes.js'

/** The names of a function's arguments and results, in the order of the program's inputs and outputs. */
export interface Names {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/** The model of a program that holds only equations which ONNX has. */
export const modelOf = (program: Program, names: Names, formula: Formula, language: typeof onnx = onnx): ModelProto => {
  const writer = { ...newWriter(), label: 'result' }
  const inputs = program.inputs.map((input, i) => whole(names.inputs[i]!, input))
  const outputs = translator(language, formula)(writer, program, inputs)
  const found = ownNames(
    writer,
    outputs.map((value) => full(writer, value))
  )
  const lean = withoutDead({
    name: 'pullback',
    node: writer.draft.nodes,
    initializer: writer.root.initializers,
    input: program.inputs.map((input, i) => infoOf(names.inputs[i]!, input)),
    output: outputs.map((value, i) => infoOf(found[i]!, value))
  })
  const joined = withBiases(lean, (row, product) => writer.root.rows.get(product)?.has(row) ?? false)
  return {
    irVersion: 9,
    opsetImport: [{ domain: '', version: 18 }],
    producerName: 'pullback',
    graph: renamed(joined, new Map(found.map((name, i) => [name, names.outputs[i]!]))),
    functions: []
  }
}

/** A prepared program as the text of a StableHLO module. */
import type { Program, TensorType } from '../../../primitive/model.js'
import type { Formula } from '../model.js'
import { translator } from '../translate.js'
import { stableHloLanguage } from './language.js'
import { quoted, typeText, typesText } from './text.js'
import { type Value, locationLines, namesOf, newWriter } from './writer.js'

/** What the inputs and outputs are called. */
export interface Paths {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

const described = (type: TensorType, path: string): string => `${typeText(type)} {pullback.path = ${quoted(path)}}`

/** The text of a module whose function `main` is the program. */
export const moduleText = (program: Program, paths: Paths, formula: Formula): string => {
  const writer = newWriter()
  const inputs = program.inputs.map(({ shape, dtype }, i): Value => ({ id: `%arg${i}`, shape, dtype }))
  const outputs = translator(stableHloLanguage, formula)(writer, program, inputs)
  const given = inputs.map((input, i) => `${input.id}: ${described(input, paths.inputs[i]!)}`)
  const results = outputs.map((output, i) => described(output, paths.outputs[i]!))
  const end = outputs.length === 0 ? 'return' : `return ${namesOf(outputs)} : ${typesText(outputs)}`
  return [
    'module @pullback {',
    `  func.func public @main(${given.join(', ')}) -> (${results.join(', ')}) {`,
    ...writer.lines,
    `    ${end}`,
    '  }',
    '}',
    ...locationLines(writer),
    ''
  ].join('\n')
}

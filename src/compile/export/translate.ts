/** Programs written in a format, equation by equation. */
import { type Atom, type Equation, type TensorType, Variable } from '../../primitive/model.js'
import { isConcrete } from '../../tensor/model.js'
import type { Formula, Inner, Language } from './model.js'
import { writeScalar } from './scalars.js'

/** Writes programs that hold only equations which the format has, from the values of their inputs to those of their outputs. */
export const translator = <W, V extends TensorType>(language: Language<W, V>, formula: Formula): Inner<W, V> => {
  const translate: Inner<W, V> = (writer, program, inputs) => {
    const values = new Map<Variable, V>(program.inputs.map((input, i) => [input, inputs[i]!]))
    const valueOf = (at: W, atom: Atom): V => {
      if (atom instanceof Variable) return values.get(atom)!
      if (isConcrete(atom)) return language.constant(at, atom)
      throw new TypeError(
        'export: a constant of the program is a value of a transformation; expected a concrete tensor'
      )
    }
    const write = (each: Equation): readonly V[] => {
      const own = language.at(writer, each)
      const operands = each.operands.map((operand) => valueOf(own, operand))
      const rule = ruleFor(language, each)
      return rule === undefined
        ? [writeScalar(language, formula, own, each, operands)]
        : rule.write(own, operands, each.params, each.results, translate)
    }
    for (const each of program.equations) {
      const written = write(each)
      each.results.forEach((result, i) => values.set(result, written[i]!))
    }
    return program.outputs.map((output) => valueOf(writer, output))
  }
  return translate
}

type RuleOf<W, V extends TensorType> = ReturnType<Language<W, V>['rules']['get']>

/** The rule that writes an equation; an elementwise equation that it refuses is written from its expression. */
const ruleFor = <W, V extends TensorType>({ rules }: Language<W, V>, each: Equation): RuleOf<W, V> => {
  const rule = rules.get(each.primitive)
  return rule?.refuses?.(each.operands, each.params, each.results) === undefined ? rule : undefined
}

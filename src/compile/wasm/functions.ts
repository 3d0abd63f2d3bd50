/** The functions of float32, as WebAssembly functions or as steps between others. */
import { functions } from '../../kernel/functions/definitions.js'
import type { Node } from '../../kernel/functions/model.js'
import { locals } from '../../kernel/wasm/build.js'
import type { Func } from '../../kernel/wasm/model.js'
import { type Width, nodeSteps, typeOf } from './nodes.js'
import type { Steps } from './values.js'

export type FunctionName = keyof typeof functions

/**
 * The steps of a function, on locals with its operands: for loops, in which calls take twice as long. Its own locals are named `prefix` and
 * a number.
 */
export const inlined = (name: FunctionName, width: Width, operands: readonly string[], prefix: string): Steps =>
  nodeSteps(functions[name].node, width, operands, prefix)

const below = (root: Node, within: Set<Node> = new Set()): ReadonlySet<Node> => {
  if (within.has(root)) return within
  within.add(root)
  for (const each of root.args) below(each, within)
  return within
}

/** Whether a function has two operands. */
export const isBinary = (name: FunctionName): boolean =>
  [...below(functions[name].node)].some(({ op, value }) => op === 'operand' && value === 1)

/** A function of its own, `${name}_f64` of numbers or `${name}_f64x2` of vectors of two. */
export const functionOf = (name: FunctionName, width: Width): Func => {
  const operands = isBinary(name) ? ['x', 'y'] : ['x']
  const { locals: own, statements, value } = inlined(name, width, operands, 't')
  return {
    name: `${name}_${width}`,
    exported: false,
    params: locals(typeOf(width), operands),
    results: [typeOf(width)],
    locals: own,
    body: [...statements, value]
  }
}

/** The functions of kernel/functions/reduction.ts that these import, by their names there. */
export const importsOf = (names: readonly FunctionName[]): ReadonlyArray<'quarter' | 'rest'> => {
  const ops = new Set(names.flatMap((name) => [...below(functions[name].node)].map(({ op }) => op)))
  return (['quarter', 'rest'] as const).filter((op) => ops.has(op))
}

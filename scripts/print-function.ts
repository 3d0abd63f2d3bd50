// Prints the definition of a function as TypeScript: one function of numbers, and its loop over float32.
import type { Definition } from '../src/kernel/functions/definitions.js'
import type { Node } from '../src/kernel/functions/model.js'

const infix: { readonly [op: string]: string } = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  less: '<',
  equal: '===',
  and: '&&',
  or: '||'
}

/** What is imported, by the name that the text has for it. */
const imported: { readonly [op: string]: string } = { scale: 'powersOfTwo', mantissa: 'powersOfTwo' }
const calls: ReadonlySet<string> = new Set(['exponent', 'twoOverPi', 'quarter', 'rest'])

const isLeaf = ({ op }: Node): boolean => op === 'operand' || op === 'constant'

/** Everything below nodes, themselves included. */
const reach = (roots: readonly Node[], within: Set<Node> = new Set()): Set<Node> => {
  for (const each of roots) {
    if (within.has(each)) continue
    within.add(each)
    reach(each.args, within)
  }
  return within
}

/** The statements of a function's body, and the names that it imports. */
const bodyOf = (root: Node): { readonly lines: readonly string[]; readonly imports: ReadonlySet<string> } => {
  const uses = new Map<Node, number>()
  for (const { args } of reach([root])) for (const each of args) uses.set(each, (uses.get(each) ?? 0) + 1)
  const names = new Map<Node, string>()
  const imports = new Set<string>()
  const lines: string[] = []

  const text = (node: Node): string => {
    const { op, args, value } = node
    const [a = '', b = '', c = ''] = args.map(named)
    if (op === 'operand') return 'xy'[value]!
    if (op === 'constant') return value < 0 ? `(${value})` : `${value}`
    if (op === 'add' && args[1]?.op === 'constant' && args[1].value < 0) return `(${a} - ${-args[1].value})`
    if (op in infix) return `(${a} ${infix[op]} ${b})`
    if (op in imported) imports.add(imported[op]!)
    if (calls.has(op)) imports.add(op)
    switch (op) {
      case 'neg':
        return `-${a}`
      case 'not':
        return `!${a}`
      case 'abs':
      case 'floor':
        return `Math.${op}(${a})`
      case 'negative':
        return `(${a} < 0 || 1 / ${a} < 0)`
      case 'select':
        return `(${a} ? ${b} : ${c})`
      case 'bit':
        return `((${a} & ${1 << value}) !== 0)`
      case 'scale':
        return `powersOfTwo[(${a} + 1025) | 0]!`
      case 'mantissa':
        return `(${a} * powersOfTwo[1025 - ${b}]!)`
      case 'twoOverPi':
        return `twoOverPi(${value}, ${a})`
      default:
        return `${op}(${a})`
    }
  }

  /** The text of a value; what stands in several places is given a name before it. */
  const named = (node: Node): string => {
    const known = names.get(node)
    if (known !== undefined) return known
    const it = text(node)
    if (isLeaf(node) || (uses.get(node) ?? 0) < 2) return it
    const name = `t${names.size + 1}`
    names.set(node, name)
    lines.push(`const ${name} = ${it}`)
    return name
  }

  const isShort = (node: Node): boolean => [...reach([node], new Set(names.keys()))].length - names.size < 8

  /** Statements that return a value: choices leave early, so that what is not chosen is not computed. */
  const returns = (node: Node): void => {
    const [condition, onTrue, onFalse] = node.args
    if (node.op !== 'select' || condition === undefined || onTrue === undefined || onFalse === undefined) {
      lines.push(`return ${named(node)}`)
      return
    }
    const test = named(condition)
    const others = reach([onFalse])
    const both = [...reach([onTrue])].filter((each) => others.has(each) && (uses.get(each) ?? 0) > 1 && !isLeaf(each))
    for (const each of both.reverse()) named(each)
    if (isShort(onTrue) && isShort(onFalse)) lines.push(`return ${test} ? ${named(onTrue)} : ${named(onFalse)}`)
    else if (isShort(onTrue)) {
      lines.push(`if (${test}) return ${named(onTrue)}`)
      returns(onFalse)
    } else {
      lines.push(`if (!(${test})) return ${named(onFalse)}`)
      returns(onTrue)
    }
  }

  returns(root)
  return { lines, imports }
}

const loops: readonly string[] = [
  '(n, x, p, pStep, out, to) => { for (const end = to + n; to < end; to++, p += pStep) out[to] = f(x[p]!) }',
  '(n, x, p, pStep, y, q, qStep, out, to) => { for (const end = to + n; to < end; to++, p += pStep, q += qStep) out[to] = f(x[p]!, y[q]!) }'
]

const types: readonly string[] = ['UnaryLoop', 'BinaryLoop']

/** The type of the loop of a function of so many numbers. */
export const typeOfLoop = (arity: number): string => types[arity - 1]!

/** The loop of a function: a text of its own, as V8 keeps what it learns of types with the text. */
export const loopOf = (name: string, arity: number): string =>
  `export const ${name}Loop: ${typeOfLoop(arity)} = ${loops[arity - 1]!.replace('f(', `${name}(`)}`

/** A function as a declaration, and what it imports. */
export const printed = (
  name: string,
  { says, node }: Definition
): { readonly text: string; readonly arity: number; readonly imports: ReadonlySet<string> } => {
  const { lines, imports } = bodyOf(node)
  const arity = [...reach([node])].some(({ op, value }) => op === 'operand' && value === 1) ? 2 : 1
  const parameters = arity === 1 ? 'x: number' : 'x: number, y: number'
  return {
    text: `/** ${says} */\nexport const ${name} = (${parameters}): number => {\n${lines.join('\n')}\n}`,
    arity,
    imports
  }
}

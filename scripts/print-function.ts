// Prints the definition of a function as TypeScript: one function of numbers, and its loop over float32.
import type { Definition } from '../src/kernel/functions/definitions.js'
import type { Node } from '../src/kernel/functions/model.js'

const infix = { add: '+', sub: '-', mul: '*', div: '/', less: '<', equal: '===', and: '&&', or: '||' }

/** What the text of a node needs of other files: arrays, by the names that they have here, and functions. */
const arrays: { readonly [op: string]: readonly (readonly [local: string, name: string])[] } = {
  scale: [['powers', 'powersOfTwo']],
  mantissa: [['powers', 'powersOfTwo']],
  exponent: [
    ['float', 'number'],
    ['word', 'words']
  ]
}
const calls: ReadonlySet<string> = new Set(['twoOverPi', 'quarter', 'rest'])

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

/** A value in several places: statements before it, and its own text. */
interface Printed {
  readonly lines: readonly string[]
  readonly value: string
}

/** What is done about a rare value: the function is left with it, or the loop is left. */
type Exit = 'return' | 'break'

/**
 * The statements of a body and its value. A choice of the whole value between a short side and another one is an exit, so that
 * the other side is computed only where it is wanted, and without the joint behind it, which costs V8 a quarter of the time.
 */
const bodyOf = (root: Node, exit: Exit): Printed => {
  const uses = new Map<Node, number>()
  for (const { args } of reach([root])) for (const each of args) uses.set(each, (uses.get(each) ?? 0) + 1)
  const names = new Map<Node, string>()
  const lines: string[] = []

  const text = (node: Node): string => {
    const { op, args, value } = node
    const [a = '', b = '', c = ''] = args.map(named)
    switch (op) {
      case 'add':
      case 'sub':
      case 'mul':
      case 'div':
      case 'less':
      case 'equal':
      case 'and':
      case 'or':
        return op === 'add' && b.startsWith('(-') ? `(${a} - ${b.replace('(-', '(')})` : `(${a} ${infix[op]} ${b})`
      case 'operand':
        return 'xy'[value]!
      case 'constant':
        return value < 0 ? `(${value})` : `${value}`
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
        return `powers[(${a} + 1025) | 0]!`
      case 'mantissa':
        return `(${a} * powers[(1025 - ${b}) | 0]!)`
      case 'exponent':
        lines.push(`float[0] = ${a}`)
        return '(((word[1]! & 0x7fffffff) - 0x3fe6a09e) >> 20)'
      case 'twoOverPi':
        return `twoOverPi(${value}, ${a})`
      case 'quarter':
      case 'rest':
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

  const isShort = (node: Node): boolean => reach([node], new Set(names.keys())).size - names.size < 8

  const leave = (condition: string, node: Node): void => {
    lines.push(exit === 'break' ? `if (${condition}) break` : `if (${condition}) return ${named(node)}`)
  }

  const chosen = (node: Node): string => {
    const [condition, onTrue, onFalse] = node.args
    if (node.op !== 'select' || condition === undefined || onTrue === undefined || onFalse === undefined)
      return named(node)
    const others = reach([onFalse])
    const both = [...reach([onTrue])].filter((each) => others.has(each) && (uses.get(each) ?? 0) > 1 && !isLeaf(each))
    const test = named(condition)
    for (const each of both.reverse()) named(each)
    if (isShort(onTrue) && isShort(onFalse)) return named(node)
    if (isShort(onTrue)) {
      leave(test, onTrue)
      return chosen(onFalse)
    }
    leave(`!(${test})`, onFalse)
    return chosen(onTrue)
  }

  const value = chosen(root)
  return { lines, value }
}

// -----------------------------------------------------------------------------
// loops
// -----------------------------------------------------------------------------

const types: readonly string[] = ['UnaryLoop', 'BinaryLoop']

/** The type of the loop of a function of so many numbers. */
export const typeOfLoop = (arity: number): string => types[arity - 1]!

const parameters: readonly string[] = ['n, from, p, step, out, to', 'n, x, p, pStep, y, q, qStep, out, to']

/** A loop that calls its function: a text of its own, as V8 keeps what it learns of types with the text. */
export const loopOf = (name: string, arity: number): string =>
  `export const ${name}Loop: ${typeOfLoop(arity)} = (${parameters[arity - 1]!}) => {
    for (const end = to + n; to < end; to++, ${arity === 1 ? 'p += step' : 'p += pStep, q += qStep'}) {
      out[to] = ${name}(${arity === 1 ? 'from[p]!' : 'x[p]!, y[q]!'})
    }
  }`

/**
 * A loop with the body of its function in it, where elements lie side by side. Rare values are left to the function, and the
 * loop goes on behind them.
 */
const loopWith = (name: string, { lines, value }: Printed): string => {
  const rounds = `for (; to < end; to++) {
        const x = from[to]!
        ${lines.join('\n')}
        out[to] = ${value}
      }`
  const all = lines.some((line) => line.endsWith('break'))
    ? `for (; to < end; to++) {
        ${rounds}
        if (to < end) out[to] = ${name}(from[to]!)
      }`
    : rounds
  return `export const ${name}Loop: ${typeOfLoop(1)} = (${parameters[0]!}) => {
    const end = to + n
    if (step === 1 && p === to) {
      ${all}
    } else {
      for (; to < end; to++, p += step) out[to] = ${name}(from[p]!)
    }
  }`
}

// -----------------------------------------------------------------------------
// functions
// -----------------------------------------------------------------------------

interface Code {
  readonly arity: number
  /** The names of the arrays and functions of other files. */
  readonly imports: readonly string[]
  /** Constants that hold the arrays: V8 reads an import again in every round, and a constant once. */
  readonly constants: readonly string[]
  readonly code: string
  readonly loop: string
}

/** A function as a declaration, its loop, and what both need. */
export const printed = (name: string, { says, node }: Definition): Code => {
  const nodes = [...reach([node])]
  const arity = nodes.some(({ op, value }) => op === 'operand' && value === 1) ? 2 : 1
  const { lines, value } = bodyOf(node, 'return')
  const needed = new Map(nodes.flatMap(({ op }) => arrays[op] ?? []))
  return {
    arity,
    imports: [...needed.values(), ...new Set(nodes.map(({ op }) => op).filter((op) => calls.has(op)))],
    constants: [...needed].map(([local, array]) => `const ${local} = ${array}`),
    code: `/** ${says} */
      export const ${name} = (${arity === 1 ? 'x: number' : 'x: number, y: number'}): number => {
        ${lines.join('\n')}
        return ${value}
      }`,
    loop: arity === 1 ? loopWith(name, bodyOf(node, 'break')) : loopOf(name, arity)
  }
}

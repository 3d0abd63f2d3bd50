/**
 * Functions of float64 numbers as graphs: each has one definition, which is printed as TypeScript, and can be printed as
 * vector instructions that give the same bits.
 */

/**
 * What a node computes from its arguments, each step rounded as IEEE 754 says. Comparisons and what is made of them are
 * conditions, and stand only where one is expected.
 */
type Op =
  // the operand or the constant that `value` says
  | 'operand'
  | 'constant'
  // numbers of numbers
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'neg'
  | 'abs'
  | 'floor'
  // conditions; the sign bit is set in `negative`
  | 'less'
  | 'equal'
  | 'negative'
  | 'and'
  | 'or'
  | 'not'
  // the second argument where the first holds, else the third
  | 'select'
  // 2^k for a whole k, from -1023, of which it is 0, to 1024, of which it is Infinity
  | 'scale'
  // bit `value` of a whole number below 2^31 in size, in two's complement, as a condition
  | 'bit'
  // the whole e for which x 2^-e is from sqrt(1/2) to sqrt(2), for positive normal x; and x 2^-e from x and that e
  | 'exponent'
  | 'mantissa'
  // 2^24 times part `value` of (2^(e - 24) 2 / pi mod 4): part 0 has the bits down to 2^-27, each other the next 29
  | 'twoOverPi'
  // the functions of these names, which have graphs of their own
  | 'quarter'
  | 'rest'

export interface Node {
  readonly op: Op
  readonly args: readonly Node[]
  readonly value: number
}

/** A number stands for a constant. */
export type Term = Node | number

const lift = (term: Term): Node => (typeof term === 'number' ? { op: 'constant', args: [], value: term } : term)

const node =
  (op: Op, value = 0) =>
  (...args: readonly Term[]): Node => ({ op, args: args.map(lift), value })

export const x: Node = node('operand', 0)()
export const y: Node = node('operand', 1)()

type Make1 = (a: Term) => Node
type Make2 = (a: Term, b: Term) => Node

export const add: Make2 = node('add')
export const sub: Make2 = node('sub')
export const mul: Make2 = node('mul')
export const div: Make2 = node('div')
export const neg: Make1 = node('neg')
export const abs: Make1 = node('abs')
export const floor: Make1 = node('floor')
export const less: Make2 = node('less')
export const equal: Make2 = node('equal')
export const negative: Make1 = node('negative')
export const and: Make2 = node('and')
export const or: Make2 = node('or')
export const not: Make1 = node('not')
export const select: (condition: Node, onTrue: Term, onFalse: Term) => Node = node('select')
export const scale: Make1 = node('scale')
export const exponent: Make1 = node('exponent')
export const mantissa: Make2 = node('mantissa')
export const quarter: Make1 = node('quarter')
export const rest: Make1 = node('rest')

export const bit = (place: number, k: Term): Node => node('bit', place)(k)
export const twoOverPi = (part: number, e: Term): Node => node('twoOverPi', part)(e)

/** 1.5 2^52: a number up to 2^51 in size is rounded to a whole one, ties to even, when this is added. */
export const ROUNDER = 6755399441055744

/** The nearest whole number. */
export const nearest = (a: Term): Node => sub(add(a, ROUNDER), ROUNDER)

/** The smaller of a number and a constant, and the larger; NaN stays. */
export const atMost = (a: Node, bound: number): Node => select(less(bound, a), bound, a)
export const atLeast = (a: Node, bound: number): Node => select(less(a, bound), bound, a)

/** c0 + c1 a + c2 a^2 + ..., from the highest power down. */
export const polynomial = (coefficients: readonly number[], a: Node): Node =>
  coefficients.reduceRight<Node | undefined>(
    (sum, c) => (sum === undefined ? lift(c) : add(mul(sum, a), c)),
    undefined
  ) ?? lift(0)

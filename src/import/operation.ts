/**
 * What an operation of ONNX must say to be imported: how many inputs it takes, and its work as tensor operations. An operation
 * reads its attributes once, when the model is loaded, so that what is wrong with them is known before anything runs.
 */
import type { ElementType } from '../onnx/model.js'
import type { Tensor } from '../tensor/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** An input, or `undefined` where a node leaves an optional one out. */
export type Given = Tensor | undefined

/** The values outside of a subgraph, by name. */
export type Outer = (name: string) => Tensor

/** The work of a node: its outputs from its inputs. */
export type Work = (inputs: readonly Given[], outer: Outer) => readonly Tensor[]

/** A graph inside a node, as a function of its inputs and of the values outside. */
export interface Subgraph {
  readonly inputs: number
  readonly outputs: number
  readonly types: readonly (ElementType | undefined)[]
  /** Whether the first output is the second input, or true: the condition of a loop that only counts. */
  readonly isEndless: boolean
  readonly run: (inputs: readonly Tensor[], outer: Outer) => readonly Tensor[]
}

/** Attributes by name, with their values where they are missing; one of another type is a fault of the model. */
export interface Attributes {
  readonly int: <D extends number | undefined>(name: string, missing: D) => number | D
  readonly float: <D extends number | undefined>(name: string, missing: D) => number | D
  readonly ints: (name: string) => readonly number[] | undefined
  readonly floats: (name: string) => readonly number[] | undefined
  readonly flag: (name: string, missing: boolean) => boolean
  /** One of several words; the first is that which is meant where the attribute is missing. */
  readonly word: <W extends string>(name: string, words: readonly [W, ...(readonly W[])]) => W
  readonly text: (name: string, missing: string) => string
  readonly texts: (name: string) => readonly string[] | undefined
  readonly tensor: (name: string) => { readonly value: Tensor; readonly type: ElementType } | undefined
  readonly elementType: <D extends ElementType | undefined>(name: string, missing: D) => ElementType | D
  readonly graph: (name: string, types: readonly (ElementType | undefined)[]) => Subgraph
  readonly has: (name: string) => boolean
}

/** A node as its operation sees it while the model is loaded. */
export interface Node extends Attributes {
  /** The version of the operator set. */
  readonly version: number
  /** The number of outputs that are named, those between them included. */
  readonly outputs: number
  /** Whether an output has a reader or is one of the graph's. */
  readonly asks: (output: number) => boolean
  /** Whether an input is given. */
  readonly gives: (input: number) => boolean
  /** The number of inputs. */
  readonly inputs: number
  /** The element type of an input, where it is known. */
  readonly type: (input: number) => ElementType | undefined
  /** Says what is wrong with the node; loading goes on, to find other faults. */
  readonly fault: (rule: string) => void
}

/** An operation: one entry of the table. */
export interface Operation {
  readonly least: number
  readonly most: number
  readonly prepare: (node: Node) => Work
  /** The element types of the outputs: by default all that of the first input. */
  readonly types?: (node: Node) => readonly (ElementType | undefined)[]
  /** Whether elements of narrow integers wrap around, as sums of them do. */
  readonly wraps?: boolean
  /** Whether its result is right for unsigned integers of 32 bits, which are int32 of the same bits here. */
  readonly unsigned?: boolean
}

/** Operations by name, of the standard domain. */
export type Operations = Readonly<Record<string, Operation>>

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/** The work on inputs in order, of which those that are needed are there: the loader has counted them. */
type Body = (...inputs: readonly Tensor[]) => Tensor | readonly Tensor[]

/** What an operation may say beside its work. */
type Traits = Pick<Operation, 'types' | 'wraps' | 'unsigned'>

/** Of an operation that leaves elements as they are. */
export const moving: Traits = { unsigned: true }

/** Takes optional inputs, which may be missing, to a body that says so in the types of its parameters. */
const asBody = (inputs: readonly Given[]): readonly Tensor[] => inputs as readonly Tensor[]

const isList = (x: Tensor | readonly Tensor[]): x is readonly Tensor[] => Array.isArray(x)

/** The work of a body. */
export const working =
  (body: Body): Work =>
  (inputs) => {
    const result = body(...asBody(inputs))
    return isList(result) ? result : [result]
  }

/** An operation of `least` to `most` inputs, whose body depends on the node's attributes. */
export const operation = (
  least: number,
  most: number,
  prepare: (node: Node) => Body,
  traits: Traits = {}
): Operation => ({
  least,
  most,
  prepare: (node) => working(prepare(node)),
  ...traits
})

/** An operation of `count` inputs without attributes. */
export const plain = (count: number, body: Body, traits: Traits = {}): Operation =>
  operation(count, count, () => body, traits)

/** The outputs are of one element type whatever the inputs are. */
export const always =
  (type: ElementType): NonNullable<Operation['types']> =>
  ({ outputs }) =>
    new Array<ElementType>(outputs).fill(type)

/** The outputs have the element type of one of the inputs. */
export const typeOfInput =
  (input: number): NonNullable<Operation['types']> =>
  ({ outputs, type }) =>
    new Array<ElementType | undefined>(outputs).fill(type(input))

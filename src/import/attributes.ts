/** The attributes of a node, each checked against the type that its operation wants, and against those that it knows. */
import * as E from 'fp-ts/lib/Either.js'
import { either } from '../internal/describe.js'
import type { AttributeProto, ElementType, GraphProto, TensorProto } from '../onnx/model.js'
import { type Constant, type Fitting, constantOf, elementTypeOf } from './elements.js'
import type { Attributes, Subgraph } from './operation.js'

/** A reader of attributes, and what no operation has asked for. */
export interface Reader {
  readonly attributes: Attributes
  readonly unread: () => readonly string[]
}

/** The value of an attribute by its type. */
interface Values {
  readonly float: number
  readonly int: number
  readonly string: string
  readonly tensor: TensorProto
  readonly graph: GraphProto
  readonly floats: readonly number[]
  readonly ints: readonly number[]
  readonly strings: readonly string[]
}

/** The value of an attribute that has the type that is asked for: its type decides that of the value. */
const valueOf = <K extends keyof Values>(attribute: AttributeProto, kind: K): Values[K] | undefined =>
  attribute.type === kind && 'value' in attribute ? (attribute.value as Values[K]) : undefined

/** What a graph becomes, with the types of its inputs. */
export type Compile = (graph: GraphProto, types: readonly (ElementType | undefined)[]) => Subgraph

/** Reads attributes once: what is wrong is said once, however often an operation asks. */
export const readerOf = (
  attributes: readonly AttributeProto[],
  fault: (rule: string) => void,
  compile: Compile,
  fitting: () => Fitting
): Reader => {
  const byName = new Map(attributes.map((attribute) => [attribute.name, attribute]))
  if (byName.size < attributes.length) fault('has two attributes of one name')
  const asked = new Set<string>()
  const wrong = new Set<string>()
  const constants = new Map<string, Constant | undefined>()
  const graphs = new Map<string, Subgraph>()
  const refuse = (name: string, rule: string): undefined => {
    if (!wrong.has(name)) fault(rule)
    wrong.add(name)
    return undefined
  }
  const value = <K extends keyof Values>(name: string, kind: K): Values[K] | undefined => {
    asked.add(name)
    const found = byName.get(name)
    if (found === undefined) return undefined
    return valueOf(found, kind) ?? refuse(name, `has an attribute ${name} of type ${found.type}; expected ${kind}`)
  }
  const int = <D extends number | undefined>(name: string, missing: D): number | D => value(name, 'int') ?? missing
  const constant = (name: string): Constant | undefined => {
    const found = value(name, 'tensor')
    if (found === undefined) return undefined
    if (!constants.has(name)) {
      const read = constantOf(found, fitting)
      if (E.isLeft(read)) refuse(name, `has a tensor ${name} that ${read.left}`)
      constants.set(name, E.isRight(read) ? read.right : undefined)
    }
    return constants.get(name)
  }
  return {
    attributes: {
      int,
      float: (name, missing) => value(name, 'float') ?? missing,
      ints: (name) => value(name, 'ints'),
      floats: (name) => value(name, 'floats'),
      flag: (name, missing) => int(name, Number(missing)) !== 0,
      word: (name, words) => {
        const found = value(name, 'string')
        if (found === undefined) return words[0]
        const known = words.find((each) => each === found)
        if (known === undefined) refuse(name, `has ${name} '${found.slice(0, 40)}'; expected ${either(words)}`)
        return known ?? words[0]
      },
      text: (name, missing) => value(name, 'string') ?? missing,
      texts: (name) => value(name, 'strings'),
      tensor: constant,
      elementType: (name, missing) => {
        const code = int(name, undefined)
        if (code === undefined) return missing
        const found = elementTypeOf(code)
        if (found === undefined) refuse(name, `has the element type ${code}; expected numbers or booleans`)
        return found ?? missing
      },
      graph: (name, types) => {
        const known = graphs.get(name)
        if (known !== undefined) return known
        const found = value(name, 'graph')
        if (found === undefined) refuse(name, `has no graph ${name}; expected one`)
        const made = found === undefined ? nothing : compile(found, types)
        graphs.set(name, made)
        return made
      },
      has: (name) => byName.has(name)
    },
    unread: () => [...byName.keys()].filter((name) => !asked.has(name))
  }
}

/** What stands for a graph that is not there; the fault has been said. */
const nothing: Subgraph = { inputs: 0, outputs: 0, types: [], isEndless: false, run: () => [] }

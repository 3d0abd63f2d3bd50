/** Maps that only one reduction reads move into it: their elements are computed where they are needed, and are not stored. */
import type { Expression } from '../primitive/expression.js'
import { equals, size } from '../shape/model.js'
import { type Access, type Graph, type Mapped, type Operation, type Value, type Whole, isWhole } from './graph.js'
import { emitterOf, inlines } from './lowerings.js'
import { operandOf } from './wasm/inlined.js'

/** Fewer elements than these are soon stored and read again, in less code. */
const least = 16

/** So many nodes of expressions may stand in one reduction, whose code has them up to sixteen times. */
const most = 16

/** So many operands, each of which has a pointer. */
const mostOperands = 4

/** Intrinsics of few instructions: beside others it does not matter what is stored. */
const quick = ['neg', 'abs', 'sqrt', 'floor', 'ceil', 'round', 'imul', 'min', 'max']

/** How many nodes an expression has; infinitely many, where it takes long. */
const costOf = (node: Expression): number => {
  if ('left' in node) return 1 + costOf(node.left) + costOf(node.right)
  if (node.op === 'select') return 1 + costOf(node.condition) + costOf(node.onTrue) + costOf(node.onFalse)
  if (node.op !== 'intrinsic') return 0
  return quick.includes(node.name) ? node.args.reduce((sum, each) => sum + costOf(each), 1) : Infinity
}

const mayEnclose = (operation: Operation): operation is Whole =>
  operation._tag === 'Whole' && inlines(operation) && size(operandOf(operation).shape) >= least

/** How often each value is read. */
const readings = ({ operations, outputs }: Graph): ReadonlyMap<Value, number> => {
  const result = new Map<Value, number>()
  for (const operand of [...operations.flatMap(({ operands }) => operands), ...outputs]) {
    if (operand._tag === 'Access') result.set(operand.value, (result.get(operand.value) ?? 0) + 1)
  }
  return result
}

/** The operations of a graph, where reductions have those maps inside that nothing else reads. */
export const enclosed = (graph: Graph): readonly Operation[] => {
  const { operations } = graph
  if (!operations.some(mayEnclose)) return operations
  const reads = readings(graph)
  const makers = new Map(operations.flatMap((each) => (each._tag === 'Map' ? [[each.results[0], each] as const] : [])))
  const gone = new Set<Operation>()

  /** The maps that a reduction alone reads, those behind others first. */
  const mapsOf = ({ operands: [operand] }: Whole): readonly Mapped[] => {
    const maps: Mapped[] = []
    const found = new Map<Value, number>()
    let cost = 0
    const read = (view: Access): void => {
      const maker = makers.get(view.value)
      if (maker === undefined || !isWhole(view) || !equals(view.shape, operand!.shape)) return
      const times = (found.get(view.value) ?? 0) + 1
      found.set(view.value, times)
      const more = costOf(maker.expression)
      if (times < reads.get(view.value)! || cost + more > most) return
      cost += more
      maps.push(maker)
      for (const each of maker.operands) if (each._tag === 'Access') read(each)
    }
    read(operand!)
    return maps
  }
  const withMaps = (operation: Whole): Whole => {
    const maps = mapsOf(operation)
    const own = new Set(maps.map(({ results }) => results[0]))
    const views = new Set(maps.flatMap(({ operands }) => operands))
    const operands = [...views].filter((each): each is Access => each._tag === 'Access' && !own.has(each.value))
    const given = { ...operation, operands, maps: [...maps].reverse() }
    if (operands.length === 0 || operands.length > mostOperands || emitterOf(given) === undefined) return operation
    for (const map of maps) gone.add(map)
    return given
  }
  const all = operations.map((each) => (mayEnclose(each) ? withMaps(each) : each))
  return all.filter((each) => !gone.has(each))
}

// What a model must be so that an engine can load it: every name is defined once, before it is used, and every graph gives its outputs.
import type { GraphProto, ModelProto } from '../../src/onnx/model.js'

const faultsIn = (graph: GraphProto, around: ReadonlySet<string>): readonly string[] => {
  const known = new Set(around)
  const faults: string[] = []
  const define = (name: string): void => {
    if (known.has(name)) faults.push(`${graph.name}: ${name} is defined twice`)
    known.add(name)
  }
  for (const { name } of [...graph.input, ...graph.initializer]) define(name)
  for (const { name, input, output, attribute } of graph.node) {
    for (const each of input) if (!known.has(each)) faults.push(`${name} reads ${each}, which is not defined yet`)
    for (const each of attribute) if (each.type === 'graph') faults.push(...faultsIn(each.value, known))
    output.forEach(define)
  }
  for (const { name, type } of graph.output) {
    if (!graph.node.some(({ output }) => output.includes(name))) faults.push(`${graph.name}: no node makes ${name}`)
    if (type?.kind !== 'tensor') faults.push(`${graph.name}: ${name} has no type`)
  }
  return faults
}

/** All that is wrong with the names of a model. */
export const faultsOf = ({ graph }: ModelProto): readonly string[] => faultsIn(graph, new Set())

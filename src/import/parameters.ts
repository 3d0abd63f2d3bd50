/** Parameters as a tree: names with dots are paths. */
import { isTensor, type Tensor } from '../tensor/model.js'
import type { Params } from './model.js'

/** Names with these parts can be levels of a tree. Hostile ones are long. */
const parts = /^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$/
const longest = 300

const isPath = (name: string): boolean => name.length <= longest && parts.test(name)

type Paths = ReadonlyMap<string, readonly string[]>

/** Whether a name is the beginning of another: then both cannot be paths. */
const collide = (names: readonly string[]): boolean => {
  const all = new Set(names)
  return names
    .filter(isPath)
    .some((name) => name.split('.').some((_, i, path) => i > 0 && all.has(path.slice(0, i).join('.'))))
}

/** The path of each parameter in the tree: the parts of its name, or its whole name. */
export const pathsOf = (names: readonly string[]): Paths => {
  const isFlat = collide(names)
  return new Map(names.map((name) => [name, !isFlat && isPath(name) ? name.split('.') : [name]]))
}

interface Branch extends Map<string, Tensor | Branch> {}

const grown = (branch: Branch): Params =>
  // As a field of its own, `__proto__` is one like others.
  Object.fromEntries([...branch].map(([key, value]) => [key, isTensor(value) ? value : grown(value)]))

/** The tree of parameters by name. */
export const treeOf = (values: ReadonlyMap<string, Tensor>, paths: Paths): Params => {
  const root: Branch = new Map()
  for (const [name, value] of values) {
    const path = paths.get(name)!
    const last = path.slice(0, -1).reduce<Branch>((branch, key) => {
      const below = branch.get(key)
      if (below !== undefined && !isTensor(below)) return below
      const made: Branch = new Map()
      branch.set(key, made)
      return made
    }, root)
    last.set(path.at(-1)!, value)
  }
  return grown(root)
}

/** The parameter at a path of a tree that was given. */
export const leafAt = (params: Params, path: readonly string[]): Tensor => {
  const found = path.reduce<Tensor | Params | undefined>(
    (branch, key) =>
      branch === undefined || isTensor(branch) || typeof branch !== 'object' || !Object.hasOwn(branch, key)
        ? undefined
        : branch[key],
    params
  )
  if (isTensor(found)) return found
  throw new TypeError(
    `Import.onnx: params.${path.join('.')} is missing; expected the parameters of the model, or a tree like them`
  )
}

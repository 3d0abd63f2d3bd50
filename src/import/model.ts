/** What an imported model is, and what may be wrong with a file. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import type { DType } from '../DType.js'
import type { Tensor } from '../tensor/model.js'

// -----------------------------------------------------------------------------
// errors
// -----------------------------------------------------------------------------

/**
 * What is wrong in a file, and where.
 *
 * @example
 * import type { Fault } from 'pullback/Import'
 *
 * const fault: Fault = { at: "initializer 'w'", rule: 'has 3 elements; expected 4 for shape [2, 2]' }
 * fault.at // => "initializer 'w'"
 */
export interface Fault {
  readonly at: string
  readonly rule: string
}

/**
 * An operation that is not imported, and the nodes that need it.
 *
 * @example
 * import type { UnknownOperation } from 'pullback/Import'
 *
 * const unknown: UnknownOperation = { operation: 'NonMaxSuppression', domain: '', version: 17, nodes: ['detect'] }
 * unknown.nodes // => ['detect']
 */
export interface UnknownOperation {
  readonly operation: string
  /** The operation's domain; empty for the operations of ONNX itself. */
  readonly domain: string
  /** The version of the operator set; 0 where the model does not state one. */
  readonly version: number
  /** The names of the nodes, or of their first outputs where they have none. */
  readonly nodes: readonly string[]
}

/**
 * Why a file is not imported: everything that was found wrong.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Import from 'pullback/Import'
 *
 * const places = ({ faults }: Import.ImportError): readonly string[] => faults.map(({ at }) => at)
 * E.mapLeft(places)(Import.onnx(Uint8Array.of(8, 8, 58, 99))) // => E.left(['model.graph'])
 */
export interface ImportError {
  readonly _tag: 'ImportError'
  readonly faults: readonly Fault[]
  readonly unknown: readonly UnknownOperation[]
  /** All of it as text, one to a line. */
  readonly message: string
}

// -----------------------------------------------------------------------------
// models
// -----------------------------------------------------------------------------

/**
 * An input or output of a model.
 *
 * @example
 * import type { Port } from 'pullback/Import'
 *
 * const port: Port = { name: 'x', elementType: 'float32', dtype: 'float32', shape: ['batch', 4] }
 * port.shape // => ['batch', 4]
 */
export interface Port {
  readonly name: string
  /** The element type in the file, such as `'int64'`; `undefined` where the file does not say it. */
  readonly elementType: string | undefined
  /** The element type of the tensor. */
  readonly dtype: DType | undefined
  /** Sizes, names of sizes that differ from call to call, and `undefined` where nothing is said; `undefined` for any shape. */
  readonly shape: readonly (number | string | undefined)[] | undefined
}

/**
 * Parameters by name: a tree of float tensors. Dots in names are levels of the tree: `layers.0.weight`.
 *
 * @example
 * import type { Params } from 'pullback/Import'
 * import * as T from 'pullback/Tensor'
 *
 * const params: Params = { fc: { weight: T.zeros([2, 3]), bias: T.zeros([2]) } }
 * Object.keys(params) // => ['fc']
 */
export interface Params {
  readonly [name: string]: Tensor | Params
}

/**
 * An imported model: its parameters, and a pure function of them and of its inputs, which `grad`, `vmap` and `jit` go through.
 *
 * @example
 * import type { Imported } from 'pullback/Import'
 * import * as T from 'pullback/Tensor'
 *
 * const predict = (model: Imported, x: T.Tensor): T.Tensor => model.apply(model.params)(x)[0]
 * predict.length // => 2
 */
export interface Imported {
  readonly params: Params
  /** The initializers that are not parameters, by name. */
  readonly constants: Readonly<Record<string, Tensor>>
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  /** Which program wrote the file, and by which versions of the format and of its operator sets, by domain. */
  readonly producer: {
    readonly name: string
    readonly irVersion: number
    readonly operatorSets: Readonly<Record<string, number>>
  }
  /**
   * The outputs of the model, in the order of `outputs`.
   *
   * @throws Error that names the node, when the shapes of inputs and parameters do not agree
   */
  readonly apply: (params: Params) => (...inputs: readonly Tensor[]) => ReadonlyNonEmptyArray<Tensor>
}

/**
 * The options of `onnx`.
 *
 * @example
 * import type { ImportOptions } from 'pullback/Import'
 *
 * const head: ImportOptions = { isParameter: (name) => name.startsWith('head.') }
 * head.isParameter?.('head.weight', [10, 64]) // => true
 */
export interface ImportOptions {
  /**
   * Which initializers of floats are parameters. By default all but scalars, masks with infinite elements, and those
   * that are only read as the statistics of BatchNormalization or as the scales of Resize.
   */
  readonly isParameter?: (name: string, shape: readonly number[]) => boolean
  /** The inputs, in order: any values of the graph, what comes before them is left out. By default those of the graph. */
  readonly inputs?: readonly string[]
  /** The outputs, in order: any values of the graph. By default those of the graph. */
  readonly outputs?: readonly string[]
}

/** A model, or what is wrong with its file. */
export type Result = Either<ImportError, Imported>

// -----------------------------------------------------------------------------
// faults
// -----------------------------------------------------------------------------

/** Faults as they are found; one run of the loader writes to it. */
export interface Faults {
  readonly add: (at: string, rule: string) => void
  readonly unknown: (operation: Omit<UnknownOperation, 'nodes'>, node: string) => void
  readonly found: () => ImportError | undefined
}

const lines = (faults: readonly Fault[], unknown: readonly UnknownOperation[]): readonly string[] => [
  ...faults.map(({ at, rule }) => `Import.onnx: ${at} ${rule}`),
  ...unknown.map(({ operation, domain, version, nodes }) => {
    const name = domain === '' ? operation : `${domain}.${operation}`
    const by = nodes.length > 3 ? `${nodes.slice(0, 3).join(', ')} and ${nodes.length - 3} more` : nodes.join(', ')
    return `Import.onnx: operation ${name} of version ${version} is unknown; it is needed by ${by}`
  })
]

/** The error of what was found. */
export const importError = (faults: readonly Fault[], unknown: readonly UnknownOperation[] = []): ImportError => ({
  _tag: 'ImportError',
  faults,
  unknown,
  message: lines(faults, unknown).join('\n')
})

/** A hostile file may have a fault in each of a million nodes. */
const mostFaults = 100

/** An empty list of faults. */
export const collector = (): Faults => {
  const faults: Fault[] = []
  const unknown = new Map<string, { readonly of: Omit<UnknownOperation, 'nodes'>; readonly nodes: string[] }>()
  return {
    add: (at, rule) => void (faults.length < mostFaults && faults.push({ at, rule })),
    unknown: (of, node) => {
      const key = JSON.stringify([of.domain, of.operation])
      const known = unknown.get(key)
      if (known === undefined) unknown.set(key, { of, nodes: [node] })
      else known.nodes.push(node)
    },
    found: () =>
      faults.length + unknown.size === 0
        ? undefined
        : importError(
            faults,
            [...unknown.values()].map(({ of, nodes }) => ({ ...of, nodes }))
          )
  }
}

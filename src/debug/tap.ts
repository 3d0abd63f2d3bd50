/** Looking at values as they pass, at any nesting of transformations. */
import { refusal } from '../internal/describe.js'
import { flag, options, text } from '../internal/options.js'
import { align } from '../primitive/batch.js'
import { real } from '../primitive/domain.js'
import { bind } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { show } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'
import { flattenAs } from '../tree/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A tapped value: its label, its place and its kind.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as T from 'pullback/Tensor'
 *
 * const seen: Debug.TapInfo[] = []
 * Debug.tap((_, info) => seen.push(info), { label: 'state' })({ w: T.zeros([2]) })
 * seen // => [{ label: 'state', path: 'w', kind: 'value', mapped: [] }]
 */
export interface TapInfo {
  /** The label of the tap; empty without one. */
  readonly label: string
  /** Where the value stands in the tree that was tapped: `layers[0].w`; empty for one tensor. */
  readonly path: string
  /** The value itself, or the cotangent that comes back to it. */
  readonly kind: 'value' | 'cotangent'
  /**
   * The sizes of the axes in front of the value over which `vmap` maps, the outermost first: one example has none of
   * them.
   */
  readonly mapped: readonly number[]
}

/**
 * The function that is called with every value that passes, as a concrete tensor.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as T from 'pullback/Tensor'
 *
 * const largest: number[] = []
 * const report: Debug.Report = (value) => largest.push(T.item(T.max(value)))
 * T.sum(Debug.tap(report)(T.of([1, 5, 2]))) // => T.scalar(8)
 * largest // => [5]
 */
export type Report = (value: Tensor, info: TapInfo) => unknown

/**
 * The options of `tap`.
 *
 * @example
 * import type { TapOptions } from 'pullback/Debug'
 *
 * const options: TapOptions = { label: 'hidden', cotangent: true }
 * options.label // => 'hidden'
 */
export interface TapOptions {
  /** The label that the report gets with the value. */
  readonly label?: string
  /** Whether cotangents are reported too, as they come back in a backward pass. */
  readonly cotangent?: boolean
}

/** The parameters of the primitive: a report, and the path and mapped axes of each operand. */
export interface Tapped {
  readonly label: string
  readonly report: Report
  readonly kind: TapInfo['kind']
  readonly cotangent: boolean
  readonly paths: readonly string[]
  /** For each operand the sizes of the axes that mappings have put in front of it. */
  readonly mapped: readonly (readonly number[])[]
}

// -----------------------------------------------------------------------------
// primitive
// -----------------------------------------------------------------------------

const choose = <A>(list: readonly A[], from: readonly (Tensor | undefined)[]): readonly A[] =>
  list.filter((_, i) => from[i] !== undefined)

/** Reports the cotangents that are there, and gives them on. */
const tapCotangents = (
  cotangents: readonly (Tensor | undefined)[],
  params: Tapped
): readonly (Tensor | undefined)[] => {
  const given = cotangents.filter((each) => each !== undefined)
  const back: Tapped = {
    ...params,
    kind: 'cotangent',
    cotangent: false,
    paths: choose(params.paths, cotangents),
    mapped: choose(params.mapped, cotangents)
  }
  const passed = bind(tapPrimitive, given, back)
  let next = 0
  return cotangents.map((each) => (each === undefined ? undefined : passed[next++]))
}

/** The identity, which reports its operands when it is run. */
export const tapPrimitive: Primitive<Tapped> = {
  name: 'tap',
  kind: 'view',
  effect: () => true,
  infer: (operands) => operands,
  evaluate: (operands, { report, label, kind, paths, mapped }) => {
    operands.forEach((value, i) => report(value, { label, path: paths[i] ?? '', kind, mapped: mapped[i] ?? [] }))
    return operands
  },
  derivative: {
    jvp: (tangents) => tangents,
    vjp: (_operands, _out, params) => (cotangents) =>
      params.cotangent ? tapCotangents(cotangents, params) : cotangents
  },
  batch: (operands, mapped, params, size) => {
    const sizes = params.mapped.map((before, i) => (mapped[i] === true ? [size, ...before] : before))
    return align(bind(tapPrimitive, operands, { ...params, mapped: sizes }), mapped, size)
  },
  sample: (draw) => {
    const operands = [draw.tensor(draw.shape(), real), draw.tensor(draw.shape(), real)]
    const params: Tapped = {
      label: '',
      report: () => undefined,
      kind: 'value',
      cotangent: true,
      paths: ['a', 'b'],
      mapped: [[], []]
    }
    return { operands, params }
  }
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const checkOptions = options<TapOptions>('tap', {
  label: text,
  cotangent: flag
})

/** The part of `console` that every host has. */
declare const console: { readonly log: (line: string) => void }

/** `loss.w, vmap over [3]: Tensor<[3], float32> [1, 2, 3]` */
const print: Report = (value, { label, path, kind, mapped }) => {
  const name = path === '' || path.startsWith('[') || label === '' ? `${label}${path}` : `${label}.${path}`
  const what = kind === 'value' ? '' : ', cotangent'
  const over = mapped.length === 0 ? '' : `, vmap over ${show(mapped)}`
  // oxlint-disable-next-line no-console -- printing is what it is for
  console.log(`${name}${what}${over}: ${String(value)}`)
}

/**
 * The identity on trees of tensors, which prints each leaf under a label, or passes it to a function, whenever a value
 * passes, at any nesting of transformations; everything else about it is pure.
 *
 * Inside of `grad`, `vjp` and `jvp` the value is reported, its derivative is the identity, and `cotangent: true`
 * reports the cotangent that comes back to it as well. Inside of `vmap` it is reported once for all examples, with the mapped axes in
 * front and their sizes in `mapped`. In a staged program (`trace`, `checkpoint`, the body of `scan`) it stays, also if
 * nobody uses its result, and reports each time that the program runs: under `checkpoint` again when the backward pass
 * recomputes. Values reported are concrete: they may be read.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Debug from 'pullback/Debug'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const lines: string[] = []
 * const report: Debug.Report = (value, { label, kind }) => lines.push(`${label} ${kind}: ${T.item(value)}`)
 * const f = (x: T.Tensor<[]>) => pipe(T.square(x), Debug.tap(report, { label: 'square', cotangent: true }), T.mul(10))
 * grad(f)(T.scalar(3)) // => T.scalar(60)
 * lines // => ['square value: 9', 'square cotangent: 10']
 */
export const tap = (labelOrReport: string | Report, given: TapOptions = {}): (<P>(tree: P) => P) => {
  checkOptions(given)
  const { label = '', cotangent = false } = given
  if (typeof labelOrReport !== 'string' && typeof labelOrReport !== 'function') {
    throw new TypeError(refusal('tap', 'the first argument', labelOrReport, 'a label or a function'))
  }
  const named = typeof labelOrReport === 'string' ? labelOrReport : label
  const report = typeof labelOrReport === 'string' ? print : labelOrReport
  return <P>(tree: P): P => {
    const { leaves, paths, unflatten } = flattenAs('tap', tree)
    const mapped = leaves.map(() => [])
    return unflatten(bind(tapPrimitive, leaves, { label: named, report, kind: 'value', cotangent, paths, mapped }))
  }
}

/** What the compiler makes of a function, as data and as text. */
import { requireFunctions } from '../calculus/arguments.js'
import { show as showProgram } from '../debug/show.js'
import { refusal } from '../internal/describe.js'
import { encode } from '../kernel/wasm/encode.js'
import { print } from '../kernel/wasm/text.js'
import type { Program } from '../primitive/model.js'
import { type ProgramCost, cost } from '../program/cost.js'
import { show as showShape, size } from '../shape/model.js'
import type { Value } from './graph.js'
import { traceAt } from './jit.js'
import { bytesOf } from './elements.js'
import type { Lowered } from './run.js'
import { madeOf, passed } from './runner.js'
import { type Kernel, namesOf } from './schedule.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A step of a compiled program: `loop` is one loop for elementwise operations, `code` another compiled operation, and `kernel` one that is run
 * by its own kernel, outside of WebAssembly.
 *
 * @example
 * import type { CompiledStep } from 'pullback/Jit'
 *
 * const isCompiled = (step: CompiledStep): boolean => step.by !== 'kernel'
 * isCompiled({ by: 'loop', operations: ['exp', 'add'], shape: [3] }) // => true
 */
export interface CompiledStep {
  readonly by: 'loop' | 'code' | 'kernel'
  /** The names of the primitives. */
  readonly operations: readonly string[]
  /** The shape of the first result. */
  readonly shape: readonly number[]
}

/**
 * A value in the memory of a compiled program: bytes `address` to `address + bytes`. Values that are not needed at the same time share bytes.
 *
 * @example
 * import type { Placed } from 'pullback/Jit'
 *
 * const placed: Placed = { name: 'input 0', address: 64, bytes: 12 }
 * placed.address // => 64
 */
export interface Placed {
  readonly name: string
  readonly address: number
  readonly bytes: number
}

/**
 * What the compiler made of a function at arguments of one form.
 *
 * @example
 * import * as Jit from 'pullback/Jit'
 * import * as T from 'pullback/Tensor'
 *
 * const lowered: Jit.LoweredFunction = Jit.lower((x: T.Tensor<[3]>) => T.exp(T.mul(x, 2)))(T.zeros([3]))
 * lowered.after.equations.map(({ primitive }) => primitive.name) // => ['mul', 'exp']
 */
export interface LoweredFunction {
  /** The program as it was traced. */
  readonly before: Program
  /** The program behind the passes. */
  readonly after: Program
  /** What `Program.cost` says of the program behind the passes. */
  readonly cost: ProgramCost
  /** What was compiled; `undefined` where the function runs eagerly, for the reason given. */
  readonly compiled:
    | {
        /** In the order in which they run. */
        readonly steps: readonly CompiledStep[]
        readonly memory: { readonly bytes: number; readonly values: readonly Placed[] }
        /** The module in the text format of WebAssembly, and its size in bytes. */
        readonly text: string
        readonly bytes: number
      }
    | undefined
  readonly reason: string | undefined
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const stepOf = (kernel: Kernel): CompiledStep => ({
  by: kernel._tag === 'Loop' ? 'loop' : kernel.emitter === undefined ? 'kernel' : 'code',
  operations: namesOf(kernel),
  shape: kernel._tag === 'Loop' ? kernel.shape : (kernel.operation.results[0]?.shape ?? [])
})

const placedIn = ({ graph, plan }: Lowered): readonly Placed[] => {
  const nameOf = (value: Value): string => {
    const input = graph.inputs.indexOf(value)
    return input >= 0 ? `input ${input}` : graph.constants.has(value) ? 'constant' : 'result'
  }
  return [...plan.addresses].map(([value, address]) => ({
    name: nameOf(value),
    address,
    bytes: size(value.shape) * bytesOf[value.dtype]
  }))
}

/**
 * What `jit` makes of a function at arguments: the program before and behind the passes, the steps that it runs in, the plan of its memory, the
 * module as text, sizes and costs. Of the arguments' tensors, only shapes and types are used.
 *
 * @throws TypeError when `f` is not a function
 * @throws LeakedTracerError when the function reads the value of a tensor
 *
 * @example
 * import * as Jit from 'pullback/Jit'
 * import * as T from 'pullback/Tensor'
 *
 * const { compiled } = Jit.lower((x: T.Tensor<[3]>) => T.exp(T.mul(x, 2)))(T.zeros([3]))
 * compiled?.steps // => [{ by: 'loop', operations: ['mul', 'exp'], shape: [3] }]
 */
export const lower = <Args extends readonly unknown[], R>(
  f: (...args: Args) => R,
  ...more: readonly []
): ((...args: Args) => LoweredFunction) => {
  requireFunctions('lower', { f }, more)
  return (...args) => {
    const { program } = traceAt('lower', f, args)
    const after = passed(program)
    const made = madeOf(program)
    const common = { before: program, after, cost: cost(after) }
    if (made._tag === 'Eager') return { ...common, compiled: undefined, reason: made.reason }
    const { lowered } = made
    return {
      ...common,
      compiled: {
        steps: lowered.schedule.kernels.map(stepOf),
        memory: { bytes: lowered.plan.bytes, values: placedIn(lowered) },
        text: print(lowered.code.module),
        bytes: encode(lowered.code.module).length
      },
      reason: undefined
    }
  }
}

// -----------------------------------------------------------------------------
// text
// -----------------------------------------------------------------------------

const requireLowered = (given: unknown): void => {
  if (typeof given === 'object' && given !== null && 'before' in given && 'cost' in given) return
  throw new TypeError(refusal('show', 'the operand', given, 'what lower(f)(...args) gives'))
}

const lineOf = ({ by, operations, shape }: CompiledStep): string =>
  `  ${by} ${showShape(shape)}: ${operations.join(' ')}`

/**
 * What was made of a function, to be read: sizes, steps and memory, and the program behind the passes. `compiled.text` has the module.
 *
 * @throws TypeError when the operand is not what `lower(f)(...args)` gives
 *
 * @example
 * import * as Jit from 'pullback/Jit'
 * import * as T from 'pullback/Tensor'
 *
 * const text = Jit.show(Jit.lower((x: T.Tensor<[3]>) => T.exp(T.mul(x, 2)))(T.zeros([3])))
 * text.split('\n')[0] // => '2 equations, 2 behind the passes; 1 step, 0 of them outside of WebAssembly'
 */
export const show = (lowered: LoweredFunction): string => {
  requireLowered(lowered)
  const { before, after, compiled, reason } = lowered
  const { flops } = lowered.cost
  const equations = `${before.equations.length} equations, ${after.equations.length} behind the passes`
  if (compiled === undefined) return `${equations}; runs eagerly: ${reason}\n${showProgram(after)}`
  const { steps, memory, bytes } = compiled
  const outside = steps.filter(({ by }) => by === 'kernel').length
  return [
    `${equations}; ${steps.length} ${steps.length === 1 ? 'step' : 'steps'}, ${outside} of them outside of WebAssembly`,
    `${bytes} bytes of code, ${memory.bytes} bytes of memory, ${flops} operations`,
    ...steps.map(lineOf),
    showProgram(after)
  ].join('\n')
}

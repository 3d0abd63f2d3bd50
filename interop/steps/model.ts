/** Programs that every engine runs: pure functions with their arguments, in either type of float. */
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'

/** A function of trees of tensors to a tree of tensors, with arguments to run it at. */
export interface Sample {
  readonly name: string
  readonly step: (...args: readonly unknown[]) => unknown
  readonly args: readonly unknown[]
  /** Whether it is a step of training: the arguments are a state and a batch, the result [state, { loss, gradient }]. */
  readonly trains: boolean
}

/** Casts a function of known arguments to one of any, which is called with those beside it only. */
export const sample = <Args extends readonly unknown[], R>(
  name: string,
  step: (...args: Args) => R,
  args: Args,
  trains = false
): Sample => ({ name, step: step as unknown as Sample['step'], args, trains })

const isFloat = ({ dtype }: T.Tensor): boolean => dtype === 'float32' || dtype === 'float64'

/** The same function at arguments whose floats are all of one type. */
export const inFloats = (dtype: 'float32' | 'float64', { args, ...rest }: Sample): Sample => ({
  ...rest,
  args: Tree.map(args, (leaf: T.Tensor) => (isFloat(leaf) ? T.cast(leaf, dtype) : leaf))
})

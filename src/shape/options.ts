/** Options in the types: the shapes of results that depend on them. */
import type { Shape } from './model.js'
import type { Reduce } from './axes.js'

/** The value of an option, or its default; both where the option may be missing. */
export type Given<Options, Key extends PropertyKey, Default> = Key extends keyof Options
  ? undefined extends Options[Key]
    ? Exclude<Options[Key], undefined> | Default
    : Options[Key]
  : Default

/** The shape after a reduction with options `{ axis, keepDims }`. */
export type Reduced<S extends Shape, Options> = Reduce<
  S,
  Given<Options, 'axis', undefined>,
  Given<Options, 'keepDims', false>
>

/** No other options than the known ones: a signature that is generic in its options would accept any without it. */
export type Only<Options, Known> = [Exclude<keyof Options, keyof Known>] extends [never]
  ? unknown
  : { readonly [Key in Exclude<keyof Options, keyof Known>]: never }

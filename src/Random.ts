/**
 * Random numbers from keys: Threefry-2x32, a counter-based generator, whose keys split.
 *
 * There is no hidden state: a draw is a pure function of its key, and stays the same in every release. Bits, uniform
 * numbers, coins, orders and choices without weights are the same on every machine, and so are normal numbers, Gumbel numbers
 * and categories in float32. In float64, and in truncated normal numbers and weighted choices, a logarithm of `Math` is taken:
 * machines on which it differs in the last place may differ there too.
 *
 * Use a key once; `split` makes new ones. Sequences of draws compose as `Random<A>`, which is fp-ts's `State<Key, A>`.
 *
 * Draws are differentiable in their parameters where these are tensors and the draw is a smooth function of them
 * (`uniform`, `truncatedNormal`, the tensor of `permutation` and `choice`); bits, coins and categories have derivative 0.
 *
 * Source: J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, Parallel random numbers: as easy as 1, 2, 3, SC'11
 * (2011).
 */
export { type ChoiceOptions, type PermutationOptions, choice, permutation } from './random/choose.js'
export { type CategoricalOptions, bernoulli, categorical } from './random/discrete.js'
export { type Keys, foldIn, key, split } from './random/key.js'
export type { Key } from './random/model.js'
export { gumbel, normal, truncatedNormal } from './random/normal.js'
export { type Random, chain, draw, map, of, reduce, replicate, sequence } from './random/state.js'
export { type UniformOptions, bits, uniform } from './random/uniform.js'

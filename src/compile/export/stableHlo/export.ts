/** Programs as StableHLO text. */
import { type Either, map } from 'fp-ts/lib/Either.js'
import { prepare } from '../export.js'
import type { Substitutes } from '../model.js'
import { coinByCoin } from '../decompose/coins.js'
import type { Unsupported } from '../refusals.js'
import { type Exports, exporting } from '../signature.js'
import { substitutes } from '../substitutes.js'
import { stableHloLanguage } from './language.js'
import { moduleText } from './module.js'

/** Those of a format whose programs devices share: no draw needs what another device has. */
const shared: Substitutes = {
  ...substitutes,
  decompositions: /* @__PURE__ */ new Map([...substitutes.decompositions, coinByCoin])
}

/**
 * A program, or a function at arguments, as the text of a StableHLO module for XLA: `stableHlo(program)`, or
 * `stableHlo(f)(...args)`, of which only shapes and types of the arguments are used.
 *
 * The module has one function, `main`. Its inputs are the leaves of the arguments in order, its outputs those of the result; each has
 * the attribute `pullback.path`, such as `args[0].w` or `result.loss`. Scopes are locations. The text holds operations of the core set
 * only, and nothing about devices. Float32 is computed in float32, so results differ by rounding; indices and steps of loops are not
 * checked: an index out of range is clamped or left out, a loop ends after `maxSteps`.
 *
 * A program that has operations which cannot be written is an `Unsupported`, which lists all of them.
 *
 * @throws LeakedTracerError when the function reads the value of a tensor
 * @throws TypeError when the function reads a value of a transformation around it that is not among its arguments
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Export from 'pullback/Export'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const text = Export.stableHlo(grad((x: T.Tensor<[]>) => T.sin(x)))(T.scalar(0))
 * E.isRight(text) && text.right.includes('stablehlo.cosine') // => true
 * E.isRight(text) && text.right.includes('%arg0: tensor<f32> {pullback.path = "args[0]"}') // => true
 */
export const stableHlo: Exports<Either<Unsupported, string>> = exporting('stableHlo', (named) =>
  map((program: typeof named.program) => moduleText(program, named, shared.formula))(
    prepare('stableHlo', stableHloLanguage, shared, named.program)
  )
)

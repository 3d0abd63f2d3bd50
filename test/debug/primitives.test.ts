// Every primitive is staged without its values, and its program gives the same bits. A new one needs no line here.
import * as fc from 'fast-check'
import { draw } from 'pullback/Arbitrary'
import * as Debug from 'pullback/Debug'
import { type TuplePrimitive, bind, bindTuple } from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { describe, expect, it } from 'vitest'
import { primitives } from '../law/primitives.js'

const numbers = (tree: unknown): readonly (readonly number[])[] => Tree.leaves(tree).map((leaf) => [...T.toArray(leaf)])

describe('every primitive', () => {
  it.each(primitives.map((found) => [`${found.primitive.name} (${found.place})`, found.primitive] as const))(
    'is staged by shapes and types alone: %s',
    (_, primitive) => {
      const { sample } = primitive
      if (sample === undefined) throw new Error('a sample is required')
      fc.assert(
        fc.property(draw({ maxElements: 16 }), (from) => {
          const { operands, params } = sample(from)
          const apply = (...args: readonly T.Tensor[]): readonly T.Tensor[] =>
            'derivative' in primitive
              ? [bind(primitive, args, params)]
              : bindTuple<unknown>(primitive satisfies TuplePrimitive<unknown>, args, params)
          const program = Debug.trace(apply)(...operands.map((each) => T.zerosLike(each)))
          expect(numbers(Debug.evaluate(program)(...operands))).toEqual(numbers(apply(...operands)))
        }),
        { numRuns: 10 }
      )
    }
  )
})

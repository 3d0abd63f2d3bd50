/** A shape and codes for its elements, which shrink together: the rest of the shape keeps its elements. */
import * as fc from 'fast-check'
import { type Shape, size } from '../shape/model.js'
import { codes } from './codes.js'
import { type ShapeBounds, shape as shapes } from './shape.js'

/** A shape, and a code for each element in row-major order. */
export interface Laid {
  readonly shape: Shape
  readonly codes: readonly number[]
}

/** The elements at one index along an axis, or all others. */
const sliced = ({ shape, codes: all }: Laid, axis: number, index: number, keep: boolean): readonly number[] => {
  const n = shape[axis]!
  const inner = size(shape.slice(axis + 1))
  return all.filter((_, i) => (Math.floor(i / inner) % n === index) === keep)
}

/** Fewer axes: one slice of a removed axis stays. */
const withoutAxes = function* (laid: Laid): Iterable<Laid> {
  const { shape } = laid
  for (let axis = 0; axis < shape.length; axis++) {
    const left = shape.filter((_, other) => other !== axis)
    for (let index = 0; index < shape[axis]!; index++) yield { shape: left, codes: sliced(laid, axis, index, true) }
  }
}

/** Smaller axes: one slice less. */
const withoutSlices = function* (laid: Laid): Iterable<Laid> {
  const { shape } = laid
  for (let axis = 0; axis < shape.length; axis++) {
    const n = shape[axis]!
    const left = shape.map((other, i) => (i === axis ? n - 1 : other))
    for (let index = 0; n > 1 && index < n; index++) yield { shape: left, codes: sliced(laid, axis, index, false) }
  }
}

class LaidOut extends fc.Arbitrary<Laid> {
  private readonly shapes: fc.Arbitrary<Shape>
  private readonly min: number
  private readonly max: number

  constructor(bounds: ShapeBounds, min: number, max: number) {
    super()
    this.shapes = shapes(bounds)
    this.min = min
    this.max = max
  }

  generate(random: fc.Random, bias: number | undefined): fc.Value<Laid> {
    const shape = this.shapes.generate(random, bias).value
    return new fc.Value(
      { shape, codes: codes(size(shape), this.min, this.max).generate(random, bias).value },
      undefined
    )
  }

  canShrinkWithoutContext(value: unknown): value is Laid {
    return typeof value === 'object' && value !== null && 'codes' in value
  }

  shrink(laid: Laid): fc.Stream<fc.Value<Laid>> {
    const { min, max } = this
    const candidates = function* (): IterableIterator<fc.Value<Laid>> {
      for (const smaller of withoutAxes(laid)) yield new fc.Value(smaller, undefined)
      for (const smaller of withoutSlices(laid)) yield new fc.Value(smaller, undefined)
      for (const { value } of codes(laid.codes.length, min, max).shrink(laid.codes, undefined)) {
        yield new fc.Value({ shape: laid.shape, codes: value }, undefined)
      }
    }
    return new fc.Stream(candidates())
  }
}

/** Shapes of any rank with codes from `min` to `max`, which contain 0. */
export const laid = (min: number, max: number): fc.Arbitrary<Laid> => new LaidOut({}, min, max)

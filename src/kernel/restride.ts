/** Reshaping without a copy. */

/**
 * The strides under which a view has another shape of the same size, in the same row-major order; `undefined` when a
 * copy is needed. Neighbouring axes that lie evenly are merged first, and each new axis is then split off a merged one.
 */
export const restride = (
  shape: readonly number[],
  strides: readonly number[],
  target: readonly number[]
): readonly number[] | undefined => {
  const sizes: number[] = []
  const steps: number[] = []
  for (let axis = 0; axis < shape.length; axis++) {
    const n = shape[axis]!
    if (n === 0) return undefined
    if (n === 1) continue
    const last = sizes.length - 1
    if (last >= 0 && steps[last] === strides[axis]! * n) {
      sizes[last]! *= n
      steps[last] = strides[axis]!
    } else {
      sizes.push(n)
      steps.push(strides[axis]!)
    }
  }
  const result = new Array<number>(target.length)
  let left = sizes.pop() ?? 1
  let step = steps.pop() ?? 0
  for (let axis = target.length - 1; axis >= 0; axis--) {
    const n = target[axis]!
    if (n !== 1 && left === 1) {
      left = sizes.pop() ?? 1
      step = steps.pop() ?? 0
    }
    if (left % n !== 0) return undefined
    result[axis] = step
    left /= n
    step *= n
  }
  return result
}

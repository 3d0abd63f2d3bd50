// Models that PyTorch has exported: their outputs and gradients are PyTorch's, and they learn.
import { describe, expect, test } from 'vitest'
import { grad, valueAndGrad } from 'pullback/Grad'
import type * as Import from 'pullback/Import'
import { jit } from 'pullback/Jit'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { vmap } from 'pullback/Vmap'
import { type Model, bytesOf, distance, imported, models, tensor } from './fixtures.js'

/** The mean of the squares of all outputs, as models.py has it. */
const lossOf =
  (model: Import.Imported, inputs: readonly T.Tensor[]) =>
  (params: Import.Params): T.Tensor<[]> =>
    model
      .apply(params)(...inputs)
      .map((y): T.Tensor => T.mean(T.square(T.cast(y, 'float32'))))
      .reduce((sum, each) => T.add(sum, each)) as T.Tensor<[]>

const leafAt = (params: Import.Params, name: string): T.Tensor | undefined =>
  name
    .split('.')
    .reduce<T.Tensor | Import.Params | undefined>((at, key) => (at as Import.Params)[key], params) as T.Tensor

const loaded = (each: Model) => ({ model: imported(bytesOf(each.model)), inputs: each.inputs.map(tensor) })

describe.each(models())('$name', (each) => {
  const { model, inputs } = loaded(each)
  const wanted = each.outputs.map(tensor)

  test('gives the outputs of PyTorch', () => {
    const outputs = model.apply(model.params)(...inputs)
    expect(outputs).toHaveLength(wanted.length)
    outputs.forEach((y, i) => expect(distance(y, wanted[i]!)).toBeLessThan(1e-6))
  })

  test('has the gradients of PyTorch', () => {
    const gradient = grad(lossOf(model, inputs))(model.params)
    const far = Object.entries(each.gradient).filter(
      ([name, value]) => !(distance(leafAt(gradient, name)!, tensor(value)) < 1e-5)
    )
    expect(far.map(([name]) => name)).toEqual([])
  })

  test('is compiled to the same bits', () => {
    const outputs = model.apply(model.params)(...inputs)
    const compiled = jit((params: Import.Params, xs: readonly T.Tensor[]) => model.apply(params)(...xs))
    compiled(model.params, inputs).forEach((y, i) => expect(T.eqStrict.equals(y, outputs[i]!)).toBe(true))
  })

  test('learns', () => {
    const step = valueAndGrad(lossOf(model, inputs))
    const [before, gradient] = step(model.params)
    const length = Tree.leaves(gradient).reduce((sum, g) => sum + T.item(T.sum(T.square(g))), 0)
    const next = Tree.zipWith(model.params, gradient, (p: T.Tensor, g: T.Tensor) =>
      T.sub(p, T.mul(g, (0.1 * T.item(before)) / length))
    )
    expect(T.item(lossOf(model, inputs)(next))).toBeLessThan(T.item(before))
  })
})

describe.each(models().filter((each) => each.anyBatch))('$name, of any number of examples,', (each) => {
  const { model, inputs } = loaded(each)
  const outputs = model.apply(model.params)(...inputs)

  test('takes twice as many, and goes through vmap', () => {
    const twice = model.apply(model.params)(...inputs.map((x) => T.concat([x, x])))
    twice.forEach((y, i) => expect(distance(y, T.concat([outputs[i]!, outputs[i]!]))).toBeLessThan(1e-6))
    const one = (...xs: readonly T.Tensor[]): readonly T.Tensor[] =>
      model
        .apply(model.params)(...xs.map((x) => T.expandDims(x, 0)))
        .map((y) => T.at(y, 0))
    const mapped = vmap(one)(inputs[0]!) as readonly T.Tensor[]
    mapped.forEach((y, i) => expect(distance(y, outputs[i]!)).toBeLessThan(1e-6))
  })
})

import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { cond } from 'pullback/Control'
import { checkpoint, grad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Optimizer from 'pullback/Optimizer'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'

/** Library functions as plain JavaScript sees them. */
const plain = (f: unknown): ((...args: readonly unknown[]) => unknown) => f as (...args: readonly unknown[]) => unknown

const messageOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return error instanceof Error ? error.message : 'no error'
  }
  return 'nothing was thrown'
}

describe('values in sentences', () => {
  const scaleBy = (x: unknown): string => messageOf(() => plain(Optimizer.clipByGlobalNorm)(x))
  const sentence = (given: string): string => `clipByGlobalNorm: norm is ${given}; expected a number above 0`

  it.each([
    [undefined, 'undefined'],
    [-1, '-1'],
    [10n, '10n'],
    ['a', "'a'"],
    ['a'.repeat(40), `'${'a'.repeat(40)}'`],
    ['a'.repeat(41), `'${'a'.repeat(40)}...'`],
    [() => 1, 'a function'],
    [T.ones([2, 3]), 'a tensor of shape [2, 3]'],
    [T.scalar(1), 'a tensor of shape []'],
    [new Date(), 'an object of class Date'],
    [[1, NaN], '[1, NaN]'],
    [[1, 2, 3, 4, 5, 6, 7], '[1, 2, 3, 4, 5, 6, ...]'],
    [{ learningRate: T.scalar(1) }, '{ learningRate: a tensor of shape [] }'],
    [Object.create(null), '{}'],
    [{ a: { b: { c: { d: { e: 1 } } } } }, '{ a: { b: { c: { d: ... } } } }']
  ])('%s', (given, shown) => {
    expect(scaleBy(given)).toBe(sentence(shown))
  })

  it('an object of another realm counts as options', () => {
    const foreign: unknown = runInNewContext('({ axis: 0 })')
    expect(plain(T.sum)(T.of([1, 2]), foreign)).toEqual(T.scalar(3))
    expect(scaleBy(foreign)).toBe(sentence('{ axis: 0 }'))
  })

  it('a value that holds itself', () => {
    const circle: { self?: unknown } = {}
    circle.self = circle
    expect(scaleBy(circle)).toBe(sentence('{ self: { self: { self: { self: ... } } } }'))
  })

  it.each([
    ['grad', (f: (x: T.Tensor<[2]>) => T.Tensor<[]>) => grad(f)(T.of([1, 2]))],
    ['vmap', (f: (x: T.Tensor<[2]>) => T.Tensor<[]>) => vmap(f)(T.ones([3, 2]))],
    ['checkpoint', (f: (x: T.Tensor<[2]>) => T.Tensor<[]>) => checkpoint(f)(T.of([1, 2]))]
  ])('a tensor inside %s is one by its shape, not by its class', (_name, run) => {
    const given = (f: (x: unknown) => unknown): string =>
      messageOf(() =>
        run((x) => {
          f(x)
          return T.sum(x)
        })
      )
    expect(given((x) => plain(Optimizer.clipByGlobalNorm)(x))).toBe(sentence('a tensor of shape [2]'))
    expect(given((x) => plain(Layer.sequential)(x))).toBe(
      'sequential: layer 1 is a tensor of shape [2]; expected a layer or a function'
    )
    expect(given((x) => plain(cond)([x], T.sin, T.cos))).toContain('[a tensor of shape [2]]')
    expect(given((x) => plain(T.of)([x]))).toContain('a tensor of shape [2]')
  })

  it('a tensor is not accepted as options', () => {
    expect(messageOf(() => plain(Optimizer.adam)(0.1, T.scalar(0.9)))).toBe(
      'adam: options are a tensor of shape []; expected an object with beta1, beta2 or epsilon'
    )
  })
})

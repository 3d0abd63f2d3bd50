// Programs as StableHLO text: the text that XLA has run, well-formed text for every primitive, names, and what is refused.
import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { draw } from 'pullback/Arbitrary'
import { scan } from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import * as Export from 'pullback/Export'
import { grad } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import { type Params, type Primitive, bind, op, real } from 'pullback/Primitive'
import { primitives } from 'pullback/ProgramJson'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'
import { reasons } from '../../src/compile/export/decompose/reasons.js'
import { stage } from '../../src/transform/stage.js'
import { cases } from './cases.js'
import { faultsOf } from './wellFormed.js'

type Scalar = T.Tensor<[]>

const textOf = (made: ReturnType<ReturnType<typeof Export.stableHlo>>): string => {
  if (isRight(made)) return made.right
  throw new Error(made.left.message)
}

const refusalOf = (made: ReturnType<ReturnType<typeof Export.stableHlo>>): Export.Unsupported => {
  if (isLeft(made)) return made.left
  throw new Error('it was written')
}

/** An operation that no format knows. */
const mystery = op<1, object>({
  name: 'mystery',
  kind: 'opaque',
  arity: 1,
  infer: (x) => x,
  evaluate: (x) => x,
  jvp: 'linear',
  vjp: [() => (ct) => ct],
  sample: (from) => ({ operands: [from.tensor([2], real)], params: {} })
})

const hidden = <S extends T.Tensor>(x: S): T.Tensor => bind<Params>(mystery, [x], {})[0]!

describe('the text that XLA has run', () => {
  // To write the files again: npm run interop runs them; see CONTRIBUTING.md.
  test.each(cases.map((each) => [each.name, each] as const))('%s', (name, { f, args }) => {
    const fixture = readFileSync(new URL(`fixtures/${name}.mlir`, import.meta.url), 'utf8')
    expect(textOf(Export.stableHlo(f)(...args))).toBe(fixture)
  })

  test.each(cases.map((each) => [each.name, each] as const))('%s is well-formed', (_, { f, args }) => {
    expect(faultsOf(textOf(Export.stableHlo(f)(...args)))).toEqual([])
  })

  test('faults are found', () => {
    const text = textOf(Export.stableHlo((x: Scalar) => T.sin(x))(T.scalar(1)))
    expect(faultsOf(text.replace('sine %arg0', 'sine %arg1'))[0]).toContain('%arg1 is not defined')
    expect(faultsOf(text.replace('sine %arg0 : tensor<f32>', 'sine %arg0 : tensor<f64>'))[0]).toContain(
      '%arg0 is tensor<f32>, used as tensor<f64>'
    )
  })
})

describe('every primitive', () => {
  const sampled = (primitive: Primitive) =>
    fc.sample(draw({ maxElements: 8 }), { numRuns: 3, seed: 16 }).flatMap((from) => {
      const drawn = primitive.sample?.(from)
      if (drawn === undefined) return []
      const { operands, params } = drawn
      return [stage('test', operands, (leaves) => bind<Params>(primitive, leaves, params)).program]
    })

  test.each(primitives.map((primitive) => [primitive.name, primitive] as const))('%s', (_, primitive) => {
    for (const program of sampled(primitive)) {
      const made = Export.stableHlo(program)
      expect(isRight(made) ? faultsOf(made.right) : reasons.has(primitive)).toEqual(isRight(made) ? [] : true)
    }
  })
})

describe('names', () => {
  const step = (params: { readonly w: Scalar }, x: Scalar) => ({ loss: T.mul(params.w, x), parts: [x, params.w] })
  const args = [{ w: T.scalar(2) }, T.scalar(3)] as const

  test('inputs and outputs are called by their paths', () => {
    const [, head = ''] = textOf(Export.stableHlo(step)(...args)).split('\n')
    expect([...head.matchAll(/pullback.path = "([^"]*)"/g)].map(([, path]) => path)).toEqual([
      'args[0].w',
      'args[1]',
      'result.loss',
      'result.parts[0]',
      'result.parts[1]'
    ])
  })

  test('a program that was traced is the function that it was traced from', () => {
    expect(Export.stableHlo(Debug.trace(step)(...args))).toEqual(Export.stableHlo(step)(...args))
  })

  test('inputs and outputs without paths are counted', () => {
    const { inputs, equations, outputs, places } = Debug.trace(step)(...args)
    const [, head = ''] = textOf(Export.stableHlo({ inputs, equations, outputs, places })).split('\n')
    expect([...head.matchAll(/pullback.path = "([^"]*)"/g)].map(([, path]) => path)).toEqual([
      'inputs[0]',
      'inputs[1]',
      'outputs[0]',
      'outputs[1]',
      'outputs[2]'
    ])
  })

  test('scopes are locations, and those of derivatives are marked', () => {
    const f = (x: Scalar) => Debug.scope('a "wave"', () => T.sin(x))
    const text = textOf(Export.stableHlo(grad(f))(T.scalar(1)))
    expect(text).toContain('#loc0 = loc("vjp(a \\22wave\\22)/cos")')
    expect(text).toContain('stablehlo.cosine %arg0 : tensor<f32> loc(#loc0)')
  })

  test('names of scopes are escaped', () => {
    const f = (x: Scalar) => Debug.scope('é 😀\n\u0000\\\ud800', () => T.sin(x))
    expect(textOf(Export.stableHlo(f)(T.scalar(1)))).toContain('loc("é 😀\\0A\\00\\5C\ufffd/sin")')
  })

  test('loops and choices are in the scope around them', () => {
    const f = (x: T.Tensor<[2]>) =>
      Debug.scope('encoder', () =>
        scan((total: Scalar, row: Scalar) => [Debug.scope('cell', () => T.sin(T.add(total, row))), total])(
          T.scalar(0),
          x
        )
      )
    expect(textOf(Export.stableHlo(f)(T.zeros([2])))).toContain('loc("encoder/cell/sin")')
  })

  test('decompositions are in the scope of what they stand for', () => {
    const f = (x: T.Tensor<[3]>) => Debug.scope('head', () => T.softmax(x))
    expect(textOf(Export.stableHlo(f)(T.zeros([3])))).toContain('loc("head/exp")')
  })
})

describe('what is refused', () => {
  test('all at once, by scope and name, each once', () => {
    const f = (x: T.Tensor<[2]>) => {
      const first = Debug.scope('encoder', () => hidden(T.sin(x)))
      const again = Debug.scope('encoder', () => hidden(T.add(first, 1)))
      return Debug.tap(() => undefined)(hidden(again))
    }
    const refusal = refusalOf(Export.stableHlo(f)(T.zeros([2])))
    expect(refusal.message).toBe(
      [
        'stableHlo: 3 operations are not supported by StableHLO',
        '  mystery in encoder: there is neither a rule nor a decomposition for it',
        '  mystery: there is neither a rule nor a decomposition for it',
        '  tap: it calls a function of JavaScript, which an engine cannot do; take it out'
      ].join('\n')
    )
    expect(refusal.equations.map(({ name, scope }) => [name, scope])).toEqual([
      ['mystery', 'encoder'],
      ['mystery', undefined],
      ['tap', undefined]
    ])
    expect([refusal._tag, refusal.format]).toEqual(['Unsupported', 'StableHLO'])
  })

  test('however many they are', () => {
    const parts = Array.from({ length: 100 }, (_, i) => `part${i}`)
    const f = (x: T.Tensor<[2]>) => parts.map((name) => Debug.scope(name, () => hidden(x)))
    expect(refusalOf(Export.stableHlo(f)(T.zeros([2]))).equations.map(({ scope }) => scope)).toEqual(parts)
  })

  test('inside of loops too', () => {
    const f = (x: T.Tensor<[2]>) =>
      scan((total: Scalar, row: Scalar) => [T.add(total, hidden(row) as Scalar), total])(T.scalar(0), x)
    expect(refusalOf(Export.stableHlo(f)(T.zeros([2]))).message).toBe(
      'stableHlo: 1 operation is not supported by StableHLO\n  mystery: there is neither a rule nor a decomposition for it'
    )
  })

  test('checks of values', () => {
    const f = (x: T.Tensor<[2]>) => Debug.checkFinite((y: T.Tensor<[2]>) => T.log(y))(x)
    expect(refusalOf(Export.stableHlo(f)(T.zeros([2]))).message).toContain(
      'checkFinite: it ends a run at a number that is not finite, which an engine cannot do; take it out'
    )
  })

  test('a primitive by the reason why it has no decomposition', () => {
    const f = (x: T.Tensor<[2, 2]>) => Debug.scope('whitening', () => Linalg.matrixFunction(T.sin, T.cos)(x))
    expect(refusalOf(Export.stableHlo(f)(T.eye(2))).message).toBe(
      'stableHlo: 1 operation is not supported by StableHLO\n  matrixFunction in whitening: divided differences of eigenvalues have no decomposition; compute it outside of the exported function'
    )
  })

  test('a function that reads a value of the transformation around it', () => {
    const around = (x: Scalar): Scalar => {
      Export.stableHlo((y: Scalar) => T.mul(x, y))(T.scalar(1))
      return x
    }
    expect(() => grad(around)(T.scalar(2))).toThrow(
      new TypeError(
        'stableHlo: the function reads a value of the transformation around it; expected all that it reads among its arguments'
      )
    )
  })

  test('what is neither a program nor a function', () => {
    expect(() => Export.stableHlo(3 as never)).toThrow(
      new TypeError('stableHlo: the first argument is 3; expected a program or a function')
    )
  })

  test('a value that is read while the function is traced', () => {
    expect(() => Export.stableHlo((x: Scalar) => T.mul(x, T.item(x)))(T.scalar(2))).toThrow(
      'item: a value inside trace was read as numbers; a staged function knows shapes only'
    )
  })
})

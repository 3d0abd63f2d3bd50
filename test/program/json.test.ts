// Programs to JSON and back: the same text, the same bits; and documents that are wrong, each with its sentence.
import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import { draw } from 'pullback/Arbitrary'
import * as Debug from 'pullback/Debug'
import { cond, scan, whileLoop } from 'pullback/Control'
import { checkpoint, customVjp, grad, hessian } from 'pullback/Grad'
import { orThrow, root } from 'pullback/Implicit'
import { odeint } from 'pullback/Ode'
import { type Params, type Primitive, bind, real, unary } from 'pullback/Primitive'
import type { Program } from 'pullback/Program'
import { fromJSON, primitives as table, showJsonErrors, toJSON } from 'pullback/ProgramJson'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { describe, expect, test } from 'vitest'
import { pullBack } from '../../src/calculus/leafwise.js'
import { pullbackProgram } from '../../src/calculus/program.js'
import { contiguous, isConcrete } from '../../src/tensor/model.js'
import { run } from '../../src/transform/program.js'
import { stage } from '../../src/transform/stage.js'
import { primitives } from '../law/primitives.js'

type S = T.Tensor<[]>

/** Through text, as a file would. */
const there = (program: Program): unknown => JSON.parse(JSON.stringify(toJSON(program)))

const right = (found: ReturnType<typeof fromJSON>): Program => {
  if (E.isRight(found)) return found.right
  throw new Error(showJsonErrors(found.left))
}

const back = (program: Program, own: readonly Primitive[] = []): Program =>
  right(fromJSON(there(program), [...table, ...own]))

const isFloat = ({ dtype }: T.Tensor): boolean => dtype === 'float32' || dtype === 'float64'

/** The bits of a tensor. */
const bits = (x: T.Tensor | undefined): unknown => {
  if (x === undefined || !isConcrete(x)) return x
  const { data, offset } = contiguous(x)
  const size = x.shape.reduce((n, each) => n * each, 1)
  const own = data.slice(offset, offset + size)
  return [x.shape, x.dtype, [...new Uint8Array(own.buffer)]]
}

/** Values and cotangents, the seeds being the results. */
const behaviour = (program: Program, operands: readonly T.Tensor[]): unknown => {
  const { value, pull } = pullBack('vjp', (leaves) => run(program, leaves), operands)
  return [value.map(bits), pull(value.map((x) => (isFloat(x) ? x : undefined))).map(bits)]
}

const refused: readonly string[] = ['checkFinite', 'tap']

const sampled = (primitive: Primitive, seed: number): readonly { program: Program; operands: readonly T.Tensor[] }[] =>
  fc.sample(draw({ maxElements: 8 }), { numRuns: 4, seed }).map((from) => {
    const { operands, params } = primitive.sample!(from)
    const { program } = stage('test', operands, (leaves) => bind<Params>(primitive, leaves, params))
    return { program, operands }
  })

describe('the table', () => {
  test('holds every primitive of the library but those that hold functions', () => {
    const wanted = primitives.map(({ primitive }) => primitive).filter(({ name }) => !refused.includes(name))
    expect(table.map(({ name }) => name).sort()).toEqual(wanted.map(({ name }) => name).sort())
    expect(new Set(table)).toEqual(new Set(wanted))
  })
})

describe('there and back', () => {
  const own = primitives.filter(({ primitive }) => !refused.includes(primitive.name))

  test.each(own.map(({ primitive }) => [primitive.name, primitive] as const))('%s', (_, primitive) => {
    for (const { program, operands } of sampled(primitive, 5)) {
      const again = back(program)
      expect(Debug.show(again)).toBe(Debug.show(program))
      expect(behaviour(again, operands)).toEqual(behaviour(program, operands))
      expect(toJSON(again)).toEqual(toJSON(program))
      if (primitive.derivative === undefined || program.outputs.every(({ dtype }) => dtype === 'int32')) continue
      const floats = program.outputs.map(({ dtype }) => dtype === 'float32' || dtype === 'float64')
      const pulled = pullbackProgram(program, floats, []).program
      expect(Debug.show(back(pulled))).toBe(Debug.show(pulled))
    }
  })

  test.each(refused)('%s is refused by name', (name) => {
    const { primitive } = primitives.find((each) => each.primitive.name === name)!
    const { program } = sampled(primitive, 1)[0]!
    expect(() => toJSON(program)).toThrow(
      name === 'tap'
        ? 'toJSON: tap holds a function at report; expected parameters of plain data, leave the operation out of the program'
        : 'toJSON: checkFinite holds an object of class WeakMap at suspects; expected parameters of plain data, leave the operation out of the program'
    )
  })

  test('constants keep their bits, uniform ones in one element', () => {
    const wild = [NaN, Infinity, -Infinity, -0, 5e-324, 1 / 3]
    for (const dtype of ['float32', 'float64'] as const) {
      const all = T.of(wild, dtype)
      const program = Debug.trace((x: S) => [
        T.add(T.cast(x, dtype), all),
        T.mul(T.cast(x, dtype), T.full([1000], -0, dtype))
      ])(T.scalar(1))
      const again = back(program)
      expect(Debug.show(again)).toBe(Debug.show(program))
      expect(run(again, [T.scalar(0)]).map(bits)).toEqual(run(program, [T.scalar(0)]).map(bits))
      expect(JSON.stringify(toJSON(program)).length).toBeLessThan(2000)
    }
    const others = [T.of([true, false]), T.of([-1, 2 ** 31 - 1], 'int32'), T.zeros([0, 3]), T.transpose(T.of([[1, 2], [3, 4]]))] // prettier-ignore
    const program = stage('test', [], () => others).program
    expect(run(back(program), []).map(bits)).toEqual(others.map(bits))
  })

  test('a constant that is used twice stands once, and stays one', () => {
    const w = T.of([1, 2, 3])
    const program = Debug.trace((x: T.Tensor<[3]>) => T.add(T.mul(x, w), w))(w)
    expect(toJSON(program).constants).toHaveLength(1)
    const [first, second] = back(program).equations
    expect(first?.operands[1]).toBe(second?.operands[1])
  })

  test('parameters keep numbers that JSON does not have, and names of any kind', () => {
    const params = {
      numbers: [NaN, Infinity, -Infinity, -0, 0.1, 1e300],
      missing: [undefined, null],
      absent: undefined,
      $dollar: { $number: 'NaN' },
      ['__proto__']: 'own',
      constant: T.of([1, 2]),
      nested: { text: 'x', flag: false }
    }
    const odd: Primitive = {
      name: 'odd',
      kind: 'opaque',
      infer: (operands) => operands,
      evaluate: (operands) => operands,
      derivative: undefined
    }
    const { program } = stage('test', [T.scalar(1)], (leaves) => bind<Params>(odd, leaves, params))
    const again = back(program, [odd]).equations[0]?.params as typeof params
    const { constant, absent: _, ...rest } = params
    expect({ ...again, constant: undefined }).toEqual({ ...rest, constant: undefined })
    expect(Object.hasOwn(again, '__proto__')).toBe(true)
    expect(Object.is(again.numbers[3], -0)).toBe(true)
    expect(bits(again.constant)).toEqual(bits(constant))
  })

  test('scopes stay', () => {
    const { program } = stage('test', [T.scalar(1)], ([x]) => [T.exp(x!)])
    const scoped: Program = { ...program, equations: program.equations.map((each) => ({ ...each, scope: 'a/b' })) }
    expect(back(scoped).equations.map(({ scope }) => scope)).toEqual(['a/b'])
    expect(back(program).equations.map((each) => 'scope' in each)).toEqual([false])
  })
})

describe('equations that cannot be written are refused by name and scope', () => {
  test('rules that read values, and solvers of the user', () => {
    const reading = customVjp(
      (x: S) => [T.square(x), {}] as const,
      (_, ct) => [T.item(ct) > 0 ? ct : ct]
    )
    const program = Debug.trace(reading)(T.scalar(1))
    expect(() =>
      toJSON({ ...program, equations: program.equations.map((each) => ({ ...each, scope: 'a/b' })) })
    ).toThrow(
      "toJSON: customVjp in a/b holds a user's function that cannot be staged; expected parameters of plain data, leave the operation out of the program"
    )
    const solved = (a: S): S => orThrow(root((x: S) => T.sub(x, a), { solver: () => T.scalar(1) })(T.scalar(1)))
    expect(() => toJSON(Debug.trace(solved)(T.scalar(1)))).toThrow(
      'toJSON: implicit holds a function at solver.solve; expected parameters of plain data'
    )
  })
})

describe('documents that are wrong', () => {
  const whole = Debug.trace((x: T.Tensor<[2]>) => T.sum(T.mul(T.sin(x), T.of([1, 2]))))(T.zeros([2]))

  /** The sentences of the document with a value at a place. */
  const wrong = (...changes: readonly (readonly [place: string, value: unknown])[]): string => {
    const document = there(whole)
    for (const [place, value] of changes) {
      const keys = place.split(' ')
      const node = keys.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document)
      Object.assign(node as object, { [keys.at(-1)!]: value })
    }
    const found = fromJSON(document, table)
    return E.isLeft(found) ? showJsonErrors(found.left) : 'right'
  }

  const equation = (index: number, place: string): string => `programs 0 equations ${index} ${place}`

  // prettier-ignore
  test.each<readonly [sentence: string, place: string, value: unknown]>([
    ['right', 'version', 1],
    ['version: expected 1, got 2', 'version', 2],
    ['format: expected "pullback program", got undefined', 'format', undefined],
    ['programs: expected the place of one of 0 programs before it, got -1', 'programs', []],
    [`constants[0].data: expected base64, got '?'`, 'constants 0 data', '?'],
    ['constants[0].data: expected 8 bytes for 2 of float32, got 3 bytes', 'constants 0 data', 'AAAA'],
    ['constants[0].shape: expected a shape, got [-1]', 'constants 0 shape', [-1]],
    [`programs[0].inputs[0].dtype: expected bool, int32, float32 or float64, got 'f32'`, 'programs 0 inputs 0 dtype', 'f32'],
    [`programs[0].equations[0].primitive: expected the name of a given primitive, got 'sine'`, equation(0, 'primitive'), 'sine'],
    ['programs[0].equations[0].results[0]: expected float32 [2] of sin, got float32 [3]', equation(0, 'results 0 shape'), [3]],
    ['programs[0].equations[0].results: expected 1 for sin, got 0', equation(0, 'results'), []],
    ['programs[0].equations[0].operands[0]: expected the place of one of 1 variables before it, got 1', equation(0, 'operands'), [1]],
    ['programs[0].equations[1].operands[1]: expected the place of one of 1 constants before it, got 7', equation(1, 'operands 1 $constant'), 7],
    [`programs[0].equations[1].operands[1]: expected the number of a variable or { "$constant": number }, got 'a'`, equation(1, 'operands 1'), 'a'],
    ['programs[0].equations[2].params: expected an object, got null', equation(2, 'params'), null],
    ['programs[0].equations[2].params: expected a record of parameters, got a constant or a program', equation(2, 'params'), { $constant: 0 }],
    [`programs[0].equations[2].params: expected a known tag, got '$odd'`, equation(2, 'params'), { $odd: 0 }],
    ['programs[0].equations[2].params.axes: expected $number to stand alone, got 2 entries', equation(2, 'params axes'), { $number: 'NaN', a: 1 }],
    [`programs[0].equations[2].params.axes: expected one of NaN, Infinity, -Infinity, -0, got '1'`, equation(2, 'params axes'), { $number: '1' }],
    ['programs[0].equations[2].params.axes: expected the place of one of 0 programs before it, got 0', equation(2, 'params axes'), { $program: 0 }],
    ['programs[0].outputs[0]: expected the place of one of 4 variables before it, got 9', 'programs 0 outputs', [9]]
  ])('%s', (sentence, place, value) => {
    expect(wrong([place, value])).toBe(sentence)
  })

  test('parameters that a primitive cannot be called with say what it says', () => {
    expect(wrong([equation(2, 'params'), {}])).toMatch(
      /^programs\[0\]\.equations\[2\]: expected operands and parameters of sum, got others: /
    )
  })

  test('reports several at once, as far as the outline goes', () => {
    expect(wrong(['version', 0], ['programs 0 outputs', 3])).toBe(
      'version: expected 1, got 0\nprograms[0].outputs: expected an array, got 3'
    )
  })

  test('anything at all gives left or right, and never throws', () => {
    for (const given of [undefined, null, 3, 'text', [], {}, new Map()])
      expect(E.isLeft(fromJSON(given, table))).toBe(true)
    let deep: unknown = 0
    for (let i = 0; i < 100_000; i++) deep = [deep]
    expect(wrong([equation(2, 'params axes'), deep])).toMatch(/^expected a program, got /)
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), (value, at) => {
        // One place of the document is replaced by any value.
        const places: (() => void)[] = []
        const document = there(whole)
        const visit = (node: unknown): void => {
          if (typeof node !== 'object' || node === null) return
          for (const key of Object.keys(node)) {
            places.push(() => Object.assign(node, { [key]: value }))
            visit((node as Record<string, unknown>)[key])
          }
        }
        visit(document)
        places[at % places.length]!()
        const found = fromJSON(document, table)
        expect(E.isRight(found) ? Debug.show(found.right) : showJsonErrors(found.left)).not.toBe('')
      })
    )
  })

  test('two primitives of one name are a mistake of the caller', () => {
    const sin = unary({ name: 'sin', domain: real, f: Math.sin, df: T.cos })
    expect(() => fromJSON({}, [...table, sin.primitive])).toThrow(
      'fromJSON: two primitives are named sin; expected different names'
    )
    expect(() => fromJSON({}, [...table, ...table])).not.toThrow()
  })
})

describe('functions of many kinds, read again', () => {
  type V = T.Tensor<[2]>
  const at: V = T.of([0.3, 2], 'float64')
  const times = T.of([0, 0.5, 1], 'float64')
  const own = customVjp(
    (x: S) => [T.sin(x), { x }] as const,
    ({ x }, ct) => [T.mul(ct, T.cos(x))]
  )
  const each: { readonly [name: string]: (x: V) => S } = {
    scan: (x) => scan((c: S, y: S) => [T.add(T.sin(c), own(y)), c], { checkpointEvery: 1 })(T.sum(x), x)[0],
    cond: (x) => {
      const choice = cond(
        T.greater(T.sum(x), 0),
        (y: V) => T.sum(T.exp(y)),
        (y: V) => T.sum(y)
      )
      return choice(x)
    },
    whileLoop: (x) =>
      whileLoop(
        (c: S) => T.less(c, 10),
        (c: S) => T.add(T.mul(c, 2), 1),
        { maxSteps: 20 }
      )(T.sum(x)),
    odeint: (x) => T.sum(odeint((y: V, t: S) => T.sub(T.sin(y), t))(x, times)),
    root: (x) => T.sum(orThrow(root((y: V, c: V) => T.sub(T.add(y, T.mul(T.sin(y), 0.5)), c))(x, x))),
    checkpoint: (x) => checkpoint((y: V) => T.sum(vmap(own)(T.square(y))))(x)
  }

  test.each(Object.entries(each))('%s', (_, f) => {
    const xs = T.stack([at, T.mul(at, 0.5)])
    const programs = [
      [Debug.trace(f)(at), at],
      [Debug.trace(grad(f))(at), at],
      [Debug.trace(hessian(f))(at), at],
      [Debug.trace(vmap(f))(xs), xs],
      [Debug.trace(vmap(grad(f)))(xs), xs]
    ] as const
    for (const [program, x] of programs) {
      const again = back(program)
      expect(Debug.show(again)).toBe(Debug.show({ ...program, captured: [] }))
      expect(behaviour(again, [x])).toEqual(behaviour(program, [x]))
    }
  })
})

import { scan } from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import { grad, jvp, vjp } from 'pullback/Grad'
import type * as Program from 'pullback/Program'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { describe, expect, test } from 'vitest'

type S = T.Tensor<[]>

const scopes = ({ equations }: Program.Program): readonly string[] =>
  equations.map(({ primitive, scope }) => `${primitive.name} ${scope ?? '-'}`)

const inner = (x: S): S => Debug.scope('inner', () => T.sin(x))
const f = (x: S): S => T.exp(Debug.scope('outer', () => T.square(inner(x))))
const traced = (g: (x: S) => unknown): readonly string[] => scopes(Debug.trace(g)(T.scalar(0.5)))

describe('equations carry the scopes they were made in', () => {
  test('joined by slashes', () => {
    expect(traced(f)).toEqual(['sin outer/inner', 'square outer', 'exp -'])
  })

  test('operations of the reverse mode are marked', () => {
    expect(traced(grad(inner))).toEqual(['cos vjp(inner)', 'guardedMul vjp(inner)'])
    expect(traced(grad((x: S) => inner(inner(x))))).toEqual([
      'sin inner',
      'cos vjp(inner)',
      'guardedMul vjp(inner)',
      'cos vjp(inner)',
      'guardedMul vjp(inner)'
    ])
  })

  test('operations of the forward mode are marked', () => {
    expect(traced((x) => jvp(inner)([x], [x]))).toEqual(['sin inner', 'cos jvp(inner)', 'guardedMul jvp(inner)'])
    const product = (x: S): S => Debug.scope('product', () => T.mul(x, x))
    expect(
      traced((x) => jvp(product)([x], [x]))
        .slice(1)
        .every((each) => each.endsWith('jvp(product)'))
    ).toBe(true)
  })

  test('marks nest with the derivatives', () => {
    expect(traced(grad(grad(inner)))).toContain('sin vjp(vjp(inner))')
    expect(scopes(Debug.trace(vmap(grad(inner)))(T.zeros([3])))).toEqual(['cos vjp(inner)', 'guardedMul vjp(inner)'])
  })

  test('derivatives name scopes from where they began', () => {
    expect(traced((x) => Debug.scope('train', () => grad(inner)(x)))).toEqual([
      'cos train/vjp(inner)',
      'guardedMul train/vjp(inner)'
    ])
    expect(traced((x) => Debug.scope('train', () => grad(T.sin<[]>)(x)))).toEqual(['cos train', 'guardedMul train'])
  })

  test('a pullback that is called elsewhere is marked too', () => {
    const g = (x: S): S => {
      const [, pull] = vjp(inner)(x)
      return Debug.scope('later', () => pull(T.scalar(1))[0])
    }
    expect(traced(g)).toEqual(['cos later/vjp(inner)', 'guardedMul later/vjp(inner)'])
  })

  test('programs name scopes from where they began, and running them adds where they run', () => {
    let inside: Program.Program | undefined
    Debug.scope('around', () => {
      inside = Debug.trace(inner)(T.scalar(0))
    })
    expect(scopes(inside!)).toEqual(['sin inner'])
    const run = (x: S): S => Debug.scope('again', () => Debug.evaluate(inside as Debug.StagedProgram<[S], S>)(x))
    expect(traced(run)).toEqual(['sin again/inner'])
  })

  test('steps of loops have their own', () => {
    const loop = (x: S): S => Debug.scope('loop', () => scan((c: S) => [inner(c), undefined], { length: 3 })(x)[0])
    const [equation] = Debug.trace(loop)(T.scalar(0)).equations
    expect(equation?.scope).toBe('loop')
    expect(scopes(equation!.primitive.programs!(equation!.params)[0]!)).toEqual(['sin inner'])
  })

  test('none is there outside of any', () => {
    const [equation] = Debug.trace(T.exp)(T.scalar(0)).equations
    expect('scope' in equation!).toBe(false)
  })
})

describe('scope', () => {
  test('is closed by an error', () => {
    const g = (x: S): S => {
      try {
        Debug.scope('broken', () => {
          throw new Error('no')
        })
      } catch {
        return T.sin(x)
      }
      return x
    }
    expect(traced(g)).toEqual(['sin -'])
  })

  test('refuses promises and bad names', () => {
    expect(() => Debug.scope('a', () => Promise.resolve(1))).toThrow(
      'scope: the function in a returned a promise; expected a synchronous function, put scope inside it around the synchronous part'
    )
    expect(() => Debug.scope('a/b', () => 1)).toThrow(
      "scope: the name is 'a/b'; expected a string that is not empty and has no slash"
    )
    expect(() => Debug.scope('', () => 1)).toThrow('scope: the name')
  })

  test('changes no value', () => {
    const x = T.scalar(0.3)
    expect(grad(f)(x)).toEqual(grad((y: S) => T.exp(T.square(T.sin(y))))(x))
  })
})

describe('who says scopes', () => {
  test('show', () => {
    expect(Debug.show(Debug.trace(f)(T.scalar(0))).split('\n')).toEqual([
      '{ lambda a:f32[] . let',
      '    b:f32[] = sin a // outer/inner',
      '    c:f32[] = square b // outer',
      '    d:f32[] = exp c',
      '  in (d) }'
    ])
  })

  test('checkFinite', () => {
    const bad = (x: S): S => Debug.scope('dense', () => T.log(x))
    expect(() => Debug.checkFinite(bad)(T.scalar(0))).toThrow(
      'checkFinite: log of [] made -Infinity, in dense; its operand is args[0]'
    )
    const root = (x: S): S => Debug.scope('dense', () => T.sqrt(x))
    expect(() => Debug.checkFinite(grad(root))(T.scalar(0))).toThrow(
      /^checkFinite: \w+ of .* made Infinity, in vjp\(dense\), in the pullback of grad; /
    )
  })

  test('costs', () => {
    const cost = Debug.cost(grad(f))(T.scalar(0))
    expect(Object.keys(cost.scopes).sort()).toEqual(['', 'outer', 'outer/inner', 'vjp(outer)', 'vjp(outer/inner)'])
  })
})

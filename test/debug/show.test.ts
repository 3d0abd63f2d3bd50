// Printed programs, word for word.
import * as Control from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import { checkpoint, customVjp, grad } from 'pullback/Grad'
import { type TensorType, type Primitive, bind } from 'pullback/Primitive'
import type * as Program from 'pullback/Program'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { describe, expect, it } from 'vitest'

type S = T.Tensor<[]>

const lines = (program: Program.Program): readonly string[] => Debug.show(program).split('\n')

describe('a printed program', () => {
  it('has an equation per line', () => {
    expect(
      lines(Debug.trace((a: T.Tensor<[3]>, b: S) => ({ sum: T.sum(T.mul(a, b)), b }))(T.zeros([3]), T.zeros([])))
    ).toEqual([
      '{ lambda a:f32[3] b:f32[] . let',
      '    c:f32[3] = broadcastTo[shape=[3]] b',
      '    d:f32[3] = mul a c',
      '    e:f32[] = sum[axes=[0]] d',
      '  in (e, b) }'
    ])
  })

  it('through transformations', () => {
    const f = (x: T.Tensor<[3]>) => T.sum(T.mul(T.exp(x), T.of([1, 2, 3])))
    expect(lines(Debug.trace(grad(f))(T.zeros([3])))).toEqual([
      '{ lambda a:f32[3] . let',
      '    b:f32[3] = exp a',
      '    c:f32[3] = guardedMul [1, 2, 3]:f32[3] b',
      '  in (c) }'
    ])
    expect(lines(Debug.trace(vmap(f))(T.zeros([5, 3])))).toEqual([
      '{ lambda a:f32[5, 3] . let',
      '    b:f32[5, 3] = exp a',
      '    c:f32[5, 3] = mul b [1, 2, 3, 1, 2, 3, ...]:f32[5, 3]',
      '    d:f32[5] = sum[axes=[1]] c',
      '  in (d) }'
    ])
  })

  it('without equations, without inputs, without outputs', () => {
    expect(Debug.show(Debug.trace((x: S) => x)(T.scalar(0)))).toBe('{ lambda a:f32[] . in (a) }')
    expect(Debug.show(Debug.trace(() => T.scalar(2))())).toBe('{ lambda . in (2:f32[]) }')
    expect(Debug.show(Debug.trace(() => ({}))())).toBe('{ lambda . in () }')
  })

  it('shows constants by their first values and their type', () => {
    const constants = [
      T.scalar(0.1),
      T.of([true, false]),
      T.of([[1, -2]], 'int32'),
      T.zeros([2, 3], 'float64'),
      T.zeros([0]),
      T.of([1, 2, 3, 4, 5, 6, 7]),
      T.of([NaN, Infinity, -0])
    ]
    expect(Debug.show(Debug.trace(() => constants)())).toBe(
      '{ lambda . in (0.1:f32[], [true, false]:bool[2], [1, -2]:i32[1, 2], 0:f64[2, 3], []:f32[0], ' +
        '[1, 2, 3, 4, 5, 6, ...]:f32[7], [NaN, Infinity, -0]:f32[3]) }'
    )
  })

  it('names after z come aa, ab', () => {
    const f = (x: S): S => Array.from({ length: 28 }).reduce<S>((sum) => T.sin(sum), x)
    expect(lines(Debug.trace(f)(T.scalar(0))).slice(-5)).toEqual([
      '    z:f32[] = sin y',
      '    aa:f32[] = sin z',
      '    ab:f32[] = sin aa',
      '    ac:f32[] = sin ab',
      '  in (ac) }'
    ])
  })

  it('captured values stand behind a semicolon', () => {
    const printed: string[] = []
    grad((w: S) => {
      printed.push(Debug.show(Debug.trace((x: S) => T.mul(x, w))(T.scalar(0))))
      return w
    })(T.scalar(1))
    expect(printed).toEqual(['{ lambda a:f32[] ; b:f32[] . let\n    c:f32[] = mul a b\n  in (c) }'])
  })

  it('results that nobody reads are _', () => {
    expect(lines(Debug.trace((x: T.Tensor<[4]>) => T.split(x, 2)[1] ?? x)(T.zeros([4])))).toEqual([
      '{ lambda a:f32[4] . let',
      '    _:f32[2] b:f32[2] = split[axis=0, sizes=[2, 2]] a',
      '  in (b) }'
    ])
  })

  it('is the same each time', () => {
    const program = (): string =>
      Debug.show(Debug.trace(grad((x: S) => checkpoint((y: S) => T.exp(T.sin(y)))(x)))(T.scalar(0)))
    expect(program()).toBe(program())
  })
})

describe('parameters', () => {
  it('are printed plainly', () => {
    const x = T.zeros([2, 3])
    expect(
      lines(
        Debug.trace((v: T.Tensor<[2, 3]>) => [
          T.reshape(T.transpose(v), [6]),
          T.cast(v, 'float64'),
          T.sort(v, { axis: 0 }),
          T.gather(v, T.of([0, 1, 1], 'int32'))
        ])(x)
      )
    ).toEqual([
      '{ lambda a:f32[2, 3] . let',
      '    b:f32[3, 2] = permute[order=[1, 0]] a',
      '    c:f32[6] = reshape[shape=[6]] b',
      '    d:f64[2, 3] = cast[dtype=float64] a',
      '    e:i32[2, 3] = argsort[axis=0, descending=false, count=2] a',
      '    f:f32[2, 3] = takeAlongAxis[axis=0] a e',
      '    g:f32[3, 3] = gather[axis=0] a [0, 1, 1]:i32[3]',
      '  in (c, d, f, g) }'
    ])
  })

  it('of all kinds', () => {
    type Params = { readonly [name: string]: unknown }
    const plain = (params: Params): Primitive<Params> => ({
      name: 'plain',
      kind: 'opaque',
      infer: (operands) => operands,
      evaluate: (operands) => operands,
      derivative: { jvp: (tangents) => tangents, vjp: () => (cotangents) => cotangents },
      sample: () => ({ operands: [], params })
    })
    const type: TensorType = { shape: [2], dtype: 'int32' }
    const params: Params = {
      absent: undefined,
      nothing: null,
      flag: true,
      list: [1, [2]],
      long: Array.from({ length: 20 }, (_, i) => i),
      record: { a: 'text', b: {} },
      type,
      constant: T.of([1, 2]),
      values: Float64Array.of(1, 2),
      f: Math.sin,
      g: (
        (): (() => number) => () =>
          1
      )(),
      map: new Map()
    }
    const program = Debug.trace((v: S) => bind(plain(params), [v], params)[0] ?? v)(T.scalar(0))
    expect(lines(program)[1]).toBe(
      '    b:f32[] = plain[nothing=null, flag=true, list=[1, [2]], long=[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ...], ' +
        'record={a=text, b={}}, type=i32[2], constant=[1, 2]:f32[2], values=[1, 2], f=sin, g=function, map=Map] a'
    )
  })

  it('that are programs are indented', () => {
    const inner = checkpoint((z: T.Tensor<[2]>) => T.sin(z))
    const outer = checkpoint((y: T.Tensor<[2]>) => inner(T.exp(y)))
    expect(lines(Debug.trace((x: T.Tensor<[2]>) => T.neg(outer(x)))(T.zeros([2])))).toEqual([
      '{ lambda a:f32[2] . let',
      '    b:f32[2] = checkpoint[',
      '      program={ lambda c:f32[2] . let',
      '          d:f32[2] = exp c',
      '          e:f32[2] = checkpoint[',
      '            program={ lambda f:f32[2] . let',
      '                g:f32[2] = sin f',
      '              in (g) }',
      '          ] d',
      '        in (e) }',
      '    ] a',
      '    h:f32[2] = neg b',
      '  in (h) }'
    ])
  })

  it('of a scan, and of its derivative', () => {
    const f = (x: T.Tensor<[4]>): S =>
      Control.scan((c: S, each: S) => [T.add(T.sin(c), each), c] as const)(T.scalar(0), x)[0]
    const words = Debug.show(Debug.trace(f)(T.zeros([4]))).replaceAll(/\s+/g, ' ')
    expect(words).toContain('{ lambda a:f32[4] . let b:f32[] _:f32[4] = scan[')
    expect(words).toContain('{ lambda c:f32[] d:f32[] . let e:f32[] = sin c f:f32[] = add e d in (f, c) }')
    expect(words).toContain('length=4 reverse=false ] 0:f32[] a in (b) }')
    const backward = Debug.show(Debug.trace(grad(f))(T.zeros([4])))
    expect(backward.match(/= scan\[/g)?.length).toBe(2)
    expect(backward).toContain('reverse=true')
  })

  it('operations of custom rules print with function and rule', () => {
    const f = customVjp(
      (x: S) => [T.sin(x), {}] as const,
      (_, ct) => [ct]
    )
    expect(lines(Debug.trace(f)(T.scalar(0)))).toEqual([
      '{ lambda a:f32[] . let',
      '    b:f32[] = customVjp[',
      '      forward={ lambda c:f32[] . let',
      '          d:f32[] = sin c',
      '        in (d) }',
      '      backward={ lambda e:f32[] . in (e) }',
      '      values=1',
      '      reached=[true]',
      '    ] a',
      '  in (b) }'
    ])
  })
})

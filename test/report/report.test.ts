import { describe, expect, it } from 'vitest'
import * as Debug from 'pullback/Debug'
import { grad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Metric from 'pullback/Metric'
import * as Report from 'pullback/Report'
import * as T from 'pullback/Tensor'

type Scalar = T.Tensor<[]>
const scalar = (value: number): Scalar => T.scalar(value, 'float64')

/** What plain JavaScript may pass. */
const loose = (f: unknown): ((...args: readonly unknown[]) => unknown) => f as never

describe('tables', () => {
  it('have every field of any row, and numbers that end at the same place', () => {
    const rows = [
      { name: 'a', loss: 0.123456, done: true },
      { name: 'longer', epochs: 12, loss: NaN }
    ]
    expect(Report.table(rows).split('\n')).toEqual([
      'name      loss  done  epochs',
      '------  ------  ----  ------',
      'a       0.1235  true',
      'longer     NaN            12'
    ])
  })

  it('have the digits and columns that are asked for', () => {
    expect(Report.table([{ a: 1.23456, b: 123456.7 }], { columns: ['b', 'a'], digits: 2 })).toBe(
      '     b    a\n------  ---\n123457  1.2'
    )
  })

  it('have numbers of one column whose points align, where decimals are asked for', () => {
    const rows = [
      { n: 1, loss: 0.12345, of: T.scalar(0.5) },
      { n: 20, loss: 123456.7 },
      { n: 3, loss: 2 },
      { loss: NaN }
    ]
    expect(Report.table(rows, { decimals: 2 }).split('\n')).toEqual([
      ' n       loss    of',
      '--  ---------  ----',
      ' 1       0.12  0.50',
      '20  123456.70',
      ' 3       2.00',
      '          NaN'
    ])
    expect(Report.table([{ loss: 1.5 }], { decimals: 0 })).toBe('loss\n----\n   2')
    expect(() => Report.table([], { decimals: -1 })).toThrow('table: decimals is -1; expected an integer from 0 to 100')
  })

  it('have as many rows as are given', () => {
    expect(Report.table(Array.from({ length: 200000 }, (_, i) => ({ i }))).length).toBe(200002 * 7 - 1)
  })

  it('have tensors of one element as numbers, lists in brackets, and nothing where nothing is given', () => {
    expect(Report.table([{ a: T.scalar(0.5), b: [1, 2], c: null }]).split('\n')[2]).toBe('0.5  [1, 2]')
    expect(Report.table([{ a: T.zeros([2]) }])).toContain('a tensor of shape [2]')
    expect(Report.table([])).toBe('')
  })

  it('print what Layer.summary gives', () => {
    const model = Layer.sequential(Layer.dense(4, 8), T.tanh)
    expect(
      Report.summary(model, [2, 4])
        .split('\n')
        .slice(2)
        .map((line) => line.split(/ {2,}/).slice(0, 3))
    ).toEqual([
      ['(whole)', '[2, 8]', '40'],
      ['[0]', '[2, 8]', '40'],
      ['[1]', '[2, 8]', '0']
    ])
    expect(Report.table(Layer.summary(model, [2, 4]))).toContain('[0]   [2, 8]          40         144')
  })

  it('have own fields only, and a line for each row', () => {
    expect(Report.table([{ b: 'two\nlines\there' }, {}], { columns: ['b', 'toString'] }).split('\n')).toEqual([
      'b               toString',
      '--------------  --------',
      'two lines here',
      ''
    ])
  })

  it('refuse what is no row', () => {
    expect(() => loose(Report.table)([{ a: 1 }, 3])).toThrow('table: row 1 is 3; expected an object')
    expect(() => loose(Report.table)([{ a: 1 }, ...new Array<object>(1)])).toThrow(
      'table: row 1 is undefined; expected an object'
    )
    expect(() => loose(Report.table)(3)).toThrow('table: rows is 3; expected an array of objects')
  })
})

describe('histograms of the largest numbers', () => {
  it('have bins around them, or are refused', () => {
    expect(Report.histogram([1e17], { bins: 2 }).split('\n')).toHaveLength(2)
    expect(() => Report.histogram([-1e308, 1e308])).toThrow(
      'histogram: the bins are from -1e+308 to 1e+308; expected ends that are a finite number apart'
    )
  })
})

describe('confusion matrices', () => {
  it('are those of the metric, with names or numbers', () => {
    const scores = T.of([
      [1, 0],
      [1, 0],
      [0, 1]
    ])
    const counts = Metric.confusionMatrix(scores, T.of([0, 1, 1], 'int32'))
    expect(Report.confusion(counts)).toBe('   0  1  <- predicted\n0  1  .\n1  1  1')
    expect(Report.confusion(T.toNested(counts), ['x', 'y'])).toBe('   x  y  <- predicted\nx  1  .\ny  1  1')
  })

  it('refuse other names and other shapes', () => {
    expect(() => Report.confusion([[1]], ['a', 'b'])).toThrow(
      'confusion: the number of names is 2; expected 1, one for each class'
    )
    expect(() => loose(Report.confusion)([[1]], [3])).toThrow('; expected 1 strings, one for each class')
    expect(() => Report.confusion(T.zeros([2]))).toThrow('confusion: counts have shape [2]; expected a matrix')
    expect(() => loose(Report.confusion)(7)).toThrow('confusion: counts is 7; expected a matrix')
    expect(() => Report.confusion([[1, 2], [3]])).toThrow(
      'confusion: the length of row 1 is 1; expected 2, one number for each class'
    )
    expect(() => Report.confusion(T.zeros([1, 2]))).toThrow('confusion: the length of row 0 is 2; expected 1')
    expect(() =>
      loose(Report.confusion)([
        [1, 2],
        [3, '4']
      ])
    ).toThrow("confusion: count [1][1] is '4'; expected a number")
  })
})

describe('small charts', () => {
  it('draw lines from the least to the greatest, whatever the numbers', () => {
    expect(Report.sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█')
    expect(Report.sparkline([1e308, -1e308, Infinity, -Infinity, NaN])).toBe('█▁█▁ ')
    expect(Report.sparkline(T.of([3, 3]))).toBe('▅▅')
    expect(Report.sparkline([])).toBe('')
  })

  it('draw bars to an eighth of a character', () => {
    expect(Report.bars({ a: 8, bc: 1, d: 0, e: NaN }, { width: 1 }).split('\n')).toEqual([
      'a   █    8',
      'bc  ▏    1',
      'd        0',
      'e      NaN'
    ])
    expect(Report.bars({ a: 0, b: Infinity }, { width: 2 })).toBe('a             0\nb  ██  Infinity')
    expect(() => Report.bars({ a: -1 })).toThrow('bars: a is -1; expected a number of 0 or more')
  })

  it('count every value of a histogram once', () => {
    const values = T.of([-1, 0, 0.5, 1, 1.5, 2, 3, NaN])
    const lines = Report.histogram(values, { bins: 2, from: 0, to: 2, width: 3 }).split('\n')
    expect(lines).toEqual(['below   █    1', '0 to 1  ██   2', '1 to 2  ███  3', 'above   █    1', 'NaN     █    1'])
    expect(Report.histogram([4, 4], { bins: 1, width: 1 })).toBe('3.5 to 4.5  █  2')
    expect(Report.histogram([], { bins: 1, width: 1 })).toBe('0 to 1    0')
    expect(() => Report.histogram([1], { from: 2, to: 1 })).toThrow(
      'histogram: the bins are from 2 to 1; expected a larger end'
    )
  })
})

describe('programs as Graphviz text', () => {
  /** The numbers on each edge: value and gradient. */
  const edgesOf = (text: string): readonly string[] =>
    text
      .split('\n')
      .filter((line) => line.includes('->'))
      .map((line) =>
        line
          .replace(/\[label=|<[^<>]+>|\]/g, ' ')
          .replace(/ [<>]+ /g, ' ')
          .replace(/[<>]/g, ' ')
          .replace(/\s+/g, ' ')
          .trim()
      )

  const draw = (f: (...args: readonly Scalar[]) => T.Tensor, at: readonly number[], options = {}): string => {
    const args = at.map(scalar)
    return Report.graphviz(Debug.trace(f)(...args), options)(...args)
  }

  it('is the circuit of the lectures: values, and below them gradients', () => {
    const text = draw((x, y, z) => T.mul(T.add(x, y), z), [-2, 5, -4], { names: ['x', 'y', 'z'] })
    expect(text).toMatch(/^digraph program \{\n/)
    expect(text).toContain('input0 [shape=plaintext label="x"]')
    expect(text).toContain(
      'equation0 -> equation1 [label=<<font color="#2e7d32">3</font><br/><font color="#c62828">-4</font>>]'
    )
    expect(edgesOf(text)).toEqual([
      'input0 - equation0 -2 -4',
      'input1 - equation0 5 -4',
      'equation0 - equation1 3 -4',
      'input2 - equation1 -4 3',
      'equation1 - output0 -12 1'
    ])
  })

  it('branches where a value is read more than once: the parts add up to its gradient', () => {
    const text = draw((x) => T.add(T.mul(x, 3), T.square(x)), [2], { names: ['x'] })
    const edges = edgesOf(text)
    expect(edges[0]).toBe('input0 - branch0 2 7')
    expect(edges).toContain('branch0 - equation0 2 3')
    expect(edges).toContain('branch0 - equation1 2 4')
    expect(text).toContain('constant0 [shape=plaintext label="3"]')
  })

  it('agrees with the gradients of the library', () => {
    const wave = (x: Scalar): Scalar => T.cos(T.add(T.sin(T.square(x)), T.mul(T.square(x), 3)))
    const slope = T.item(grad(wave)(scalar(1.7)))
    const text = draw((x) => wave(x), [1.7], { digits: 12 })
    expect(edgesOf(text)[0]).toBe(`input0 - branch0 1.7 ${Number(slope.toPrecision(12))}`)
  })

  it('shows values alone where the result is not one scalar, and types of large tensors', () => {
    const f = (w: T.Tensor, n: T.Tensor): T.Tensor => T.mul(w, T.cast(n, 'float32'))
    const args = [T.ones([3, 3]), T.of(2, 'int32')] as const
    const text = Report.graphviz(Debug.trace(f)(...args))(...args)
    expect(text).toContain('[label=<<font color="#2e7d32">f32[3, 3]</font>>]')
    expect(text).toContain('label="args[0]"')
    expect(text).not.toContain('#c62828')
  })

  it('goes through integers and several results', () => {
    const f = (x: T.Tensor<[3]>, n: T.Tensor<[]>): Scalar => {
      const [low, high] = T.split(T.mul(T.sort(x), T.cast(n, 'float64')), [1, 2])
      return T.add(T.sum(low), T.mul(T.sum(high), 2))
    }
    const args = [T.of([3, 1, 2], 'float64'), T.of(5, 'int32')] as const
    const text = Report.graphviz(Debug.trace(f)(...args))(...args)
    expect(edgesOf(text)[0]).toBe('input0 - branch0 [3, 1, 2 [10, 5, 10')
  })

  it('writes any name', () => {
    expect(draw((x) => T.exp(x), [1], { names: ['a "b" \\ <c>'] })).toContain('label="a \\"b\\" \\\\ <c>"')
  })

  it('refuses what is no program, and other names', () => {
    expect(() => loose(Report.graphviz)(T.sin)).toThrow(
      'graphviz: the operand is a function; expected a program; make one with Debug.trace'
    )
    expect(() => draw((x) => x, [1], { names: ['a', 'b'] })).toThrow(
      'graphviz: the number of names is 2; expected 1, one for each input'
    )
  })
})

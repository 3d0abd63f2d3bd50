// What the compilers say to programs that are wrong: the sentences are part of the interface.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../scripts/sources.js'

const prelude = `import { pipe } from 'fp-ts/lib/function.js'
import { grad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import type { Dim } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
declare const batch: T.Tensor<[Dim<'batch'>, 3]>
declare const classes: T.Tensor<[Dim<'classes'>, 3]>
type Rows<N extends number> = T.Tensor<[number, N]>
export const wrong = () => `

const sizes = '<M extends number, N extends number>'

/** A wrong expression, and the sentence or the words that every compiler says to it. */
const cases: readonly (readonly [program: string, says: string])[] = [
  ['T.add(T.zeros([2, 3]), T.zeros([2, 4]))', '"add: [2, 3] and [2, 4] do not broadcast"'],
  ['pipe(T.zeros([2, 3]), T.add(T.zeros([2, 4])))', '"add: [2, 3] and [2, 4] do not broadcast"'],
  ['T.add(T.zeros([2, 3]), T.zeros([4]))', '"add: [2, 3] and [4] do not broadcast"'],
  ['pipe(T.zeros([2, 3]), T.maximum(T.zeros([4])))', '"maximum: [2, 3] and [4] do not broadcast"'],
  [`${sizes}(x: Rows<M>, y: T.Tensor<[N]>) => T.sub(x, y)`, 'MustBroadcast<"sub", [number, M], [N]'],
  [`${sizes}(x: Rows<M>, y: T.Tensor<[N]>) => pipe(x, T.sub(y))`, 'MustBroadcast<"sub", [number, M], [N]'],
  [`${sizes}(x: Rows<M>, y: T.Tensor<[N, 2]>) => T.matmul(x, y)`, 'Contracts<M, N>'],
  ['T.mul(batch, classes)', '"mul: [batch, 3] and [classes, 3] do not broadcast"'],
  ['T.sub(batch, T.zeros([2, 4]))', '"sub: [batch, 3] and [2, 4] do not broadcast"'],
  ['T.matmul(T.zeros([2, 3]), T.zeros([4, 5]))', '"matmul: [2, 3] and [4, 5] do not multiply"'],
  ['pipe(T.zeros([2, 3]), T.matmul(T.zeros([4])))', '"matmul: [2, 3] and [4] do not multiply"'],
  ['T.of([[1, 2, 3], [4, 5]])', '"of: rows have different lengths; expected equal lengths"'],
  ['T.of([1, [2]])', '"of: rows have different lengths; expected equal lengths"'],
  ['grad((x: T.Tensor<[3]>) => T.neg(x))(T.zeros([3]))', '"grad: the function returned shape [3]; expected a scalar"'],
  ['grad(T.neg)(T.zeros([3]))', '"grad: the function returned shape [3]; expected a scalar"'],
  ['grad((x: T.Tensor<[3]>) => [x])(T.zeros([3]))', '"grad: the function returned no tensor; expected a scalar"'],
  [
    'T.ensure(T.zeros([2]), [2]) satisfies T.Tensor<[3]>',
    "'Tensor<[2]>' does not satisfy the expected type 'Tensor<[3]>'"
  ],
  ['Tree.add({ w: T.zeros([2]) }, { b: T.zeros([2]) })', "'b' does not exist in type"],
  [
    'Layer.sequential(Layer.dense(4, 8), T.relu, Layer.dense(9, 3))',
    '"sequential: layer 3 takes [..., 9]; it is given [..., 8]"'
  ],
  [
    'Layer.sequential((x: Rows<4>): T.Tensor<[number]> => T.sum(x, { axis: 1 }), (x: Rows<8>) => T.neg(x))',
    '"sequential: layer 2 takes [number, 8]; it is given [number]"'
  ],
  [
    'pipe(Layer.dense(4, 8), Layer.compose(Layer.dense(9, 3)))',
    '"sequential: layer 2 takes [..., 9]; it is given [..., 8]"'
  ]
]

const folder = join(root, '.doc-blocks', `messages-${process.pid}`)
const nameOf = (index: number): string => `case-${String(index).padStart(2, '0')}.ts`
mkdirSync(folder, { recursive: true })
afterAll(() => rmSync(folder, { recursive: true, force: true }))
cases.forEach(([program], index) => writeFileSync(join(folder, nameOf(index)), `${prelude}${program}\n`))
writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.json', include: ['.'] }))

/** What a compiler says, by case. */
const sayings = (compiler: string): readonly string[] => {
  const tsc = join(root, 'node_modules', compiler, 'bin/tsc')
  const run = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' })
  const texts = cases.map((): string[] => [])
  let current: string[] | undefined
  for (const line of run.stdout.split('\n')) {
    const start = /^(.*)\(\d+,\d+\): error/.exec(line)
    const index = /case-(\d+)\.ts$/.exec(start?.[1] ?? '')?.[1]
    if (start !== null) current = index === undefined ? undefined : texts[Number(index)]
    current?.push(line.replace(/^.*?: error/, 'error'))
  }
  return texts.map((lines) => lines.join('\n').trim())
}

describe.each(['typescript-5.9', 'typescript-6.0', 'typescript'])('%s', (compiler) => {
  let said: readonly string[] = []
  beforeAll(() => {
    said = sayings(compiler)
  }, 120_000)

  test.each(cases.map(([program, says], index) => ({ program, says, index })))('$program', ({ says, index }) => {
    expect(said[index]).toContain(says)
  })

  if (compiler !== 'typescript') return
  test('word for word', () => {
    expect(cases.map(([program], index) => `${program}\n${said[index]}`).join('\n\n')).toMatchSnapshot()
  })
})

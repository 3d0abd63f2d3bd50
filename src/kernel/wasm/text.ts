/** A module in the text format of WebAssembly, for reading: operands stand inside the instruction that takes them. */
import type { Func, Import, Instruction, Local, Module, ValueType } from './model.js'

/** A number as the text format spells it. */
const spell = (value: number): string => {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  return Object.is(value, -0) ? '-0' : String(value)
}

const indent = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`)

/** On one line if there is room, otherwise one operand to a line. */
const form = (head: string, operands: readonly Instruction[]): readonly string[] => {
  const parts = operands.map(lines)
  const flat = `(${[head, ...parts.flat()].join(' ')})`
  const simple = parts.every((part) => part.length === 1)
  return simple && flat.length <= 100 ? [flat] : [`(${head}`, ...indent(parts.flat()), ')']
}

const offset = (bytes: number): string => (bytes === 0 ? '' : ` offset=${bytes}`)

const lines = (x: Instruction): readonly string[] => {
  switch (x._tag) {
    case 'Plain':
    case 'Bulk':
      return form(x.op, x.operands)
    case 'Memory':
      return form(x.op + offset(x.offset), x.operands)
    case 'Lane':
      return form(`${x.op} ${x.lane}`, x.operands)
    case 'Const':
      return [`(${x.type}.const ${x.type === 'i32' ? x.value | 0 : spell(x.value)})`]
    case 'Const64':
      return [`(i64.const ${BigInt.asIntN(64, x.value)})`]
    case 'Vector':
      return [`(v128.const ${x.type} ${x.values.map(spell).join(' ')})`]
    case 'Shuffle':
      return form(`i8x16.shuffle ${x.bytes.join(' ')}`, x.operands)
    case 'Get':
      return [`(local.get $${x.name})`]
    case 'Set':
      return form(`${x.op} $${x.name}`, [x.value])
    case 'Block':
      return [`(${x.op} $${x.label}`, ...indent(x.body.flatMap(lines)), ')']
    case 'Branch':
      return form(`${x.op} $${x.label}`, x.when === undefined ? [] : [x.when])
    case 'If': {
      const branch = (name: string, body: readonly Instruction[]): readonly string[] => [
        `(${name}`,
        ...indent(body.flatMap(lines)),
        ')'
      ]
      const otherwise = x.otherwise.length === 0 ? [] : branch('else', x.otherwise)
      return ['(if', ...indent([...lines(x.condition), ...branch('then', x.body), ...otherwise]), ')']
    }
    case 'Call':
      return form(`call $${x.name}`, x.operands)
  }
}

const field = (kind: string, { name, type }: Local): string => `(${kind} $${name} ${type})`

const list = (kind: string, types: readonly ValueType[]): string =>
  types.length === 0 ? '' : ` (${kind} ${types.join(' ')})`

const func = (f: Func): readonly string[] => [
  `(func $${f.name}${f.exported ? ` (export "${f.name}")` : ''}`,
  ...indent([
    ...f.params.map((param) => field('param', param)),
    ...f.results.map((type) => `(result ${type})`),
    ...f.locals.map((local) => field('local', local)),
    ...f.body.flatMap(lines)
  ]),
  ')'
]

const imported = ({ name, params, results }: Import): string =>
  `(import "env" "${name}" (func $${name}${list('param', params)}${list('result', results)}))`

/** The module as text. */
export const print = ({ memory, imports, functions }: Module): string => {
  const limits = [memory.pages, ...(memory.maximum === undefined ? [] : [memory.maximum])].join(' ')
  return [
    '(module',
    ...indent([
      `(import "env" "memory" (memory ${limits}${memory.shared ? ' shared' : ''}))`,
      ...imports.map(imported),
      ...functions.flatMap(func)
    ]),
    ')'
  ].join('\n')
}

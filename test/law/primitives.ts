// All primitives of the library, found by what they are: exported records, and functions that carry one.
import type { Primitive } from 'pullback/Primitive'

declare global {
  interface ImportMeta {
    readonly glob: {
      (patterns: readonly string[], options: { readonly eager: true }): Readonly<Record<string, object>>
      (
        patterns: readonly string[],
        options: { readonly eager: true; readonly query: '?raw'; readonly import: 'default' }
      ): Readonly<Record<string, string>>
    }
  }
}

export interface Found {
  /** Where it is exported: `src/tensor/reduce.ts: sumPrimitive`. */
  readonly place: string
  readonly primitive: Primitive
}

const modules = import.meta.glob(['../../src/*/*.ts'], { eager: true })
const sources = import.meta.glob(['../../src/*/*.ts'], {
  eager: true,
  query: '?raw',
  import: 'default'
})

/** Whether a value claims to be a primitive: it has a name and a kernel. What else it must have is for the suite to say. */
export const isPrimitive = (x: unknown): x is Primitive =>
  typeof x === 'object' &&
  x !== null &&
  'evaluate' in x &&
  typeof x.evaluate === 'function' &&
  'name' in x &&
  typeof x.name === 'string'

/** Everything that is exported, with its place. */
export const exportsOf = (
  from: Readonly<Record<string, object>>
): readonly (readonly [place: string, value: unknown])[] =>
  Object.entries(from).flatMap(([file, module]) =>
    Object.entries(module).map(([name, value]) => [`${file.replace('../../', '')}: ${name}`, value] as const)
  )

/** The primitives among exports, each once. */
export const collect = (exported: readonly (readonly [place: string, value: unknown])[]): readonly Found[] => {
  const found = new Map<Primitive, string>()
  for (const [place, value] of exported) {
    const primitive = typeof value === 'function' && 'primitive' in value ? value.primitive : value
    if (isPrimitive(primitive) && !found.has(primitive)) found.set(primitive, place)
  }
  return [...found].map(([primitive, place]) => ({ place, primitive }))
}

export const exported: readonly (readonly [place: string, value: unknown])[] = exportsOf(modules)

/** The library's primitives. */
export const primitives: readonly Found[] = collect(exported)

const declared = /^const (\w+)(?:: (?:Tuple)?Primitive\b|(?:: \w+(?:<[^=]*>)?)? = (?:op<|unary\(|binary\())/gm

/** Top-level constants that are primitives, but neither exported nor exposed by a function: no suite would find them. */
export const hidden: readonly string[] = Object.entries(sources).flatMap(([file, text]) =>
  [...text.matchAll(declared)]
    .map(([, name]) => name ?? '')
    .filter((name) => !new RegExp(`expose\\b[^]*?,\\s*${name}\\s*\\)`).test(text))
    .map((name) => `${file.replace('../../', '')}: ${name}`)
)

// StableHLO text read back without an engine: every value is defined before it is used, in a region that sees it, and with the type it is used at.

interface Scope {
  readonly types: Map<string, string>
  readonly outer: Scope | undefined
}

const typeOf = (scope: Scope | undefined, id: string): string | undefined =>
  scope === undefined ? undefined : (scope.types.get(id) ?? typeOf(scope.outer, id))

const types = (text: string): readonly string[] => [...text.matchAll(/tensor<[^>]*>/g)].map(([type]) => type)

const ids = (text: string): readonly string[] => [...text.matchAll(/%[A-Za-z0-9]+(?:#\d+)?/g)].map(([id]) => id)

/** A line without its location, names and attributes, which hold no values. */
const bare = (line: string): string =>
  line
    .replace(/ loc\(#loc\d+\)$/, '')
    .replace(/"0x[0-9A-F]*"/g, '')
    .replace(/padding = dense<[^>]*> : tensor<[^>]*>/, '')

/** What is wrong with a text; nothing if all is well. */
export const faultsOf = (text: string): readonly string[] => {
  const faults: string[] = []
  let scope: Scope = { types: new Map(), outer: undefined }
  /** Operations that are open, with the values that they will give, and the types of those that they carry. */
  const open: { readonly targets: readonly string[]; readonly carried: readonly (readonly [string, string])[] }[] = []
  const use = (id: string, type: string | undefined, line: string): void => {
    const known = typeOf(scope, id)
    if (known === undefined) faults.push(`${id} is not defined: ${line.trim()}`)
    else if (type !== undefined && known !== type) faults.push(`${id} is ${known}, used as ${type}: ${line.trim()}`)
  }
  const define = (targets: readonly string[], results: readonly string[]): void => {
    targets.forEach((id, i) => scope.types.set(id, results[i] ?? '?'))
  }
  const enter = (): void => {
    scope = { types: new Map(), outer: scope }
  }
  const leave = (): void => {
    scope = scope.outer ?? scope
  }
  const targetsOf = (name: string | undefined): readonly string[] => {
    const [id, count] = (name ?? '').split(':')
    return id === '' || id === undefined
      ? []
      : count === undefined
        ? [id]
        : Array.from({ length: Number(count) }, (_, i) => `${id}#${i}`)
  }
  const ended = (line: string): void => {
    const { targets } = open.pop() ?? { targets: [] }
    const results = line.includes('->') ? types(line.slice(line.lastIndexOf('->'))) : []
    if (results.length > 0) define(targets, results)
  }
  for (const whole of text.split('\n')) {
    const line = bare(whole)
    const [, target, rest = ''] = /^\s*(?:(%\w+(?::\d+)?) = )?(.*)$/.exec(line) ?? []
    if (rest.startsWith('#loc') || rest === '' || rest.startsWith('module')) continue
    if (rest.startsWith('func.func')) {
      for (const [, id = '', type = ''] of rest.matchAll(/(%arg\d+): (tensor<[^>]*>)/g)) scope.types.set(id, type)
      continue
    }
    if (rest.startsWith('^bb0')) {
      for (const [, id = '', type = ''] of rest.matchAll(/(%\w+): (tensor<[^>]*>)/g)) scope.types.set(id, type)
      continue
    }
    if (rest.startsWith('stablehlo.while(')) {
      const carried = types(rest.slice(rest.lastIndexOf(')')))
      const pairs = [...rest.matchAll(/(%\w+) = (%\w+(?:#\d+)?)/g)]
      pairs.forEach(([, , from = ''], i) => {
        use(from, carried[i], line)
      })
      define(targetsOf(target), carried)
      open.push({ targets: [], carried: pairs.map(([, id = ''], i) => [id, carried[i] ?? '?']) })
      continue
    }
    if (rest === 'cond {' || rest === '} do {') {
      if (rest === '} do {') leave()
      enter()
      open.at(-1)?.carried.forEach(([id, type]) => scope.types.set(id, type))
      continue
    }
    if (rest.startsWith('}, {')) {
      leave()
      enter()
      continue
    }
    if (rest.startsWith('}')) {
      if (open.length === 0) continue
      leave()
      ended(rest)
      continue
    }
    const isOpening = rest.endsWith('({')
    const signature = rest.slice(rest.lastIndexOf(' : '))
    const operands = ids(isOpening ? rest : rest.slice(0, rest.lastIndexOf(' : ')))
    const [before = '', after = ''] = signature.split('->')
    const listed = types(before)
    const expected = signature.includes('->') || rest.includes('return') || rest.includes('select') ? listed : undefined
    operands.forEach((id, i) => {
      const own =
        rest.includes('stablehlo.select') && i === 2 ? listed[1] : expected === undefined ? listed[0] : expected[i]
      use(id, isOpening ? undefined : own, line)
    })
    if (isOpening) {
      open.push({ targets: targetsOf(target), carried: [] })
      enter()
    } else if (target !== undefined) define(targetsOf(target), after === '' ? [listed.at(-1) ?? '?'] : types(after))
  }
  return faults
}

// Law.check needs no runner: nothing on its way imports fast-check, which is an optional peer.
import { describe, expect, it } from 'vitest'
import './primitives.js'

const sources = import.meta.glob(['../../src/**/*.ts'], { eager: true, query: '?raw', import: 'default' })

const resolve = (from: string, path: string): string => {
  const parts = from.split('/').slice(0, -1)
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/').replace(/\.js$/, '.ts')
}

const reachable = (file: string, seen: Set<string> = new Set()): ReadonlySet<string> => {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, path] of (sources[file] ?? '').matchAll(/^(?:import|export|\} from)[^']*'([^']+)'$/gm)) {
    if (path === undefined) continue
    if (path.startsWith('.')) reachable(resolve(file, path), seen)
    else seen.add(path)
  }
  return seen
}

describe('without a runner', () => {
  it('is how check works', () => {
    const found = reachable('../../src/law/check.ts')
    expect(found.has('../../src/calculus/reverse.ts')).toBe(true)
    expect(found.has('fast-check')).toBe(false)
  })

  it('is not how properties work', () => {
    expect(reachable('../../src/Law.ts').has('fast-check')).toBe(true)
  })
})

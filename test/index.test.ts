import { expect, test } from 'vitest'
import * as pullback from 'pullback'
import { publicModules } from '../scripts/sources.js'

const tower: ReadonlySet<string> = new Set(['Arbitrary', 'Law', 'Plot', 'ProgressBar'])

test('the door leads to every public module but those that need a peer or an engine', () => {
  expect(Object.keys(pullback).sort()).toEqual(
    publicModules().filter((name) => !tower.has(name) && !name.includes('/'))
  )
})

// The steps in a browser without a window: onnxruntime-web by WebAssembly, and by WebGPU on an adapter in software.
import { expect } from 'vitest'
import { testWith } from '../engines.js'
import { expectOutcomes } from '../engine/expectOutcomes.js'
import { steps } from '../steps.js'
import { type Place, onPage } from './pages.js'

const expectOnPage = async (place: Place, names: readonly string[]): Promise<void> => {
  const told = await onPage(place, names)
  if ('error' in told) throw new Error(`${place.name}: ${told.error}`)
  expect(told.isIsolated).toBe(true)
  expect(told.adapter).toMatch(place.adapter)
  expect(told.found.map(({ name }) => name)).toEqual(names)
  expectOutcomes(`${place.name} (adapter ${told.adapter})`, told.found)
}

const byProcessor: Place = {
  name: 'Chromium, WebAssembly',
  entry: 'onnxruntime-web/wasm',
  executionProviders: ['wasm'],
  flags: ['--disable-gpu'],
  adapter: /none/
}

const byGpu: Place = {
  name: 'Chromium, WebGPU',
  entry: 'onnxruntime-web/webgpu',
  executionProviders: ['webgpu', 'wasm'],
  flags: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
  adapter: /swiftshader/
}

const needs = ['onnxruntime-web', 'chromium']
const names = steps().map(({ name }) => name)

await testWith(needs, 'the steps run in Chromium, by WebAssembly with threads', () => expectOnPage(byProcessor, names))

// One page for each: an adapter in software takes its time.
for (const name of names) {
  await testWith(needs, `${name} runs in Chromium, by WebGPU on an adapter in software`, () =>
    expectOnPage(byGpu, [name])
  )
}

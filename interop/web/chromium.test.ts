// The steps in a browser without a window: onnxruntime-web by WebAssembly, and by WebGPU on an adapter in software.
import { expect } from 'vitest'
import { testWith } from '../engines.js'
import { expectOutcomes } from '../engine/expectOutcomes.js'
import { type Place, onPage } from './pages.js'

const run = async (name: string, place: Place): Promise<void> => {
  const told = await onPage(place)
  if ('error' in told) throw new Error(`${name}: ${told.error}`)
  console.log(`${name}: isolated: ${String(told.isIsolated)}, adapter: ${told.adapter}`)
  expect(told.isIsolated).toBe(true)
  if (place.executionProviders.includes('webgpu')) expect(told.adapter).not.toBe('none')
  expectOutcomes(name, told.found)
}

await testWith(['onnxruntime-web', 'chromium'], 'the steps run in Chromium, by WebAssembly with threads', () =>
  run('Chromium, WebAssembly', {
    entry: 'onnxruntime-web',
    executionProviders: ['wasm'],
    flags: ['--disable-gpu']
  })
)

await testWith(['onnxruntime-web', 'chromium'], 'the steps run in Chromium, by WebGPU', () =>
  run('Chromium, WebGPU', {
    entry: 'onnxruntime-web/webgpu',
    executionProviders: ['webgpu', 'wasm'],
    flags: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']
  })
)

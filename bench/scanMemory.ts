/** Long loops: what the backward pass of a scan keeps, and what keeping less costs. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type ScanOptions, scan } from 'pullback/Control'
import { grad, vjp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { sideBySide, table } from './measure.js'

type S = T.Tensor<[]>
const scalar = (value: number): S => T.scalar(value, 'float64')

const steps = 100_000
const forces: T.Tensor<[number]> = T.sin(T.linspace(0, 300, steps, 'float64'))

interface Pendulum {
  readonly angle: S
  readonly speed: S
}

// a driven pendulum, stepped by a symplectic Euler method; its length and the size of the force are differentiated
const swing =
  (options: ScanOptions) =>
  ({ length, drive }: { readonly length: S; readonly drive: S }): S => {
    const step = ({ angle, speed }: Pendulum, force: S): readonly [Pendulum, undefined] => {
      const pull = T.sub(T.mul(drive, force), T.div(T.sin(angle), length))
      const faster = T.add(speed, T.mul(pull, 1e-3))
      return [{ angle: T.add(angle, T.mul(faster, 1e-3)), speed: faster }, undefined]
    }
    return scan(step, options)({ angle: scalar(1), speed: scalar(0) }, forces)[0].angle
  }

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const heap = (): number => {
  collect()
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** How many bytes are held between the forward and the backward pass. */
const held = (options: ScanOptions): number => {
  const before = heap()
  const [, pullback] = vjp(swing(options))({ length: scalar(1), drive: scalar(0.1) })
  const bytes = heap() - before
  pullback(scalar(1))
  return bytes
}

const variants: readonly (readonly [name: string, options: ScanOptions])[] = [
  ['plain', {}],
  ["checkpointEvery: 'sqrt'", { checkpointEvery: 'sqrt' }],
  ['checkpointEvery: 1000', { checkpointEvery: 1000 }],
  ['checkpointEvery: 20', { checkpointEvery: 20 }]
]

export const scanMemory = (): string => {
  const params = { length: scalar(1), drive: scalar(0.1) }
  const bytes = new Map(variants.map(([name, options]) => [name, held(options)]))
  const timings = sideBySide(
    variants.map(([name, options]) => [name, () => grad(swing(options))(params)]),
    3
  )
  const memory = ({ name }: { readonly name: string }): string =>
    `${((bytes.get(name) ?? NaN) / 1e6).toFixed(1)} MB held`
  return table(`The gradient of a scan of ${steps} steps, and what is held for its backward pass`, timings, memory)
}

/** The runner for StableHLO, `python/pullback_xla.py`, as a process in a folder of its own. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isRight } from 'fp-ts/lib/Either.js'
import * as Export from 'pullback/Export'
import { toSafetensors } from '../../examples/support/safetensors.js'
import { interpreter } from '../engines.js'

const script = fileURLToPath(new URL('../../python/pullback_xla.py', import.meta.url))

/** How a run ended. */
export interface Ended {
  readonly code: number
  /** The lines it printed. */
  readonly lines: readonly string[]
  /** The lines of its complaints. */
  readonly complaints: readonly string[]
}

/** A folder for files, and runs in it. */
export interface Runner {
  readonly folder: string
  readonly write: (name: string, content: string | Uint8Array) => void
  readonly run: (...words: readonly string[]) => Promise<Ended>
  readonly remove: () => void
}

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '')

/** A new folder. */
export const newRunner = (): Runner => {
  const folder = mkdtempSync(join(tmpdir(), 'runner-'))
  const env = { ...process.env, JAX_PLATFORMS: 'cpu' }
  return {
    folder,
    write: (name, content) => {
      writeFileSync(join(folder, name), content)
    },
    run: (...words) =>
      new Promise((resolve) => {
        execFile(interpreter, [script, ...words], { cwd: folder, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
          resolve({ code, lines: linesOf(stdout), complaints: linesOf(stderr) })
        })
      }),
    remove: () => {
      rmSync(folder, { recursive: true })
    }
  }
}

/** The text of an export, which is written whole. */
export const textOf = (made: ReturnType<ReturnType<typeof Export.stableHlo>>): string => {
  if (!isRight(made)) throw new Error(made.left.message)
  return made.right
}

/** Writes what a step of training needs: `step.mlir`, the state `start.safetensors` and the rows `data.safetensors`. */
export const writeStep = (
  { write }: Runner,
  step: (...args: readonly never[]) => unknown,
  [start, batch]: readonly unknown[],
  rows: unknown = batch
): void => {
  write('step.mlir', textOf(Export.stableHlo(step as (...args: readonly unknown[]) => unknown)(start, batch)))
  write('start.safetensors', toSafetensors(start))
  write('data.safetensors', toSafetensors(rows))
}

/** The losses in what a run printed. */
export const lossesIn = ({ lines }: Ended): readonly number[] =>
  lines.flatMap((line) => {
    const found = /^step \d+: .*\bloss ([^ ,]+)/.exec(line)
    return found === null ? [] : [Number(found[1])]
  })

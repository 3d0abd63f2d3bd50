// The files beside the examples, wherever they are started from.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const pathOf = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url))

/** Reads a file of `examples/data`, by its name. */
export const readData = (name: string): Promise<string> => readFile(pathOf(`data/${name}`), 'utf8')

/** Writes a file of `examples/out`, and tells its path as one would type it. */
export const writeOut = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = pathOf(`out/${name}`)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
  return `examples/out/${basename(path)}`
}

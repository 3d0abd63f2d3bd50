// Which files the checks look at, and which of them are public modules.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of package.json. */
export const root: string = dirname(dirname(fileURLToPath(import.meta.url)))

const skipped: ReadonlySet<string> = new Set(['node_modules', 'dist', 'coverage', '.git'])

/** Every file with the given ending under a folder of the project, as sorted paths from the root with forward slashes. */
export const filesUnder = (folder: string, ending: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  const walk = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name)
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name)) walk(path)
      } else if (entry.name.endsWith(ending)) found.push(relative(root, path).split(sep).join('/'))
    }
  }
  const start = join(root, folder)
  if (existsSync(start)) walk(start)
  return found.sort()
}

/** The text of a file of the project. */
export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

/** Lower-case folders of src: rooms behind the public modules, closed to importers of the package. */
const privateFolders = (): ReadonlyArray<string> =>
  readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()

/** The room whose PascalCase files are public too: doors that nothing else of the package leads to. */
const openRoom = 'engine'

/** The public modules: PascalCase files at the top of src, by name, and those of `engine`, by folder and name. */
export const publicModules = (): ReadonlyArray<string> => {
  const modules = (folder: string): ReadonlyArray<string> =>
    readdirSync(join(root, 'src', folder))
      .filter((name) => /^[A-Z][A-Za-z0-9]*\.ts$/.test(name))
      .map((name) => `${folder}${name.slice(0, -'.ts'.length)}`)
      .sort()
  return [...modules(''), ...modules(`${openRoom}/`)]
}

/** A file of each room that importers of the package cannot reach. */
export const closedFiles = (): ReadonlyArray<string> => {
  const open = new Set(publicModules().map((name) => `src/${name}.ts`))
  return privateFolders().flatMap((folder) =>
    filesUnder(`src/${folder}`, '.ts')
      .filter((file) => !open.has(file))
      .slice(0, 1)
  )
}

/** Prints the problems, one to a line, and leaves with the matching exit code. */
export const report = (subject: string, problems: ReadonlyArray<string>): void => {
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) {
    console.error(`${subject}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`)
    process.exitCode = 1
  } else console.log(`${subject}: ok`)
}

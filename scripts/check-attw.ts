// Are the types wrong? Asks attw about the packed package, for every public module by name (it does not expand `./*`).
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { publicModules, root } from './sources.js'

const entrypoints = ['.', ...publicModules()]
const { status } = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js'),
    '--pack',
    '.',
    '--profile',
    'esm-only',
    '--format',
    'table-flipped',
    '--no-emoji',
    '--entrypoints',
    ...entrypoints
  ],
  { cwd: root, stdio: 'inherit' }
)
process.exitCode = status ?? 1

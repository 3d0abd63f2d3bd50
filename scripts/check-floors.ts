// The house has floors: a file of src imports only from lower floors or its own.
// One table says which file lives where; a file that is in no row is an error, so a new room must be placed.
// (Lint rules by folder could not say this: one room, `tensor`, spans two floors, and a new folder would go unchecked.)
import { dirname, join } from 'node:path/posix'
import ts from 'typescript-6.0'
import { filesUnder, report, textOf } from './sources.js'

type Floor = { readonly name: string; readonly height: number; readonly members: ReadonlyArray<string> }

// A member is a file, or a folder when it ends in a slash; the longest member that fits a file decides.
const floors: ReadonlyArray<Floor> = [
  {
    name: 'floor 0 (loops, shapes, dtypes)',
    height: 0,
    members: ['Shape.ts', 'shape/', 'DType.ts', 'dtype/', 'internal/', 'kernel/', 'onnx/']
  },
  {
    name: 'floor 1 (values)',
    height: 1,
    members: ['tensor/model.ts', 'tensor/show.ts', 'tree/', 'internal/require.ts', 'internal/dual.ts']
  },
  {
    // The makers of primitives stand on the structural ones (broadcasting, summation), whose kernels come along.
    name: 'floor 2 (interpreters)',
    height: 2,
    members: [
      'Primitive.ts',
      'primitive/',
      'transform/',
      'tensor/alongBlock.ts',
      'tensor/dataFirst.ts',
      'tensor/evaluate.ts',
      'tensor/structural.ts'
    ]
  },
  { name: 'floor 3 (operations)', height: 3, members: ['tensor/', 'Tensor.ts', 'Random.ts', 'random/'] },
  {
    name: 'floor 4 (transformations)',
    height: 4,
    members: [
      'Grad.ts',
      'calculus/',
      'Tree.ts',
      'tree/vector.ts',
      'Vmap.ts',
      'Control.ts',
      'control/',
      'Implicit.ts',
      'implicit/',
      'Ode.ts',
      'ode/',
      'Debug.ts',
      'debug/',
      'Program.ts',
      'program/',
      'Linalg.ts',
      'linalg/',
      'compile/',
      'Jit.ts'
    ]
  },
  {
    name: 'floor 5 (learning)',
    height: 5,
    members: [
      'Init',
      'Activation',
      'Attention',
      'Augment',
      'Layer',
      'Loss',
      'Regularizer',
      'Schedule',
      'Optimizer',
      'Metric',
      'Minimize',
      'Model',
      'Train',
      'Report',
      'Reporter'
    ].flatMap((module) => [`${module}.ts`, `${module.toLowerCase()}/`])
  },
  {
    name: 'floor 6 (the world outside)',
    height: 6,
    // The table of all primitives needs those of floor 5; so do formats.
    members: [
      'ProgramJson.ts',
      'Export.ts',
      'compile/export/',
      'program/primitives.ts',
      'Dataset.ts',
      'dataset/',
      'Import.ts',
      'import/',
      'Codec.ts',
      'codec/',
      'Checkpoint.ts',
      'checkpoint/'
    ]
  },
  // Reached by their own doors only, so that nobody else has formats and engines in a bundle.
  { name: 'engines', height: 7, members: ['engine/'] },
  { name: 'the door', height: 7, members: ['index.ts'] },
  {
    name: 'the tower',
    height: 8,
    members: ['Arbitrary.ts', 'arbitrary/', 'Law.ts', 'law/', 'Plot.ts', 'plot/', 'ProgressBar.ts']
  }
]

/** What users install beside the library, if they want to: only the tower may import it. */
const optionalPeers: ReadonlyArray<string> = [
  'fast-check',
  'echarts',
  'cli-progress',
  'onnxruntime-common',
  'onnxruntime-node',
  'onnxruntime-web'
]

const floorOf = (file: string): Floor | undefined => {
  const path = file.slice('src/'.length)
  const fits = (member: string): boolean => (member.endsWith('/') ? path.startsWith(member) : path === member)
  return floors
    .flatMap((floor) => floor.members.filter(fits).map((member) => ({ floor, length: member.length })))
    .sort((a, b) => b.length - a.length)[0]?.floor
}

const problems: Array<string> = []
const files = new Set(filesUnder('src', '.ts'))

for (const file of files) {
  const floor = floorOf(file)
  if (floor === undefined) {
    problems.push(`${file}: is on no floor; give it a place in scripts/check-floors.ts`)
    continue
  }
  const text = textOf(file)
  for (const { fileName, pos } of ts.preProcessFile(text, true, true).importedFiles) {
    const place = `${file}:${text.slice(0, pos).split('\n').length}`
    if (!fileName.startsWith('.')) {
      const peer = optionalPeers.find((name) => fileName === name || fileName.startsWith(`${name}/`))
      if (peer !== undefined && floor.height < 8) {
        problems.push(`${place}: imports ${peer}, an optional peer; only the tower may`)
      }
      continue
    }
    const target = join(dirname(file), fileName).replace(/\.js$/, '.ts')
    const targetFloor = floorOf(target)
    if (!fileName.endsWith('.js')) problems.push(`${place}: imports '${fileName}'; the path must end in .js`)
    else if (!files.has(target)) problems.push(`${place}: imports '${fileName}'; there is no ${target}`)
    else if (targetFloor !== undefined && targetFloor.height > floor.height) {
      problems.push(`${place}: ${floor.name} imports ${target} of ${targetFloor.name}; only downwards is allowed`)
    }
  }
}

report(`floors of ${files.size} files`, problems)

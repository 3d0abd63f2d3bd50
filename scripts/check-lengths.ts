// A file has one subject and fits in the head: no more than 400 lines.
import { filesUnder, report, textOf } from './sources.js'

const limit = 400

const files = ['src', 'test', 'scripts', 'examples'].flatMap((folder) => filesUnder(folder, '.ts'))
const problems = files.flatMap((file) => {
  const lines = textOf(file).trimEnd().split('\n').length
  return lines > limit ? [`${file}: has ${lines} lines; at most ${limit} are allowed: split it by subject`] : []
})

report(`lengths of ${files.length} files`, problems)

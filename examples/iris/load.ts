// Fisher's flowers from the file beside the examples.
import type * as TE from 'fp-ts/lib/TaskEither.js'
import * as Dataset from 'pullback/Dataset'
import { readData } from '../support/files.js'

export const species = ['setosa', 'versicolor', 'virginica']

const centimetres = Dataset.numberBetween(0, 20)
const columns = {
  features: [
    Dataset.column('sepal_length', centimetres),
    Dataset.column('sepal_width', centimetres),
    Dataset.column('petal_length', centimetres),
    Dataset.column('petal_width', centimetres)
  ],
  label: Dataset.column('species', Dataset.category(species))
} as const

/** All 150 flowers. */
export const loadIris: TE.TaskEither<Dataset.CsvErrors, Dataset.Dataset<[number, 4]>> = Dataset.fromCsv(readData)(
  'iris.csv',
  columns
)

// The digits from the file beside the examples.
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as Dataset from 'pullback/Dataset'
import { readData } from '../support/files.js'
import { type Digits, columns, prepare } from './data.js'

/** The training set and the test set. */
export const loadDigits: TE.TaskEither<Dataset.CsvErrors, readonly [train: Digits, test: Digits]> = pipe(
  Dataset.fromCsv(readData)('digits.csv', columns),
  TE.map(prepare)
)

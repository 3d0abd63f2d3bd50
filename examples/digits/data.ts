// The digits: images of 8 by 8 pixels, in any engine.
import * as E from 'fp-ts/lib/Either.js'
import { flow, pipe } from 'fp-ts/lib/function.js'
import * as Dataset from 'pullback/Dataset'
import * as T from 'pullback/Tensor'

export type Digits = Dataset.Dataset<[number, 64]>

export const columns = {
  features: Dataset.columns(64, (i) => Dataset.column(`p${i}`, Dataset.integerBetween(0, 16))),
  label: Dataset.column('label', Dataset.integerBetween(0, 9))
}

/** Pixels from 0 to 1; the last 360 rows, by other writers, are the test set. */
export const prepare: (digits: Digits) => readonly [train: Digits, test: Digits] = flow(
  Dataset.map(T.div(16)),
  Dataset.split(-360)
)

/** The training set and the test set, from the text of the file. */
export const digitsFrom = (csv: string): E.Either<Dataset.CsvErrors, readonly [train: Digits, test: Digits]> =>
  pipe(Dataset.fromCsvText(csv, columns, 'digits.csv'), E.map(prepare))

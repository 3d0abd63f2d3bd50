// The digits example, trained for ten epochs: many thousands of operations, each of which takes the results of others.
import { isLeft } from 'fp-ts/lib/Either.js'
import { showCsvErrors } from 'pullback/Dataset'
import { digitsFrom } from '../../examples/digits/data.js'
import { scoresOf, trainDigits } from '../../examples/digits/training.js'
import { digest } from './digest.js'
import { type Digests, digests } from './digests.js'

const epochs = 10

/** The digests of the model's parameters and scores. */
const ofModel = async (csv: string): Promise<Digests> => {
  const loaded = digitsFrom(csv)
  if (isLeft(loaded)) throw new Error(showCsvErrors(loaded.left))
  const [train, test] = loaded.right
  const result = await trainDigits(train, { epochs, seed: 0 })()
  if (isLeft(result)) throw new Error(result.left.message)
  const { state } = result.right
  return {
    [`digits: parameters after ${epochs} epochs`]: digest(state.params),
    'digits: scores of the test set': digest(scoresOf(state)(test.features))
  }
}

/** All digests: those of the operations, and those of the model that is trained on the digits in `csv`. */
export const allDigests = async (csv: string): Promise<Digests> => ({ ...digests(), ...(await ofModel(csv)) })

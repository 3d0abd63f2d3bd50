// Texts as tokens, one for each character.
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import type * as Train from 'pullback/Train'

export type Tokens = T.Tensor<[number, number]>

/** The characters of a text, in order; each is the token of its place. */
export const alphabetOf = (text: string): readonly string[] => [...new Set(text)].sort()

export const encode =
  (alphabet: readonly string[]) =>
  (text: string): readonly number[] =>
    Array.from(text, (character) => alphabet.indexOf(character))

export const decode =
  (alphabet: readonly string[]) =>
  (tokens: readonly number[]): string =>
    tokens.map((token) => alphabet[token]).join('')

/** Windows of a text from given places on, each with the characters that follow its own. */
export const windowsAt = (
  tokens: readonly number[],
  places: readonly number[],
  length: number
): Train.Example<Tokens, Tokens> => {
  const rows = (shift: number): Tokens =>
    T.of(
      places.map((at) => tokens.slice(at + shift, at + shift + length)),
      'int32'
    )
  return { features: rows(0), labels: rows(1) }
}

/** Windows at random places. */
export const drawWindows = (
  key: Random.Key,
  tokens: readonly number[],
  count: number,
  length: number
): Train.Example<Tokens, Tokens> => {
  const places = Random.uniform(key, [count], { high: tokens.length - length })
  return windowsAt(tokens, [...T.toArray(T.floor(places))], length)
}

/** The windows that lie one after the other, without the rest. */
export const allWindows = (tokens: readonly number[], length: number): Train.Example<Tokens, Tokens> => {
  const count = Math.floor((tokens.length - 1) / length)
  return windowsAt(
    tokens,
    Array.from({ length: count }, (_, i) => i * length),
    length
  )
}

/** What one pays for each character of a text, in nats, who knows how frequent characters are in another; of all of them, one more. */
export const entropyByFrequency = (known: readonly number[], tokens: readonly number[], vocabulary: number): number => {
  const counts = new Array<number>(vocabulary).fill(1)
  for (const token of known) counts[token]!++
  const total = known.length + vocabulary
  return tokens.reduce((sum, token) => sum - Math.log(counts[token]! / total), 0) / tokens.length
}

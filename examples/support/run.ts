// How an example ends: a stated result that is not reached is an exit code other than 0.
import { createHash } from 'node:crypto'
import type * as E from 'fp-ts/lib/Either.js'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'

/** Prints what is stated and whether it holds; if not, the program will exit with 1. */
export const check = (statement: string, holds: boolean): void => {
  console.log(`${holds ? 'ok  ' : 'NOT '} ${statement}`)
  if (!holds) process.exitCode = 1
}

/** The value on the right; else prints the message and ends the program with 1. */
export const getOrExit =
  <Error>(show: (error: Error) => string) =>
  <A>(result: E.Either<Error, A>): A => {
    if (result._tag === 'Right') return result.right
    console.error(show(result.left))
    process.exit(1)
  }

/** A fingerprint of every bit of a tree of tensors: the start of a SHA-256 of its paths and values. */
export const fingerprint = (tree: unknown): string => {
  const hash = createHash('sha256')
  const { leaves, paths } = Tree.flatten(tree)
  leaves.forEach((leaf, i) =>
    hash.update(`${paths[i] ?? ''}${leaf.dtype}[${leaf.shape.join()}]`).update(T.toArray(leaf))
  )
  return hash.digest('hex').slice(0, 16)
}

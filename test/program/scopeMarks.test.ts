// Marks of scopes, for each way in which a pullback is put on the tape.
import { scan } from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import { checkpoint, customVjp, grad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { expect, test } from 'vitest'
import { openScope } from '../../src/transform/scope.js'

type S = T.Tensor<[]>

const scopesOf = (f: (x: S) => S): readonly (string | undefined)[] => [
  ...new Set(
    Debug.trace(grad((x: S) => Debug.scope('f', () => f(x))))(T.scalar(1))
      .equations.filter(({ primitive }) => primitive.name !== 'add')
      .map(({ scope }) => scope)
  )
]

test.each<readonly [name: string, f: (x: S) => S]>([
  ['one operand', (x) => T.square(x)],
  ['a pair of scalars', (x) => T.mul(x, x)]
])('the pullback of %s is marked', (_, f) => {
  expect(scopesOf(f)).toEqual(['vjp(f)'])
})

test.each<readonly [name: string, primitive: string, f: (x: S) => S]>([
  ['checkpoint', 'checkpoint', (x) => checkpoint((a: S) => T.sin(a))(x)],
  ['scan', 'scan', (x) => scan((c: S) => [T.sin(c), undefined], { length: 3 })(x)[0]]
])('the joint pullback of %s is marked', (_, name, f) => {
  const program = Debug.trace(grad((x: S) => Debug.scope('f', () => f(x))))(T.scalar(1))
  const last = program.equations.filter(({ primitive }) => primitive.name === name).at(-1)
  expect(last?.scope).toBe('vjp(f)')
})

test('a pullback that throws leaves no mark behind', () => {
  const broken = customVjp(
    (x: S): readonly [S, undefined] => [T.mul(x, 1), undefined],
    (): readonly [S] => {
      throw new Error('broken')
    }
  )
  expect(() => grad((x: S) => Debug.scope('f', () => broken(x)))(T.scalar(1))).toThrow('broken')
  expect(openScope()).toBeUndefined()
})

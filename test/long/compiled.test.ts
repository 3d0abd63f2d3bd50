// 10^5 random programs, compiled, against the functions that they were made from: bit for bit.
import { describe, test } from 'vitest'
import { expectAgreement } from '../compile/agrees.js'

describe.each(Array.from({ length: 10 }, (_, i) => i))('ten thousand programs, %i', (salt) => {
  test('give the bits of their functions', { timeout: 1_800_000 }, () => {
    expectAgreement(10_000, salt)
  })
})

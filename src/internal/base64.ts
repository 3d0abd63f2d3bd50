/** Bytes as base64 (RFC 4648), by the functions that Node, browsers, workers, Bun and Deno have. */
declare const btoa: (binary: string) => string
declare const atob: (text: string) => string

/** Bytes that are encoded at a time: a multiple of 3, few enough to be arguments of one call. */
const part = 3 * 2 ** 12

/** Bytes as base64 with padding. */
export const encode = (bytes: Uint8Array): string => {
  let text = ''
  for (let from = 0; from < bytes.length; from += part) {
    text += btoa(String.fromCharCode(...bytes.subarray(from, from + part)))
  }
  return text
}

/** Characters that are checked at a time: a multiple of 4. */
const block = 4 * 2 ** 12

const wellFormed = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The bytes of base64 with padding; `undefined` for other text. */
export const decode = (text: string): Uint8Array | undefined => {
  const bytes = new Uint8Array((text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0))
  let to = 0
  for (let from = 0; from < text.length; from += block) {
    const some = text.slice(from, from + block)
    // Padding ends the text, not a block of it.
    if (!wellFormed.test(some) || (some.endsWith('=') && from + block < text.length)) return undefined
    const binary = atob(some)
    for (let i = 0; i < binary.length; i++) bytes[to++] = binary.charCodeAt(i)
  }
  return bytes
}

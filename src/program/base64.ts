/** Bytes as text, RFC 4648. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

const digits: ReadonlyMap<string, number> = /* @__PURE__ */ new Map(
  Array.from(alphabet, (character, value) => [character, value])
)

const wellFormed = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Strings are put together in parts of so many characters, and then joined. */
const part = 3 * 2 ** 12

/** The characters of up to `part` bytes. */
const encodePart = (bytes: Uint8Array): string => {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes[i]!, bytes[i + 1], bytes[i + 2]]
    text += alphabet[a >> 2]! + alphabet[((a & 3) << 4) | ((b ?? 0) >> 4)]!
    text += b === undefined ? '=' : alphabet[((b & 15) << 2) | ((c ?? 0) >> 6)]!
    text += c === undefined ? '=' : alphabet[c & 63]!
  }
  return text
}

/** Bytes as base64 with padding. */
export const encode = (bytes: Uint8Array): string => {
  const parts: string[] = []
  for (let from = 0; from < bytes.length; from += part) parts.push(encodePart(bytes.subarray(from, from + part)))
  return parts.join('')
}

/** The bytes of base64 with padding; `undefined` for other text. */
export const decode = (text: string): Uint8Array | undefined => {
  if (!wellFormed.test(text)) return undefined
  const bytes = new Uint8Array((text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0))
  let to = 0
  for (let i = 0; i < text.length; i += 4) {
    let group = 0
    for (let k = 0; k < 4; k++) group = (group << 6) | (digits.get(text[i + k]!) ?? 0)
    for (let shift = 16; shift >= 0 && to < bytes.length; shift -= 8) bytes[to++] = (group >> shift) & 255
  }
  return bytes
}

/** How far back a cut looks for the end of a word, in characters. */
const WORD_CHARACTERS = 256

/**
 * The text of bytes that end anywhere, up to the last word that is surely whole: half a word may be half a secret,
 * which nobody would know for one. Of a text without spaces, the last 256 characters go.
 */
export const cutToWords = (text: string): string => {
  const from = Math.max(0, text.length - WORD_CHARACTERS)
  const end = text.slice(from).search(/\s\S*$/)
  return text.slice(0, end < 0 ? from : from + end)
}

/** A text of at most so many bytes of UTF-8; where it is cut, it ends with an ellipsis. */
export const cutToBytes = (text: string, maxBytes: number): string => {
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return text
  const bytes = Buffer.from(text.slice(0, maxBytes))
  let end = maxBytes - Buffer.byteLength('…')
  // a byte of the form 10…… is not the first of its character
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return `${bytes.toString('utf8', 0, end)}…`
}

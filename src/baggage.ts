/**
 * What is handed from one process to the next beside the trace: W3C Baggage, as the text of a header or of the variable
 * `BAGGAGE`.
 *
 * @see https://www.w3.org/TR/baggage/#baggage-http-header-format
 */

/** What everybody has to hand on, and so the most that arrives everywhere: members, and bytes in all. */
const mostMembers = 64
const mostBytes = 8_192

const decoded = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const keyOf = (member: string) => member.split('=', 1)[0]?.trim() ?? ''

const membersOf = (text: string) => text.split(',').filter((member) => member.trim() !== '')

/** The value of a key, without its properties; undefined if it is not there, empty, or no percent-encoded text. */
export const baggageValue = (text: string, key: string): string | undefined => {
  if (text.length > mostBytes) return undefined
  const member = membersOf(text).find((one) => keyOf(one) === key)
  const [, value = ''] = /=([^;]*)/.exec(member ?? '') ?? []
  return decoded(value.trim()) || undefined
}

/**
 * Baggage with members of our own, in their order of importance. Those of others stay as they are, byte for byte, unless
 * they have the same key; of ours those are left out that there is no room for.
 *
 * @param text - percent-encoded baggage of others
 * @param own - values as they are
 */
export const withBaggage = (
  text: string | undefined,
  own: Readonly<Record<string, string>>,
): string | undefined => {
  const members = membersOf(text ?? '')
  const kept = members.filter((member) => !Object.hasOwn(own, keyOf(member)))
  const others = kept.length === members.length ? text : kept.join(',')
  let whole = others && kept.length > 0 ? others : ''
  let count = kept.length
  for (const [key, value] of Object.entries(own)) {
    const longer = `${whole}${whole ? ',' : ''}${key}=${encodeURIComponent(value.toWellFormed())}`
    if (count >= mostMembers || Buffer.byteLength(longer) > mostBytes) continue
    whole = longer
    count += 1
  }
  return whole || undefined
}

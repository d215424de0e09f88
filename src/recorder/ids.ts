const spanDigits = 16
const traceDigits = 32
const poolWords = 1_024
const zero = '0'.charCodeAt(0)

// random digits in stock: to make many at once costs a tenth of making each on its own
let digits = ''
let used = 0

const refill = (): void => {
  const words = new Uint32Array(poolWords)
  // not of Node's cryptography, which would take 5 ms to load: ids have to differ, not to be secret
  for (let index = 0; index < poolWords; index += 1) words[index] = Math.random() * 2 ** 32
  digits = Buffer.from(words.buffer).toString('hex')
  used = 0
}

const take = (count: number): string => {
  if (used + count > digits.length) refill()
  const id = digits.slice(used, used + count)
  used += count
  // what W3C Trace Context keeps for "none"; any id may come out as zeros, if only once in 2^64
  return id.charCodeAt(0) !== zero || /[^0]/.test(id) ? id : take(count)
}

/** The id of a new span: 16 random hexadecimal digits, not all zero. */
export const newSpanId = (): string => take(spanDigits)
/** The id of a new trace: 32 random hexadecimal digits, not all zero. */
export const newTraceId = (): string => take(traceDigits)

import { Writable } from 'node:stream'

/** A stream that keeps what is written to it. */
export const buffered = () => {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write: (chunk, _, done) => {
      chunks.push(chunk)
      done()
    },
  })
  return { stream, text: () => Buffer.concat(chunks).toString() }
}

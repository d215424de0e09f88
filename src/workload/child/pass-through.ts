import type { Readable, Writable } from 'node:stream'

/**
 * Passes a child's output on, byte for byte and in order, and shows each chunk to `onChunk`. A reader that is slow
 * slows the child down, as it would without us; a reader that has gone away breaks the child's pipe. Nothing else
 * holds the child up.
 *
 * Resolves when everything is through, or nothing more can be.
 */
export const passThrough = (from: Readable, to: Writable, onChunk: (chunk: Buffer) => void): Promise<void> =>
  new Promise((resolve) => {
    let isBroken = to.destroyed
    const resume = () => from.resume()
    const breakPipe = () => {
      isBroken = true
      from.destroy()
    }
    to.on('drain', resume)
    to.once('error', breakPipe)
    from.on('data', (chunk: Buffer) => {
      onChunk(chunk)
      if (!isBroken && !to.write(chunk)) from.pause()
    })
    const end = () => {
      to.off('drain', resume)
      to.off('error', breakPipe)
      resolve()
    }
    from.once('close', end)
    // a pipe that breaks has nothing more to say; close follows
    from.once('error', () => {})
    if (isBroken) breakPipe()
  })

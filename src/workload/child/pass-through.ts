import type { Readable, Writable } from 'node:stream'

/** Output on its way through us. */
export interface Passage {
  /** Resolves when everything is out, or nothing more can be. */
  readonly done: Promise<void>
  /** Whether the reader of ours has to take something before more can be read. */
  readonly isHeldUp: () => boolean
}

/**
 * Passes a child's output on, byte for byte and in order, and shows each chunk to `onChunk`. A reader that is slow
 * slows the child down, as it would without us; a reader that has gone away breaks the child's pipe. Nothing else
 * holds the child up: what a full disk does not take is lost.
 *
 * @param onLoss - told once, when something could not be written
 */
export const passThrough = (
  from: Readable,
  to: Writable,
  onChunk: (chunk: Buffer) => void,
  onLoss: (error: Error) => void = () => {},
): Passage => {
  const { promise: done, resolve } = Promise.withResolvers<void>()
  let isLost = to.destroyed
  const resume = () => from.resume()
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') from.destroy()
    else if (!isLost) onLoss(error)
    isLost = true
    resume()
  }
  const end = () => {
    to.off('drain', resume)
    to.off('error', onError)
    resolve()
  }
  to.on('drain', resume)
  to.on('error', onError)
  from.on('data', (chunk: Buffer) => {
    onChunk(chunk)
    if (!isLost && !to.write(chunk)) from.pause()
  })
  from.once('close', () => {
    if (isLost || to.writableLength === 0) end()
    else to.write('', end)
  })
  // a pipe that breaks has nothing more to say; close follows
  from.once('error', () => {})
  if (isLost) from.destroy()
  return { done, isHeldUp: () => !isLost && to.writableLength > 0 }
}

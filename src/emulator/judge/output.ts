/** Where the judged lines go: a stream that may be slow, or go away. */
export interface Output {
  /** Gives a promise where the stream must be waited for. */
  readonly write: (text: string) => Promise<void> | undefined
  /** Resolves when all is handed over. */
  readonly flush: () => Promise<void>
  /** Whether the reader went away, as `head` does, or the stream failed: nothing is written any more. */
  readonly isClosed: () => boolean
  /** Why the stream failed, if it is more than that the reader went away. */
  readonly failure: () => Error | undefined
}

/** How much is collected before it is written, in characters. */
const CHUNK_CHARACTERS = 64 * 1024

export const openOutput = (stream: NodeJS.WritableStream): Output => {
  let isClosed = false
  let failure: Error | undefined
  let collected = ''
  const close = (error?: NodeJS.ErrnoException) => {
    isClosed = true
    if (error && error.code !== 'EPIPE') failure ??= error
  }
  stream.on('error', close).on('close', () => close())

  const flush = async (): Promise<void> => {
    if (collected === '' || isClosed) return
    const text = collected
    collected = ''
    // the callback comes when the text is out, or with the error that closes the stream
    await new Promise<void>((done) => {
      stream.once('close', done)
      stream.write(text, (error) => {
        if (error) close(error)
        stream.off('close', done)
        done()
      })
    })
  }
  return {
    write: (text) => {
      collected += text
      return collected.length >= CHUNK_CHARACTERS ? flush() : undefined
    },
    flush,
    isClosed: () => isClosed,
    failure: () => failure,
  }
}

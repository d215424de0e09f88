import { writeSync } from 'node:fs'

const stderr = 2

/**
 * Writes a line to stderr, at once. Not by the stream, whose error would end the process where nobody reads any more.
 *
 * @throws what the operating system said
 */
export const writeStderrLine = (line: string): void => {
  writeSync(stderr, `${line}\n`)
}

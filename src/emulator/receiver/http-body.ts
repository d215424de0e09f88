import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip, inflate } from 'node:zlib'
import { maxMessageBytes } from './intake.ts'

/** The body of a request, uncompressed, or why it cannot be had. */
export type Body =
  | { readonly kind: 'body'; readonly bytes: Buffer }
  | { readonly kind: 'unusable'; readonly httpStatus: 400 | 413 | 415; readonly message: string }

const decompressors = { gzip: promisify(gunzip), deflate: promisify(inflate) }

/** For the `accept-encoding` of a refusal. */
export const acceptedEncodings = 'gzip, deflate, identity'

const tooLarge: Body = {
  kind: 'unusable',
  httpStatus: 413,
  message: `the request has more than ${maxMessageBytes} bytes: send less at once`,
}

/** All bytes as they were sent, or undefined when they are too many; the rest is then thrown away unread. */
const collect = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>()
  request.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.byteLength
    if (sizeBytes > maxMessageBytes) {
      chunks.length = 0
      resolve(undefined)
    } else {
      chunks.push(chunk)
    }
  })
  request.on('end', () => resolve(Buffer.concat(chunks)))
  request.on('error', reject)
  return promise
}

/**
 * Reads a request's body, and no more than is allowed of it, compressed or not.
 *
 * @throws {Error} when the client goes away
 */
export const readBody = async (request: IncomingMessage): Promise<Body> => {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (encoding !== 'identity' && encoding !== 'gzip' && encoding !== 'deflate') {
    const message = `content-encoding '${encoding}' is not supported; supported are ${acceptedEncodings}`
    return { kind: 'unusable', httpStatus: 415, message }
  }
  const sent = await collect(request)
  if (sent === undefined) return tooLarge
  if (encoding === 'identity') return { kind: 'body', bytes: sent }
  try {
    const bytes = await decompressors[encoding](sent, { maxOutputLength: maxMessageBytes })
    return { kind: 'body', bytes }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return tooLarge
    return {
      kind: 'unusable',
      httpStatus: 400,
      message: `the body is not ${encoding}: ${(error as Error).message}`,
    }
  }
}

import { readFile } from 'node:fs/promises'
import { request } from 'node:https'
import { codeOf } from '../errors.ts'

/** Where a TrainJob wants to hear of its progress, as the controller puts it into the environment. */
export interface TrainerEndpoint {
  /** `KUBEFLOW_TRAINER_SERVER_URL`: https. */
  readonly url: string
  /** `KUBEFLOW_TRAINER_SERVER_TOKEN`: a file with the bearer token, which the kubelet renews, or the token itself. */
  readonly token: string | undefined
  /** `KUBEFLOW_TRAINER_SERVER_CA_CERT`: a PEM file, or PEM; without it, the authorities that Node.js knows. */
  readonly caCertificate: string | undefined
}

/** How one request went; the reason holds nothing that came from the token or from the answer's body. */
export type Posted = { readonly ok: true } | { readonly ok: false; readonly reason: string }

/** Sends a body; never throws. `signal` ends it early. */
export type PostStatus = (endpoint: TrainerEndpoint, body: string, signal: AbortSignal) => Promise<Posted>

/** Anew for each request: both files are replaced while a training runs. */
const contentOf = async (setting: string | undefined, isItself: boolean, signal: AbortSignal) =>
  setting === undefined || isItself ? setting : readFile(setting, { encoding: 'utf8', signal })

const send = (
  url: string,
  { token, ca }: { token: string | undefined; ca: string | undefined },
  body: string,
  signal: AbortSignal,
): Promise<Posted> =>
  new Promise((resolve) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(token !== undefined && { authorization: `Bearer ${token.trim()}` }),
    }
    const options = { method: 'POST', headers, signal, agent: false, ...(ca !== undefined && { ca }) }
    const outgoing = request(url, options, (response) => {
      const { statusCode = 0, statusMessage = '' } = response
      // the answer repeats what was sent; nobody reads it
      response.destroy()
      const ok = statusCode >= 200 && statusCode < 300
      resolve(ok ? { ok } : { ok, reason: `${statusCode} ${statusMessage}`.trim() })
    })
    outgoing.once('error', (error) => resolve({ ok: false, reason: codeOf(error) }))
    outgoing.end(body)
  })

/** One request over HTTPS, on a connection of its own. Redirections are not followed: the token is for one place. */
export const postStatus: PostStatus = async ({ url, token, caCertificate }, body, signal) => {
  try {
    const [secret, ca] = await Promise.all([
      contentOf(token, token?.startsWith('/') !== true, signal),
      contentOf(caCertificate, caCertificate?.includes('-----BEGIN') === true, signal),
    ])
    return await send(url, { token: secret, ca }, body, signal)
  } catch (error) {
    return { ok: false, reason: codeOf(error) }
  }
}

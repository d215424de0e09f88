import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Posted, postStatus } from '../../src/kubeflow/post-status.ts'
import { selfSigned } from '../delivery/senders/certificate.ts'
import { temporaryDirectory } from '../support/run-cli.ts'
import { controllerCa as ca, startController } from '../support/trainer-controller.ts'

const never = new AbortController().signal

it('a body is posted with the token, and the certificate is checked against the authority that was given', async () => {
  using server = await startController()
  const { url } = server
  expect(await postStatus({ url, token: 'abc', caCertificate: ca }, '{"a":1}', never)).toEqual({ ok: true })
  expect(server.seen).toEqual([
    {
      ...{ method: 'POST', url: '/apis/status', type: 'application/json', authorization: 'Bearer abc' },
      body: '{"a":1}',
    },
  ])
})

it('both may be files, which are read anew for each request', async () => {
  await using dir = await temporaryDirectory()
  const token = join(dir.path, 'token')
  const caCertificate = join(dir.path, 'ca.crt')
  await writeFile(caCertificate, ca)
  using server = await startController()
  for (const content of ['first\n', 'second\n']) {
    await writeFile(token, content)
    await postStatus({ url: server.url, token, caCertificate }, '{}', never)
  }
  expect(server.seen.map(({ authorization }) => authorization)).toEqual(['Bearer first', 'Bearer second'])
})

it.each([
  { status: 403, reason: '403 Forbidden' },
  { status: 422, reason: '422 Unprocessable Entity' },
  { status: 302, reason: '302 Found' },
])('an answer with $status is a failure, of which only the status is told', async ({ status, reason }) => {
  using server = await startController(status)
  const posted = await postStatus({ url: server.url, token: 'abc', caCertificate: ca }, '{}', never)
  expect(posted).toEqual({ ok: false, reason })
  expect(server.seen).toHaveLength(1)
})

it.each<{ what: string; token: string; caCertificate: string | undefined; reason: string }>([
  {
    what: 'an authority that is not known',
    token: 'abc',
    caCertificate: undefined,
    reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  },
  {
    what: 'an authority of another name',
    token: 'abc',
    caCertificate: selfSigned().cert.toString(),
    reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  },
  { what: 'a token file that is not there', token: '/nowhere/token', caCertificate: ca, reason: 'ENOENT' },
  {
    what: 'a certificate file that is not there',
    token: 'abc',
    caCertificate: '/nowhere/ca.crt',
    reason: 'ENOENT',
  },
  { what: 'a token that no header can hold', token: 'a\nb', caCertificate: ca, reason: 'ERR_INVALID_CHAR' },
])('$what is a failure, and the token goes nowhere', async ({ token, caCertificate, reason }) => {
  using server = await startController()
  const posted = await postStatus({ url: server.url, token, caCertificate }, '{}', never)
  expect(posted).toEqual({ ok: false, reason })
  expect(server.seen).toEqual([])
})

it('nobody listening is a failure', async () => {
  const { url } = await (async () => {
    using server = await startController()
    return server
  })()
  expect(await postStatus({ url, token: 'abc', caCertificate: ca }, '{}', never)).toEqual({
    ok: false,
    reason: 'ECONNREFUSED',
  })
})

it('a request that is not answered ends when it is asked to', async () => {
  using server = await startController(0)
  const stop = new AbortController()
  const posted: Promise<Posted> = postStatus(
    { url: server.url, token: 'abc', caCertificate: ca },
    '{}',
    stop.signal,
  )
  await expect.poll(() => server.seen.length).toBe(1)
  stop.abort()
  expect(await posted).toEqual({ ok: false, reason: 'ABORT_ERR' })
})

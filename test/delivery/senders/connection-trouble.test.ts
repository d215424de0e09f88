import { expect, it } from 'vitest'
import { connectionTrouble } from '../../../src/delivery/senders/connection-trouble.ts'

const failure = (message: string, code?: string) => Object.assign(new Error(message), code && { code })

it.each([
  {
    error: failure('connect ECONNREFUSED 127.0.0.1:4318', 'ECONNREFUSED'),
    says: 'connect ECONNREFUSED 127.0.0.1:4318',
  },
  { error: failure('getaddrinfo ENOTFOUND otel', 'ENOTFOUND'), says: 'getaddrinfo ENOTFOUND otel' },
  { error: failure('socket hang up', 'ECONNRESET'), says: 'socket hang up (ECONNRESET)' },
  {
    error: new AggregateError([failure('connect ECONNREFUSED ::1:4318'), failure('b')], ''),
    says: 'connect ECONNREFUSED ::1:4318',
  },
  { error: new AggregateError([], 'nothing worked'), says: 'nothing worked' },
  {
    error: failure('certificate has expired', 'CERT_HAS_EXPIRED'),
    says: 'the certificate is not accepted: certificate has expired (CERT_HAS_EXPIRED)',
  },
  { error: 'two\nlines', says: 'two lines' },
  { error: undefined, says: 'undefined' },
  { error: failure('proxy said topsecret'), says: 'proxy said …' },
])('$error is told as $says', ({ error, says }) => {
  expect(connectionTrouble(error, ['topsecret'])).toBe(says)
})

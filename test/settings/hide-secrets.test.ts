import { expect, it } from 'vitest'
import { hideInWrongValue, hideSecrets } from '../../src/settings/hide-secrets.ts'

it.each([
  { endpoint: 'http://collector:4317/v1', shown: 'http://collector:4317/v1' },
  { endpoint: 'collector:4317', shown: 'collector:4317' },
  { endpoint: 'http://user:S3CRET@host', shown: 'http://…@host' },
  { endpoint: 'http://user:pa/S3CRET@host', shown: 'http://…@host' },
  { endpoint: 'http://user:a@S3CRET@host', shown: 'http://…@host' },
  { endpoint: 'user:S3CRET@host:99999', shown: '…@host:99999' },
  { endpoint: 'http://h:99999/v1?api-key=S3CRET', shown: 'http://h:99999/v1?…' },
  { endpoint: 'http://h:99999/v1#S3CRET', shown: 'http://h:99999/v1?…' },
  { endpoint: 'http://user:p?S3CRET@host', shown: 'http://…' },
  { endpoint: 'http://h?key=a@S3CRET', shown: 'http://…' },
  { endpoint: 'http://a\n:S3CRET@h', shown: 'http://…@h' },
])('$endpoint is shown as $shown', ({ endpoint, shown }) => {
  expect(hideSecrets(endpoint)).toBe(shown)
})

it.each([
  ['10 minutes', '10 minutes'],
  ['nvapi-abcd', '[redacted]'],
  ['for hf_abcdefgh, as it was', 'for [redacted], as it was'],
  ['team=a,api-key=b', 'team=a,api-key=[redacted]'],
])('a wrong value is shown without what looks like a secret: %s', (value, shown) => {
  expect(hideInWrongValue(value)).toBe(shown)
})

import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../../src/workload/output/redact.ts'

/** Keys that look real only to a redactor; in parts, so that no scanner of this repository takes them for real. */
const key = (...parts: readonly string[]) => parts.join('')

const redact = createRedactor({})

const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj'

const secrets: readonly (readonly [what: string, text: string, redacted: string])[] = [
  ['a bearer token', 'Bearer abc.def-1', 'Bearer [redacted]'],
  ['a header', 'Authorization: Bearer abc', 'Authorization: [redacted]'],
  ['a header of curl', "-H 'authorization: Basic Zm9v' x", "-H 'authorization: [redacted]' x"],
  ['a header in JSON', '{"Authorization": "Bearer abc"}', '{"Authorization": "[redacted]"}'],
  ['a header of OpenTelemetry', 'authorization=Basic%20Zm9v,x=1', 'authorization=[redacted],x=1'],
  ['user and password', 'git clone https://u:p@host/a', 'git clone https://[redacted]host/a'],
  ['a user alone', 'https://ghtoken@host/a', 'https://[redacted]host/a'],
  ['a parameter', 'GET /a?token=abc&x=1', 'GET /a?token=[redacted]&x=1'],
  ['a signature', 'https://s3/a?X-Amz-Signature=ff0&X=1', 'https://s3/a?X-Amz-Signature=[redacted]&X=1'],
  ['an NVIDIA key', `using ${key('nvapi', '-', 'a'.repeat(20))}!`, 'using [redacted]!'],
  ['an OpenAI key', key('sk', '-', 'proj-abc123def456ghi7'), '[redacted]'],
  ['a Hugging Face token', key('hf', '_', 'A'.repeat(30)), '[redacted]'],
  ['a GitHub token', key('gh', 'p_', 'A1'.repeat(18)), '[redacted]'],
  ['a fine-grained one', key('github', '_pat_', 'A1'.repeat(20)), '[redacted]'],
  ['an AWS key id', `id ${key('AK', 'IA', 'ABCDEFGH12345678')}`, 'id [redacted]'],
  ['a Slack token', key('xox', 'b-', '1234567890-abc'), '[redacted]'],
  ['a GitLab token', key('glpat', '-', 'a'.repeat(20)), '[redacted]'],
  ['a JWT', `jwt ${key('ey', 'JhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxIn0', '.c2ln')} end`, 'jwt [redacted] end'],
  ['a Weights & Biases key', `wandb login ${'0f'.repeat(20)}`, 'wandb login [redacted]'],
  ['its variable', `WANDB_API_KEY=${'0f'.repeat(20)}`, 'WANDB_API_KEY=[redacted]'],
  ['an assignment', 'password=hunter2 user=me', 'password=[redacted] user=me'],
  ['an assignment with quotes', `secret: 'x y', z`, `secret: '[redacted]', z`],
  ['a flag', '--api-key abc --x', '--api-key [redacted] --x'],
  ['a flag with a sign', '--api-key=abc --x', '--api-key=[redacted] --x'],
  ['a token flag', '--hf-token abcdefgh1234 x', '--hf-token [redacted] x'],
  ['a member of JSON', '{"secret": "a\'b", "n": 1}', '{"secret": "[redacted]", "n": 1}'],
  ['JSON within JSON', '"{\\"password\\":\\"a b\\"}"', '"{\\"password\\":\\"[redacted]\\"}"'],
  ['a token variable', 'HF_TOKEN=abcdefghijklm', 'HF_TOKEN=[redacted]'],
  ['an Azure connection', 'AccountName=a;AccountKey=ab+/cd==;X', 'AccountName=a;AccountKey=[redacted];X'],
  [
    'a private key',
    `a ${key('-----BEGIN RSA', ' PRIVATE KEY-----')}\nab\ncd\n${key('-----END RSA', ' PRIVATE KEY-----')} b`,
    'a [redacted] b',
  ],
  ['a private key that is not whole', `a ${key('-----BEGIN', ' PRIVATE KEY-----')}\nab`, 'a [redacted]'],
  ['one line of it', `[rank0]: ${body}`, '[rank0]: [redacted]'],
]

const harmless = [
  'tokens/s 12345, num_tokens=1234567890123, token: 5',
  `eos_token='</s>', pad_token_id=0, bos_token: "<s>"`,
  'api_key=None password: null secret=True',
  'task-scheduler-with-a-long-name-1 and disk-space',
  'commit 0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f',
  'Bearer token missing; bearer of news',
  'git@github.com:a/b.git at user@example.com',
  'http://host:8080/a?step=12&loss=0.5',
  'monkey=4 keyboard: us key: 5 keys=3',
  'the author is unauthorized to author',
  `sha256 ${'a'.repeat(64)}`,
]

describe('what looks like a secret', () => {
  it.each(secrets)('is hidden: %s', (_, text, redacted) => {
    expect(redact(text)).toBe(redacted)
  })

  it.each(secrets)('is hidden once and for all: %s', (_, text) => {
    expect(redact(redact(text))).toBe(redact(text))
  })

  it.each(harmless)('is not taken for one: %s', (text) => {
    expect(redact(text)).toBe(text)
  })
})

describe('the value of a variable that is named like a secret', () => {
  const hide = createRedactor({
    HF_TOKEN: 'hf-abc/def+1',
    DB_PASSWORD: 'correct horse',
    MY_API_KEY: 'quote"in',
    TLS_PRIVATE_KEY: 'first line of it\nsecond line of it',
    SMTP_AUTH: 'abcdef.$^*',
    SHORT_TOKEN: 'abcde',
    ON_TOKEN: 'enabled',
    LONGER_SECRET: 'hf-abc/def+1-and-more',
    EMPTY_SECRET: '',
    MAX_TOKENS: '131072',
    TOKENIZERS_PARALLELISM: 'parallel',
    GIT_AUTHOR_NAME: 'John Doe',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/token',
    GOOGLE_APPLICATION_CREDENTIALS: '/etc/google.json',
    AUTH_URL: 'https://auth.example.com',
    PATH: '/usr/bin:/bin',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=abcdef12,authorization=Basic%20Zm9vOmJhcg==',
    OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'x-logs=zyxwvu98',
    UNSET_TOKEN: undefined,
  })

  it.each([
    ['as it is', 'it is hf-abc/def+1!', 'it is [redacted]!'],
    ['in a URL', 'x=hf-abc%2Fdef%2B1', 'x=[redacted]'],
    ['in JSON', 'say quote\\"in', 'say [redacted]'],
    ['with spaces', 'pw correct horse!', 'pw [redacted]!'],
    ['with special characters', '(abcdef.$^*)', '([redacted])'],
    ['line by line', 'is second line of it', 'is [redacted]'],
    ['as the longest that fits', 'hf-abc/def+1-and-more', '[redacted]'],
    ['of a header', 'abcdef12 Basic Zm9vOmJhcg== Zm9vOmJhcg==', '[redacted] [redacted] [redacted]'],
    ['of a header of one signal', 'zyxwvu98', '[redacted]'],
  ])('is hidden %s', (_, text, redacted) => {
    expect(hide(text)).toBe(redacted)
  })

  it.each([
    'abcde enabled 131072 parallel John Doe',
    '/var/run/token /etc/google.json /usr/bin:/bin auth.example.com',
  ])('is shown where it is no secret: %s', (text) => {
    expect(hide(text)).toBe(text)
  })

  it('is not looked for without any', () => {
    expect(createRedactor({ HOME: '/root' })('HOME is /root')).toBe('HOME is /root')
  })
})

it('a line of 64 KiB that was made to be slow is not', () => {
  const parts = [
    ...[
      'a',
      '-',
      '_',
      '=',
      '"',
      "'",
      '\\"',
      ':',
      '/',
      '@',
      '?a',
      '&a=',
      ' ',
      '\\',
      'A0',
      '.',
      '\n',
      '[',
      'eyJ',
    ],
    ...['sk-', 'token', 'token=', 'password', 'password="', 'secret ', 'bearer ', 'authorization:', '://'],
    ...['api_key ', 'wandb key ', 'hf_', '-----BEGIN PRIVATE KEY-----', '--', '--a-token ', `"secret": '`],
  ]
  for (const start of ['', 'password="', 'api_key ', '://u']) {
    for (const part of parts) redact(`${start}${part.repeat(64 * 1024).slice(0, 64 * 1024)}`)
  }
  for (const part of parts) redact(`-${part}`.repeat(64 * 1024).slice(0, 64 * 1024))
  // what grows with the square of the length takes minutes here, and runs into the time limit of tests
})

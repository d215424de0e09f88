import { expect, it } from 'vitest'
import { oneLine, secretsOf } from '../../../src/delivery/senders/reason.ts'

it.each([
  { text: 'too old', line: 'too old' },
  { text: ' two\r\n lines\t ', line: 'two lines' },
  { text: '\u001b[31mred\u0007\u0000', line: '[31mred' },
  { text: 'a\u202eb\u2028c\u200bd', line: 'a b c d' },
  { text: 'no http://user:pass@h:4318/v1/logs there', line: 'no http://…@h:4318/v1/logs there' },
  { text: 'cannot POST /v1/logs?api-key=abc&x=y now', line: 'cannot POST /v1/logs?… now' },
  { text: 'really?', line: 'really?' },
  { text: 'half a character \ud83d', line: 'half a character' },
])('$text is shown as $line', ({ text, line }) => {
  expect(oneLine(text)).toBe(line)
})

it('is at most 200 characters, none of them torn', () => {
  expect(oneLine('x'.repeat(200))).toBe('x'.repeat(200))
  expect(oneLine('😀'.repeat(5_000))).toBe(`${'😀'.repeat(199)}…`)
  expect(oneLine(`${' '.repeat(1_990)}${'y'.repeat(300)}`)).toBe('yyyyyyyyyy')
})

it('never shows what the headers and the URL of a destination hold', () => {
  const secrets = secretsOf(
    { Authorization: 'Bearer s3cr3t-token', 'api-key': 'abcdef', 'x-scope': 'a' },
    new URL('https://joe:p4ssword@h/v1/logs?key=q5q5q5q5'),
  )
  const echo = 'no Bearer s3cr3t-token, s3cr3t-token, abcdef, p4ssword or q5q5q5q5 for a user'
  expect(oneLine(echo, secrets)).toBe('no …, …, …, … or … for a user')
})

import { expect, it } from 'vitest'
import { cutToBytes, cutToWords } from '../../../src/workload/output/cut-text.ts'
import { isDrawnOver, plainText } from '../../../src/workload/output/plain-text.ts'

it.each([
  ['nothing', 'plain ünïcode ✓\ttab', 'plain ünïcode ✓\ttab'],
  ['colours', '\x1b[32m2026\x1b[0m | \x1b[31m\x1b[1mERROR   \x1b[0m', '2026 | ERROR   '],
  ['true colours', '\x1b[38;2;1;2;3mx\x1b[38:2::1:2:3my', 'xy'],
  ['cursor moves', '\x1b[2K\x1b[1Aa\x1b[?25lb\x1b[3;4H', 'ab'],
  ['links', 'see \x1b]8;;https://a.b/c\x1b\\the docs\x1b]8;;\x1b\\!', 'see the docs!'],
  ['titles', '\x1b]0;a title\x07x', 'x'],
  ['strings of devices', '\x1bPq#0\x1b\\x\x1b_app\x1b\\y', 'xy'],
  ['charsets and resets', '\x1b(Bx\x1bcy\x1b=z', 'xyz'],
  ['sequences of 8 bits', '\x9b31mx\x9d0;t\x9cy', 'xy'],
  ['a sequence that is cut', 'x\x1b[31', 'x31'],
  ['a string that does not end', 'x\x1b]8;;https://a', 'x8;;https://a'],
  ['control characters', 'a\x00b\x07c\x08d\x7fe\x85f', 'a␀b␇c␈d␡e\ufffdf'],
  ['line feeds', 'a\nb', 'a\nb'],
])('a plain text has no %s', (_, text, plain) => {
  expect(plainText(text)).toBe(plain)
})

it('a text that was made to be slow is not', () => {
  for (const part of ['\x1b]', '\x9d', '\x1b[', '\x1b[0', '\x1bP', '\x90', '\x1b ', '\x1b', '\x9b0;']) {
    plainText(part.repeat(64 * 1024))
    plainText(`\x1b]${'a'.repeat(64 * 1024)}`)
  }
})

it.each([
  ['inner:  33%|███▎      | 1/3\x1b[A', true],
  ['inner\x1b[2A\x1b[0m', true],
  ['\x1b[A\x1b[2Kdone', false],
  ['inner', false],
  ['\x1b[32mgreen\x1b[0m', false],
])('a line with the cursor above it will be drawn over: %j', (line, isOver) => {
  expect(isDrawnOver(line)).toBe(isOver)
})

it.each([
  ['a word', 'one two thr', 'one two'],
  ['what has no words', 'x'.repeat(300), 'x'.repeat(44)],
  ['nothing that is short', 'abc', ''],
])('a cut at words leaves out %s that may not be whole', (_, text, cut) => {
  expect(cutToWords(text)).toBe(cut)
})

it.each([
  ['abc', 3, 'abc'],
  ['abcdef', 5, 'ab…'],
  ['äöü', 5, 'ä…'],
  ['✓✓', 6, '✓✓'],
  ['✓✓✓', 8, '✓…'],
  ['😀😀', 7, '😀…'],
])('a cut at bytes keeps characters whole: %s to %i', (text, maxBytes, cut) => {
  expect(cutToBytes(text, maxBytes)).toBe(cut)
})

import { describe, expect, test } from 'vitest'
import { type Line, splitLines } from '../../../src/emulator/judge/lines.ts'

const split = async (pieces: readonly (string | Uint8Array)[], maxBytes?: number): Promise<Line[]> => {
  const lines: Line[] = []
  const input = (async function* () {
    yield* pieces
  })()
  for await (const line of splitLines(input, maxBytes === undefined ? {} : { maxBytes })) lines.push(line)
  return lines
}

describe('splitLines', () => {
  test('joins what came in pieces, wherever they break', async () => {
    const bytes = Buffer.from('{"a":"é😀"}\n{"b":1}')
    const whole = [
      { number: 1, text: '{"a":"é😀"}' },
      { number: 2, text: '{"b":1}' },
    ]
    expect(await split([bytes])).toEqual(whole)
    expect(await split([...bytes].map((byte) => Buffer.from([byte])))).toEqual(whole)
  })

  test.each([
    { input: '', lines: [] },
    { input: '\n\n', lines: [] },
    {
      input: 'a\r\n\n b \n',
      lines: [
        { number: 1, text: 'a' },
        { number: 3, text: 'b' },
      ],
    },
    { input: '\ufeffa\n', lines: [{ number: 1, text: 'a' }] },
  ])('$input', async ({ input, lines }) => {
    expect(await split([input])).toEqual(lines)
  })

  test('a line that is too long, or no UTF-8, spoils no other', async () => {
    expect(await split(['aaaa\nbb', 'bbb', 'b\ncccc', Buffer.from([10, 0xff, 10]), 'd'], 4)).toEqual([
      { number: 1, text: 'aaaa' },
      { number: 2, fault: 'the line is longer than 4 bytes' },
      { number: 3, text: 'cccc' },
      { number: 4, fault: 'the line is not UTF-8' },
      { number: 5, text: 'd' },
    ])
  })
})

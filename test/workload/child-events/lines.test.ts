import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createLineCutter, longestLineBytes, sliceBytes } from '../../../src/workload/child-events/lines.ts'

const cutAll = (pieces: readonly Buffer[]) => {
  const lines: string[] = []
  const refused: string[] = []
  const cutter = createLineCutter({
    line: (text) => lines.push(text),
    refuse: (reason) => refused.push(reason),
  })
  for (const piece of pieces) {
    for (let start = 0; start < piece.length; start += sliceBytes) {
      cutter.take(piece.copy(cutter.room(), 0, start, start + sliceBytes))
    }
  }
  return { lines, refused, rest: cutter.rest(), hasRest: cutter.hasRest() }
}

/** Cuts bytes at some places. */
const pieces = (bytes: Buffer, cuts: readonly number[]) => {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
}

it('gives the same lines however the bytes arrive', () => {
  const byte = fc.constantFrom(0x0a, 0x0a, 0x00, 0x61, 0x7b, 0x7d, 0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80)
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 60 }), fc.array(fc.nat(), { maxLength: 8 }), (values, cuts) => {
      const bytes = Buffer.from(values)
      expect(cutAll(pieces(bytes, cuts))).toEqual(cutAll([bytes]))
    }),
  )
})

it('a line that is no text takes no other with it', () => {
  const text = Buffer.concat([
    Buffer.from('one\nt'),
    Buffer.from([0xff]),
    Buffer.from('wo\nthr\0ee\né😀\nfi'),
    Buffer.from([0xc3]),
  ])
  expect(cutAll([text])).toEqual({
    lines: ['one', 'é😀'],
    refused: ['not-utf8', 'has-nul'],
    rest: undefined,
    hasRest: true,
  })
})

it.each([
  { sizeBytes: longestLineBytes, refused: [], lines: 3 },
  { sizeBytes: longestLineBytes + 1, refused: ['too-long'], lines: 2 },
  { sizeBytes: longestLineBytes + sliceBytes, refused: ['too-long'], lines: 2 },
  { sizeBytes: 10_000_000, refused: ['too-long'], lines: 2 },
])('of a line of $sizeBytes bytes, $refused is said', ({ sizeBytes, refused, lines }) => {
  const text = [`before\n${'x'.repeat(sizeBytes)}`, '\n', 'after\nrest']
  const all = cutAll(text.map((piece) => Buffer.from(piece)))
  expect({ ...all, lines: all.lines.length }).toEqual({ lines, refused, rest: 'rest', hasRest: true })
  expect([all.lines.at(0), all.lines.at(-1)]).toEqual(['before', 'after'])
})

it('what is too long and has no end yet is refused at once, and is no rest', () => {
  const refused = { lines: [], refused: ['too-long'], rest: undefined, hasRest: false }
  expect(cutAll([Buffer.from('x'.repeat(2_000_000))])).toEqual(refused)
  expect(cutAll([Buffer.from('x'.repeat(longestLineBytes + 1))])).toEqual(refused)
  expect(cutAll([Buffer.from('x'.repeat(longestLineBytes))])).toMatchObject({ refused: [], hasRest: true })
})

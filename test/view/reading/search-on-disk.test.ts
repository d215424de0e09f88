import { statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { LogbookEntry } from '../../../src/logbook/entry.ts'
import { createFileShelf, parseLine } from '../../../src/view/reading/file-shelf.ts'
import { createProbe } from '../../../src/view/reading/find-bytes.ts'
import { readLogPrefix } from '../../../src/view/reading/log-line.ts'
import { probeOf } from '../../../src/view/reading/match-lines.ts'
import { entryHas } from '../../../src/view/store/shelf.ts'
import { temporaryDirectory } from '../../support/run-cli.ts'
import { log, span } from '../tiny-run.ts'

/** Texts in which what is looked for often is, and what is hard to find it by. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'abc',
        'ABC',
        'é',
        'É',
        '"',
        '\\',
        '\n',
        '\u001b[1m',
        '","source":"',
        '💥',
        'error',
        ':',
        '9',
        ' ',
      ),
      fc.string({ maxLength: 3 }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''))
const words = fc.oneof(
  fc.constantFrom('abc', 'é', '"', '\\', 'ource', 'error', '9', ':', 'u001b', '💥', 'bc é', 'log', 'k'),
  text.filter((one) => one !== ''),
)

const entries = fc.array(
  fc.oneof(
    fc.tuple(text, text).map(([one, source]): LogbookEntry => ({ ...log(1, one), source }) as LogbookEntry),
    fc
      .record({ name: text, value: text, error: text })
      .map(
        ({ name, value, error }): LogbookEntry =>
          span('ab', 1, 2, { name, attributes: { key: value, count: 9 }, error, source: 'abc' }),
      ),
  ),
  { maxLength: 30 },
)

it('finds in files what is in entries, and nothing else', async () => {
  await using directory = await temporaryDirectory()
  const path = join(directory.path, 'logs')
  await fc.assert(
    fc.asyncProperty(entries, words, async (all, wanted) => {
      const lines = all.map((entry) => Buffer.from(`${JSON.stringify(entry)}\n`))
      await writeFile(path, Buffer.concat(lines))
      const shelf = createFileShelf()
      const file = shelf.add({ path, inode: statSync(path).ino, lines: undefined, parse: parseLine })
      let offset = 0
      const places = lines.map(({ length }) => {
        offset += length
        return shelf.place(file, offset - length)
      })
      const lower = wanted.toLowerCase()
      expect([...(await shelf.match(Float64Array.from(places), lower))]).toEqual(
        all.map((entry) => (entryHas(entry, lower) ? 1 : 0)),
      )
      expect(await shelf.read(places, (entry) => entry)).toEqual(all)
    }),
    { numRuns: 300 },
  )
})

it('finds bytes without regard to case, wherever they are', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme-ascii' }),
      fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 4 }),
      (where, what) => {
        const bytes = Buffer.from(where)
        const found = createProbe(what.toLowerCase()).find(bytes, 0, bytes.length)
        expect(found).toBe(where.toLowerCase().indexOf(what.toLowerCase()))
      },
    ),
  )
})

it.each([
  ['abc', 'abc'],
  ['été abc', 't'],
  ['é', ''],
  ['a"b', 'a\\"b'],
])('looks for a part of %s that is one byte a character: %s', (wanted, probe) => {
  expect(probeOf(wanted).trim().length >= probe.length).toBe(true)
  if (wanted !== 'été abc') expect(probeOf(wanted)).toBe(probe)
})

it.each([
  [`{"k":"log","t":1795291474794.125,"severity":9,"text":"x"}`, { t: 1_795_291_474_794.125, severity: 9 }],
  [`{"k":"log","t":5,"severity":17,"text":""}`, { t: 5, severity: 17 }],
  [`{"k":"log","t":-5,"severity":17,"text":""}`, undefined],
  [`{"k":"log","t":1e3,"severity":17,"text":""}`, undefined],
  [`{"k":"log","t":5,"severity":171,"text":""}`, undefined],
  [`{"k":"log","t":5,"text":"","severity":17}`, undefined],
  [`{"k":"span","t":5}`, undefined],
  ['{"k":"log","t":', undefined],
])('reads time and severity of %s', (line, expected) => {
  const bytes = Buffer.from(`${line}\n`)
  expect(readLogPrefix({ bytes, from: 0, to: bytes.length - 1, offset: 0 })).toEqual(expected)
})

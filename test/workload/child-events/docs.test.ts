import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/json.ts'
import { decodeLine } from '../../../src/workload/child-events/decode.ts'
import { followChildEvents } from '../../../src/workload/child-events/follow.ts'
import { parseLine } from '../../../src/workload/child-events/parse-line.ts'
import { knownFields, wireFields } from '../../../src/workload/child-events/wire.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { temporaryDirectory } from '../../support/run-cli.ts'
import { isValid } from './json-schema.ts'

const page = readFileSync('docs/child-events.md', 'utf8')
const schema: JsonObject = JSON.parse(readFileSync('docs/child-events.schema.json', 'utf8'))
const definitions = schema.$defs as Readonly<Record<string, { readonly properties: JsonObject }>>

const blocks = (language: string) =>
  [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , text = '']) => text)
const examples = blocks('jsonl').flatMap((block) => block.trimEnd().split('\n'))
const now = new Date('2026-11-20T10:00:00.000Z')

describe('the page', () => {
  it.each(examples)('%s is used whole, and the schema allows it', (example) => {
    expect(decodeLine(example, now)).toMatchObject({ ok: true, badFields: 0 })
    expect(isValid(parseLine(example), schema, schema)).toBe(true)
  })

  it('has an example of each type', () => {
    const shown = examples.map((example) => (parseLine(example) as JsonObject).type)
    expect(new Set(shown.filter(Boolean))).toEqual(new Set(Object.keys(wireFields)))
  })

  it.each(Object.entries(wireFields))('says of %s the fields that are known', (type, fields) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${type}\` |`))
    const named = [...(row?.split('|')[2] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name)
    expect(named).toEqual(fields)
  })

  it('says every reason why something is not used', async () => {
    const child = followChildEvents({ path: '/nowhere', clock: manualClock(), emit: () => {} })
    child.close()
    for (const reason of Object.keys(child.counts().refused)) expect(page).toContain(`\`${reason}\``)
  })

  it('has lines of shell that work', async () => {
    await using directory = await temporaryDirectory()
    const path = join(directory.path, 'events')
    const events: unknown[] = []
    const child = followChildEvents({ path, clock: manualClock(), emit: (event) => events.push(event.type) })
    const env = { PATH: process.env.PATH, TASKBEAT_EVENTS: path }
    for (const block of blocks('sh')) execFileSync('sh', ['-c', block], { env })
    await child.drain()
    child.close()
    expect(events).toEqual(['progress', 'checkpoint-declared', 'event'])
    expect(child.counts().refused).toMatchObject({ field: 0, 'not-json': 0 })
  })
})

describe('the schema', () => {
  it.each(Object.entries(wireFields))('has of %s the fields that are known', (type) => {
    const known = [...(knownFields.get(type as keyof typeof wireFields) ?? [])]
    expect(Object.keys(definitions[type]?.properties ?? {}).toSorted()).toEqual(known.toSorted())
  })

  it('allows nothing of which the reader would leave something out', () => {
    const value = fc.oneof(
      { arbitrary: fc.constantFrom<unknown>(5, 0, -1, 1.5, 101, 2e10, 1.7e12), weight: 3 },
      {
        arbitrary: fc.constantFrom<unknown>('', 'a', 'gauge', '2026-11-20T10:00:00Z', 'n'.repeat(256)),
        weight: 3,
      },
      fc.constantFrom<unknown>({}, { a: 1 }, { a: 'b' }, { '': 1 }, [1], true),
    )
    const line = fc.constantFrom(...knownFields).chain(([type, known]) =>
      fc.record({
        type: fc.constant(type),
        fields: fc.dictionary(fc.constantFrom(...known, 'loss'), value, { maxKeys: 5 }),
        hasType: fc.integer({ min: 0, max: 9 }).map((number) => number > 0),
      }),
    )
    let allowed = 0
    fc.assert(
      fc.property(line, ({ type, fields, hasType }) => {
        const { type: _, ...rest } = fields
        const whole = hasType ? { type, ...rest } : rest
        if (!isValid(whole, schema, schema)) return
        allowed += 1
        expect(decodeLine(JSON.stringify(whole), now)).toMatchObject({ ok: true, badFields: 0 })
      }),
      { numRuns: 5_000 },
    )
    expect(allowed).toBeGreaterThan(100)
  })

  it.each([
    {},
    { type: 'oops' },
    { type: 'progress', rank: 0 },
    { type: 'progress', step: '5' },
    { type: 'checkpoint' },
    { type: 'event', name: 'x', atributes: {} },
    { type: 'error', stack: 'x' },
    { type: 'metric', name: 'x', value: 1, kind: 'sum' },
  ])('does not allow %j', (line) => {
    expect(isValid(line, schema, schema)).toBe(false)
  })
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { deviations } from './deviations.ts'
import { type Difference, differencesOf } from './differences.ts'
import type { Line } from './notes.ts'
import { play } from './play.ts'
import type { Scene } from './script.ts'

const beside = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8')

const scenes: readonly Scene[] = JSON.parse(beside('actions.json'))

// what nv-one-logger-core 2.3.1 did, made by record.py; scripts/onelogger-check.sh makes it afresh
const recorded: readonly Line[] = beside('recorded.jsonl')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line))

const sorted = (differences: readonly Difference[]) =>
  differences.toSorted((one, other) => `${one[0]} ${one[1]}`.localeCompare(`${other[0]} ${other[1]}`))

it('a script of actions is recorded as by nv-one-logger-core 2.3.1, but for the deviations and all of them', async () => {
  const differences = differencesOf(recorded, await play(scenes))
  expect(sorted(differences)).toEqual(sorted(deviations.flatMap(({ seen }) => seen)))
})

/** Those that no call of an exporter shows: ids, and that events are not kept. */
const unseen = [5, 6]

it('docs/recorder.md tells all deviations, and no other', () => {
  const [, told = ''] = readFileSync('docs/recorder.md', 'utf8').split('Where we differ, and why:')
  const titles = [...told.matchAll(/^(\d+)\. \*\*(.+?)\*\*/gm)].map(([, number, title]) => ({
    number: Number(number),
    title,
  }))
  expect(titles.filter(({ number }) => !unseen.includes(number))).toEqual(
    deviations.map(({ number, title }) => ({ number, title })),
  )
  expect(titles.map(({ number }) => number)).toEqual(titles.map((_, index) => index + 1))
})

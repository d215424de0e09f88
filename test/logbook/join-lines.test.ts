import { expect, it } from 'vitest'
import type { PointsEntry } from '../../src/logbook/entry.ts'
import { joinLines } from '../../src/logbook/join-lines.ts'
import { seededRandom } from '../support/random.ts'

const clock = { monotonicMs: () => 0 }
const pause = async () => {}

const linesOf = (count: number, value: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => {
    const points: PointsEntry = { k: 'p', t: 1_000 * index, step: index, v: { 1: value(index), 2: 1 } }
    return JSON.stringify(points)
  })
const parse = (text = '') =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as PointsEntry)

it('lines are joined until they fit, in order, to the last one', async () => {
  const lines = linesOf(1_000, (index) => index)
  const joined = parse(await joinLines(lines, { mostBytes: 10_000, clock, pause }))
  expect(joined.length).toBeGreaterThan(50)
  expect(joined.length).toBeLessThan(300)
  expect(joined.map(({ t }) => t)).toEqual(joined.map(({ t }) => t).toSorted((a, b) => a - b))
  expect(joined.at(-1)).toMatchObject({ t: 999_000, step: 999, v: { 2: 1 } })
})

it('no more than fits, and most of that, is used', async () => {
  const random = seededRandom(7)
  const lines = linesOf(5_000, () => random())
  for (const mostBytes of [50_000, 100_000, 200_000]) {
    const text = (await joinLines(lines, { mostBytes, clock, pause })) ?? ''
    expect(text.length).toBeLessThanOrEqual(mostBytes)
    expect(text.length).toBeGreaterThan(mostBytes * 0.8)
  }
})

it('the least and the greatest value stay, wherever they are', async () => {
  for (const seed of [1, 2, 3]) {
    const random = seededRandom(seed)
    const [low, high] = [Math.floor(random() * 900), Math.floor(random() * 900)]
    const lines = linesOf(900, (index) => (index === low ? -1e9 : 0) + (index === high ? 1e10 : random()))
    const values = parse(await joinLines(lines, { mostBytes: 900, clock, pause })).map(({ v }) => v[1])
    const numbers = values.flat().map(Number)
    expect(Math.min(...numbers)).toBeLessThan(-9e8)
    expect(Math.max(...numbers)).toBeGreaterThan(9e9)
  }
})

it('a line that was cut off is left out', async () => {
  const lines = [...linesOf(10, (index) => index), '{"k":"p","t":12,"v":{"1":4']
  const joined = parse(await joinLines(lines, { mostBytes: 400, clock, pause }))
  expect([joined.at(-1)?.v[1]].flat()).toContain(9)
})

it('where not even one line fits there is none', async () => {
  expect(
    await joinLines(
      linesOf(10, (index) => index),
      { mostBytes: 10, clock, pause },
    ),
  ).toBeUndefined()
})

it('everything else has its turn meanwhile', async () => {
  let nowMs = 0
  let pauses = 0
  const busy = { monotonicMs: () => (nowMs += 1) }
  const rest = async () => {
    pauses += 1
  }
  await joinLines(
    linesOf(1_000, (index) => index),
    { mostBytes: 10_000, clock: busy, pause: rest },
  )
  expect(pauses).toBeGreaterThan(20)
})

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { seedForm } from '../../src/bridge/mapping/seed-form.ts'
import { type Bridge, type BridgeOptions, startBridge } from '../../src/bridge/start-bridge.ts'
import { systemClock } from '../../src/clock.ts'
import type { Point } from '../../src/otlp/points/point.ts'
import { temporaryDirectory, until } from '../support/run-cli.ts'
import { distributionOf, jobPoints, valueIn } from './bridge-bed.ts'
import { documentWith } from './seed-document.ts'

interface Bed {
  readonly bridge: Bridge
  readonly exports: (readonly Point[])[]
  readonly told: string[]
}

const start = (path: string, more: Partial<BridgeOptions> = {}): Bed => {
  const exports: (readonly Point[])[] = []
  const told: string[] = []
  const bridge = startBridge({
    path,
    mapping: seedForm(),
    // so rarely that what is exported is exported at once, or at the end
    intervalMs: 3_600_000,
    pollMs: 3_600_000,
    staleAfterMs: 60_000,
    clock: systemClock,
    accept: (points) => exports.push(points),
    tell: (level, message) => told.push(`${level}: ${message}`),
    ...more,
  })
  return { bridge, exports, told }
}

/** Rewrites the file as a job does. */
const rewrite = async (path: string, batch: number) => {
  const document = documentWith({
    timestamp: new Date().toISOString(),
    job: { start_time: '2024-10-22T10:00:00Z' },
    metrics: { epoch: 1, batch_number: batch },
  })
  await writeFile(`${path}.tmp`, JSON.stringify(document))
  await rename(`${path}.tmp`, path)
}

it('the first record is exported at once, and the last one at the end', async () => {
  await using dir = await temporaryDirectory()
  const path = join(dir.path, 'current.json')
  const { bridge, exports, told } = start(path)
  await until(() => told.length > 0)
  await rewrite(path, 1)
  await until(() => exports.some((points) => jobPoints(points).length > 0))
  await rewrite(path, 2)
  await bridge.end()
  expect(valueIn(exports.at(-1) ?? [], 'ml.training.batch_number')).toBe(2)
  expect(told).toEqual([`info: metrics file ${path} is not there yet: waiting for the job to write it`])
})

it('what is wrong is told once, and counted each time', async () => {
  await using dir = await temporaryDirectory()
  const path = join(dir.path, 'current.json')
  const bad = (batch: number) =>
    JSON.stringify(
      documentWith({
        timestamp: new Date().toISOString(),
        metrics: { accuracy: 'high', batch_number: batch },
      }),
    )
  await writeFile(path, bad(1))
  const { bridge, exports, told } = start(path)
  await until(() => bridge.state().records === 1)
  await writeFile(`${path}.tmp`, bad(2))
  await rename(`${path}.tmp`, path)
  await bridge.end()
  expect(told).toEqual(['warn: metrics file: /training_metrics/accuracy is a text, where a number is needed'])
  const troubles = exports.at(-1)?.find(({ name }) => name === 'taskbeat.bridge.trouble')
  expect(troubles).toMatchObject({ attributes: { 'taskbeat.kind': 'field' }, value: 2 })
})

it('300 rewrites at full speed, the bridge restarted every 50: the counter is exact, and no record counts twice', async () => {
  await using dir = await temporaryDirectory()
  const path = join(dir.path, 'current.json')
  const statePath = join(dir.path, 'bridge.json')
  const exports: (readonly Point[])[] = []
  let seen = 0
  for (let life = 0; life < 6; life += 1) {
    const { bridge } = start(path, { statePath, intervalMs: 20, accept: (points) => exports.push(points) })
    for (let record = 1; record <= 50; record += 1) {
      await rewrite(path, life * 50 + record)
      // batches before the first record that was ever seen are not known to be missed
      if (life === 0 && record === 1) await until(() => bridge.state().records === 1)
      await setTimeout(record % 4)
    }
    await bridge.end()
    const { records } = bridge.state()
    expect(records).toBeGreaterThan(seen)
    seen = records
  }
  const last = exports.at(-1) ?? []
  expect(valueIn(last, 'ml.training.batch_number')).toBe(300)
  expect(distributionOf(last, 'ml.training.processing_time_ms')?.count).toBe(seen)
  expect(Number(valueIn(last, 'taskbeat.bridge.batches.missed'))).toBe(300 - seen)
  const counts = exports.map((points) => distributionOf(points, 'ml.training.processing_time_ms')?.count ?? 0)
  expect(counts).toEqual(counts.toSorted((a, b) => a - b))
})

describe('trap 8: a prompt end', () => {
  it('comes in the middle of an interval, of a wait for the file, and of the start', async () => {
    await using dir = await temporaryDirectory()
    const path = join(dir.path, 'current.json')
    await start(path).bridge.end()
    const waiting = start(path)
    await until(() => waiting.told.length > 0)
    await waiting.bridge.end()
    await rewrite(path, 1)
    const reading = start(path)
    await until(() => reading.exports.length > 0)
    await reading.bridge.end()
    expect(reading.exports).toHaveLength(2)
  })
})

describe('another life of the bridge', () => {
  it('goes on counting where the last one ended', async () => {
    await using dir = await temporaryDirectory()
    const path = join(dir.path, 'current.json')
    const statePath = join(dir.path, 'state/bridge.json')
    let batch = 0
    for (let life = 1; life <= 3; life += 1) {
      const { bridge, exports } = start(path, { statePath })
      for (let record = 0; record < 3; record += 1) {
        batch += 1
        await rewrite(path, batch)
        await until(() => bridge.state().records === batch)
      }
      await bridge.end()
      const points = exports.at(-1) ?? []
      expect(distributionOf(points, 'ml.training.processing_time_ms')?.count).toBe(batch)
      expect(valueIn(points, 'ml.training.batch_number')).toBe(batch)
      expect(jobPoints(points)).toHaveLength(11)
    }
  })

  it.each([
    ['of another mapping', (text: string) => text.replace(/"mapping":"./, '"mapping":"_')],
    ['torn', (text: string) => text.slice(0, -20)],
    ['changed by somebody', (text: string) => text.replace('"records":2', '"records":7')],
  ])('begins anew with a state that is %s', async (_, spoil) => {
    await using dir = await temporaryDirectory()
    const path = join(dir.path, 'current.json')
    const statePath = join(dir.path, 'bridge.json')
    await rewrite(path, 1)
    const first = start(path, { statePath })
    await until(() => first.bridge.state().records === 1)
    await rewrite(path, 2)
    await first.bridge.end()
    expect(first.bridge.state().records).toBe(2)
    await writeFile(statePath, spoil(await readFile(statePath, 'utf8')))
    const second = start(path, { statePath })
    await until(() => second.exports.length > 0)
    await second.bridge.end()
    expect(valueIn(second.exports.at(-1) ?? [], 'taskbeat.bridge.records')).toBe(1)
    expect(second.told).toEqual([])
  })

  it('works without a place for its state, and says so', async () => {
    await using dir = await temporaryDirectory()
    const path = join(dir.path, 'current.json')
    const statePath = join(dir.path, 'taken')
    await mkdir(statePath)
    await rewrite(path, 1)
    const { bridge, exports, told } = start(path, { statePath })
    await until(() => exports.length > 0)
    await bridge.end()
    expect(told).toEqual([
      `warn: what was counted cannot be kept in ${statePath} (EISDIR): counts begin anew with the bridge`,
    ])
    expect(jobPoints(exports.at(-1) ?? [])).toHaveLength(11)
  })
})

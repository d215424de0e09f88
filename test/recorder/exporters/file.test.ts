import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs, { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import type { Exporter } from '../../../src/recorder/exporter.ts'
import { fileExporter, type RecordDisk } from '../../../src/recorder/exporters/file.ts'
import { temporaryDirectory } from '../../support/run-cli.ts'
import { recorderBed } from '../recorder-bed.ts'

const fileIn = ({ path }: { readonly path: string }) => join(path, 'telemetry', 'records.jsonl')

const linesOf = (path: string) => readFileSync(path, 'utf8').split('\n').slice(0, -1)
const recordsOf = (path: string) => linesOf(path).map((line) => JSON.parse(line))

const recordOne = async (exporter: Exporter, name = 'a') => {
  const { recorder, lines } = recorderBed({ exporters: [exporter], runId: 'run-7' })
  recorder.stop(recorder.start(name))
  await recorder.close()
  return { stats: recorder.stats().exporters[0], lines }
}

it('writes one line a record, with ids, run, count and process', async () => {
  await using directory = await temporaryDirectory()
  const path = fileIn(directory)
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  const { recorder } = recorderBed({ exporters: [fileExporter({ path })], runId: 'run-7', traceparent })
  const span = recorder.start('train', {
    attributes: { loss: Number.NaN, list: [1, Number.POSITIVE_INFINITY] },
  })
  recorder.event(span, 'saved', { attributes: { step: 3, names: ['x'] } })
  recorder.error(span, 'it broke')
  recorder.telemetryDataError('half of it')
  recorder.stop(span)
  const at = Date.parse('2026-11-20T10:00:00Z')
  const ids = {
    trace_id: 'a'.repeat(32),
    span_id: span.spanId,
    parent_span_id: 'b'.repeat(16),
    run_id: 'run-7',
    name: 'train',
  }
  const attributes = { loss: 'NaN', list: ['1', 'Infinity'] }
  expect(recordsOf(path)).toEqual(
    [
      {
        type: 'start',
        ...ids,
        attributes,
        start_event: { name: 'span_start', attributes: { timestamp_msec: at } },
      },
      {
        type: 'event',
        ...ids,
        event: { name: 'saved', attributes: { step: 3, names: ['x'], timestamp_msec: at } },
      },
      {
        type: 'application_error',
        ...ids,
        event: { name: 'error', attributes: { error_message: 'it broke', timestamp_msec: at } },
      },
      {
        type: 'telemetry_data_error',
        run_id: 'run-7',
        error: {
          name: 'telemetry_data_error',
          attributes: {
            error_message: 'half of it',
            telemetry_data_error_type: 'incomplete_telemetry_data',
            timestamp_msec: at,
          },
        },
      },
      {
        type: 'stop',
        ...ids,
        attributes: { ...attributes, duration_msec: 0 },
        stop_event: { name: 'span_stop', attributes: { timestamp_msec: at } },
      },
    ].map((record, index) => ({ ...record, count: index + 1, pid: process.pid })),
  )
  await recorder.close()
})

it('appends to what is there, and never writes into a line that was cut', async () => {
  await using directory = await temporaryDirectory()
  const path = fileIn(directory)
  await recordOne(fileExporter({ path }), 'first')
  appendFileSync(path, '{"type":"start","na')
  await recordOne(fileExporter({ path }), 'second')
  const lines = linesOf(path)
  expect(lines).toHaveLength(5)
  expect(lines[2]).toBe('{"type":"start","na')
  expect([0, 1, 3, 4].map((index) => JSON.parse(lines[index] ?? '').name)).toEqual([
    ...['first', 'first'],
    ...['second', 'second'],
  ])
})

it('T7: a full disk counts as a failure for each record, and the exporter is given up', async () => {
  const { recorder, lines } = recorderBed({ exporters: [fileExporter({ path: '/dev/full' })] })
  for (let index = 0; index < 10; index += 1) recorder.start('a')
  await recorder.close()
  expect(recorder.stats().exporters[0]).toMatchObject({ delivered: 0, failures: 5, isDisabled: true })
  expect(lines).toEqual([expect.stringContaining('ENOSPC')])
})

it('T7: a place that cannot be written is said once, and hurts nobody', async () => {
  await using directory = await temporaryDirectory()
  const blocked = join(directory.path, 'file')
  writeFileSync(blocked, '')
  for (const path of [join(blocked, 'records.jsonl'), '/proc/taskbeat/records.jsonl']) {
    const { stats, lines } = await recordOne(fileExporter({ path }))
    expect(stats).toMatchObject({ isDisabled: true, failures: 1, lost: 2 })
    expect(lines).toEqual([expect.stringContaining('the exporter file is not used, as it did not start')])
  }
})

it('does not wait for somebody who reads a pipe', async () => {
  await using directory = await temporaryDirectory()
  const path = join(directory.path, 'pipe')
  await once(spawn('mkfifo', [path]), 'exit')
  const { lines } = await recordOne(fileExporter({ path }))
  expect(lines).toEqual([expect.stringContaining('ENXIO')])
})

/** A disk that takes only so many bytes in all, in pieces. */
const smallDisk = (roomBytes: number, pieceBytes: number): RecordDisk => {
  let room = roomBytes
  return {
    ...fs,
    writeSync: ((descriptor: number, bytes: Buffer) => {
      if (room === 0) {
        room = Number.POSITIVE_INFINITY
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
      }
      const taken = bytes.subarray(0, Math.min(bytes.length, pieceBytes, room))
      room -= taken.length
      return fs.writeSync(descriptor, taken)
    }) as typeof fs.writeSync,
  }
}

it('a line that was written in part stands alone, and those after it are whole', async () => {
  await using directory = await temporaryDirectory()
  const path = fileIn(directory)
  const { recorder } = recorderBed({ exporters: [fileExporter({ path }, smallDisk(500, 100))] })
  const span = recorder.start('a')
  for (let index = 0; index < 5; index += 1) recorder.event(span, `e${index}`)
  await recorder.close()
  const lines = linesOf(path)
  const counts = lines.flatMap((line) => {
    try {
      return [JSON.parse(line).count]
    } catch {
      return []
    }
  })
  expect(lines.length - counts.length).toBe(1)
  // a start, the third record that is cut, its signal, three more events, a stop
  expect(counts).toEqual([1, 2, 4, 5, 6, 7, 8])
  expect(recorder.stats().exporters[0]).toMatchObject({ failures: 1, wasSignalled: true })
})

it('T7: a disk that does not sync counts', async () => {
  const disk: RecordDisk = {
    ...fs,
    fsync: ((_: number, done: (error: Error) => void) => done(new Error('EIO'))) as never,
  }
  await using directory = await temporaryDirectory()
  const { recorder, lines } = recorderBed({ exporters: [fileExporter({ path: fileIn(directory) }, disk)] })
  await recorder.forceFlush()
  expect(recorder.stats().exporters[0]).toMatchObject({ failures: 1 })
  await recorder.close()
  expect(lines).toEqual(['taskbeat recorder: the exporter file did not close: EIO'])
})

/** Records spans in a process of its own, until it is told to kill itself. */
const writer = `
const { createRecorder, fileExporter } = await import(process.argv[1])
const [, , path, name, spans, end] = process.argv
const recorder = createRecorder({ exporters: [fileExporter({ path })] })
for (let index = 0; index < Number(spans); index += 1) recorder.start(name, { attributes: { text: 'x'.repeat(index * 10) } })
if (end === 'kill') process.kill(process.pid, 'SIGKILL')
if (end === 'exit') process.exit(0)
await recorder.close()
`

const startWriter = (...args: readonly string[]) =>
  spawn(process.execPath, ['--input-type=module', '-e', writer, resolve('src/recorder/index.ts'), ...args], {
    stdio: 'inherit',
  })

it('several processes may append to one file: each line is whole', async () => {
  await using directory = await temporaryDirectory()
  const path = fileIn(directory)
  mkdirSync(join(path, '..'))
  const names = ['one', 'two', 'three']
  await Promise.all(names.map((name) => once(startWriter(path, name, '300', 'close'), 'exit')))
  const records = recordsOf(path)
  for (const name of names) {
    const own = records.filter((record) => record.name === name)
    expect(own.map(({ count }) => count)).toEqual(Array.from({ length: 600 }, (_, index) => index + 1))
  }
})

it.each([
  ['is killed', 'kill'],
  ['exits in the middle', 'exit'],
])('a process that %s leaves all that it recorded', async (_, end) => {
  await using directory = await temporaryDirectory()
  const path = fileIn(directory)
  await once(startWriter(path, 'a', '50', end), 'exit')
  expect(existsSync(path) && recordsOf(path).map(({ type, count }) => [type, count])).toEqual(
    Array.from({ length: 50 }, (_, index) => ['start', index + 1]),
  )
})

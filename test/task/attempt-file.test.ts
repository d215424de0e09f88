import { execFileSync } from 'node:child_process'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  type AttemptNotes,
  attemptPath,
  parseAttemptNotes,
  readAttemptFile,
  stepsLost,
  writeAttemptFile,
  writeAttemptFileSync,
} from '../../src/task/attempt-file.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

const least: AttemptNotes = { version: 1, runId: 'r1', attempt: 2, startedAt: '2026-11-20T10:00:00.000Z' }
const process = { pid: 7, startTime: '4242', bootId: 'b', pidNamespace: 'pid:[1]', groupId: 7 }
const ended = { at: '2026-11-20T11:00:00.000Z', exitStatus: 143, text: 'stopped by SIGTERM' }
const whole: AttemptNotes = {
  ...least,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  step: 1_200,
  checkpoint: { name: 'ckpt-1000', step: 1_000 },
  process,
  ended,
}

describe('notes', () => {
  it.each([
    { what: 'whole', value: whole, is: whole },
    { what: 'with what a later version may add', value: { ...whole, more: [1] }, is: whole },
    { what: 'without what is optional', value: least, is: least },
    { what: 'of a step that is none', value: { ...least, step: -1 }, is: least },
    { what: 'of a step that is text', value: { ...least, step: '12' }, is: least },
    {
      what: 'of a checkpoint without a step',
      value: { ...least, checkpoint: { name: 'a', step: null } },
      is: { ...least, checkpoint: { name: 'a' } },
    },
    { what: 'of a checkpoint without a name', value: { ...least, checkpoint: { step: 3 } }, is: least },
    {
      what: 'of a process without a group',
      value: { ...least, process: { ...process, groupId: '7' } },
      is: least,
    },
    {
      what: 'of a process without a start',
      value: { ...least, process: { ...process, startTime: 1 } },
      is: least,
    },
    {
      what: 'of an end without a status',
      value: { ...least, ended: { ...ended, exitStatus: null } },
      is: least,
    },
    { what: 'of an end that is text', value: { ...least, ended: 'badly', traceparent: 1 }, is: least },
    { what: 'of another version', value: { ...whole, version: 2 }, is: undefined },
    { what: 'of no run', value: { ...whole, runId: 1 }, is: undefined },
    { what: 'of no attempt', value: { ...whole, attempt: undefined }, is: undefined },
    { what: 'of no start', value: { ...whole, startedAt: 1 }, is: undefined },
    { what: 'in a list', value: [whole], is: undefined },
  ])('$what', ({ value, is }) => {
    expect(parseAttemptNotes(JSON.stringify(value))).toStrictEqual(is)
  })

  it('that are torn anywhere are none', () => {
    const text = JSON.stringify(whole)
    for (let length = 0; length < text.length; length += 1) {
      expect(parseAttemptNotes(text.slice(0, length))).toBeUndefined()
    }
  })
})

describe('the attempt file', () => {
  it.each([
    { how: 'at once', write: async (dir: string) => writeAttemptFileSync(dir, whole) },
    { how: 'in the background', write: (dir: string) => writeAttemptFile(dir, whole) },
  ])('is replaced whole, written $how', async ({ write }) => {
    await using dir = await temporaryDirectory()
    expect(readAttemptFile(dir.path)).toBeUndefined()
    writeAttemptFileSync(dir.path, { ...least, attempt: 1 })
    await write(dir.path)
    expect(readAttemptFile(dir.path)).toEqual(whole)
    expect(await readdir(dirname(attemptPath(dir.path)))).toEqual(['attempt.json'])
  })

  it.each([
    { what: 'a pipe', make: async (path: string) => execFileSync('mkfifo', [path]) },
    { what: 'a link to a device', make: (path: string) => symlink('/dev/zero', path) },
    { what: 'a directory', make: (path: string) => mkdir(path) },
    { what: 'something else', make: (path: string) => writeFile(path, Buffer.from([0xff, 0xfe, 0])) },
  ])('is not there where $what is in its place', async ({ make }) => {
    await using dir = await temporaryDirectory()
    await mkdir(dirname(attemptPath(dir.path)))
    await make(attemptPath(dir.path))
    expect(readAttemptFile(dir.path)).toBeUndefined()
  })

  it('that cannot be written says so', async () => {
    await using dir = await temporaryDirectory()
    await mkdir(attemptPath(dir.path), { recursive: true })
    await expect(writeAttemptFile(dir.path, least)).rejects.toThrow('EISDIR')
    expect(() => writeAttemptFileSync(dir.path, least)).toThrow('EISDIR')
  })
})

it.each([
  { what: 'no previous attempt', previous: undefined, lost: undefined },
  { what: 'neither steps nor a checkpoint', previous: least, lost: undefined },
  { what: 'steps, but no checkpoint', previous: { ...least, step: 9 }, lost: undefined },
  {
    what: 'a checkpoint of an unknown step',
    previous: { ...least, step: 9, checkpoint: { name: 'a' } },
    lost: undefined,
  },
  {
    what: 'a checkpoint, but no steps',
    previous: { ...least, checkpoint: { name: 'a', step: 5 } },
    lost: undefined,
  },
  { what: 'steps after the checkpoint', previous: whole, lost: 200 },
  { what: 'none', previous: { ...least, step: 5, checkpoint: { name: 'a', step: 5 } }, lost: 0 },
  {
    what: 'a checkpoint of an earlier attempt',
    previous: { ...least, step: 3, checkpoint: { name: 'a', step: 5 } },
    lost: 0,
  },
])('steps lost after $what: $lost', ({ previous, lost }) => {
  expect(stepsLost(previous)).toBe(lost)
})

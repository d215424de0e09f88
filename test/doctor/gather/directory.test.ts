import { spawnSync } from 'node:child_process'
import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { gatherDirectory } from '../../../src/doctor/gather/directory.ts'
import { findMount, parseMounts } from '../../../src/doctor/gather/mounts.ts'
import { readText } from '../../../src/processes/read-text.ts'
import { temporaryDirectory } from '../../support/run-cli.ts'

const look = (path: string) => {
  const mounts = parseMounts(readText('/proc/self/mountinfo') ?? '')
  return gatherDirectory(path, { mounts, clock: systemClock, limitMs: 50_000 })
}

it('a directory that works has room, a device and a file system, and nothing is left in it', async () => {
  await using directory = await temporaryDirectory()
  const facts = await look(directory.path)
  expect(facts).toMatchObject({ path: directory.path, tried: directory.path, trial: { outcome: 'works' } })
  expect(facts.space?.availableBytes).toBeGreaterThan(0)
  expect(facts.device).toBeGreaterThanOrEqual(0)
  expect(await readdir(directory.path)).toEqual([])
})

it('of a directory that is not there, the nearest one above it is tried, and it is not made', async () => {
  await using directory = await temporaryDirectory()
  const facts = await look(join(directory.path, 'a', 'b'))
  expect(facts).toMatchObject({ tried: directory.path, trial: { outcome: 'works' } })
  expect(await readdir(directory.path)).toEqual([])
})

it.each([
  ['a file', async (path: string) => writeFile(path, '')],
  [
    'a link to a file',
    async (path: string) => {
      await writeFile(`${path}.file`, '')
      await symlink(`${path}.file`, path)
    },
  ],
])('%s is no directory, nor is what is below', async (_, make) => {
  await using directory = await temporaryDirectory()
  const path = join(directory.path, 'results')
  await make(path)
  const failed = { outcome: 'failed', step: 'look', code: 'ENOTDIR' }
  expect((await look(path)).trial).toMatchObject(failed)
  expect((await look(join(path, 'below'))).trial).toMatchObject(failed)
})

it.skipIf(process.getuid?.() === 0)('a directory without the right to write is found out', async () => {
  await using directory = await temporaryDirectory()
  await chmod(directory.path, 0o555)
  expect((await look(directory.path)).trial).toMatchObject({
    outcome: 'failed',
    step: 'write',
    code: 'EACCES',
  })
  await chmod(directory.path, 0o755)
})

it('where nothing can be made, it says so', async () => {
  expect((await look('/proc')).trial).toMatchObject({ outcome: 'failed', step: 'write', path: '/proc' })
})

const mount = (...args: readonly string[]) => spawnSync('mount', args).status === 0

it('a file system that is full, or may only be read, is found out by trying', async ({ skip }) => {
  await using directory = await temporaryDirectory()
  const place = join(directory.path, 'small')
  await mkdir(place)
  if (!mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place)) return skip('no right to mount here')
  try {
    expect(await look(place)).toMatchObject({
      ...{ trial: { outcome: 'works' }, fileSystem: { type: 'tmpfs' } },
      space: { availableBytes: 65_536 },
    })
    spawnSync('dd', ['if=/dev/zero', `of=${place}/full`, 'bs=64k', 'count=1'])
    expect((await look(place)).trial).toMatchObject({ outcome: 'failed', code: 'ENOSPC' })
    mount('-o', 'remount,ro', place)
    expect((await look(place)).trial).toMatchObject({ outcome: 'failed', code: 'EROFS' })
  } finally {
    spawnSync('umount', [place])
  }
})

it('what does not answer counts as silent', async () => {
  const never = {
    ...systemClock,
    after: (_: number, wake: () => void) => {
      wake()
      return () => {}
    },
  }
  const facts = await gatherDirectory('/tmp', { mounts: [], clock: never, limitMs: 1 })
  expect(['silent', 'works']).toContain(facts.trial.outcome)
})

it('mounts are read as the kernel writes them, and the innermost counts, of two the last', () => {
  const mounts = parseMounts(
    [
      '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
      '30 22 0:50 / /mnt/my\\040bucket rw,nosuid - fuse.s3fs s3fs rw,user_id=0',
      '31 30 0:51 / /mnt/my\\040bucket rw - tmpfs none rw',
      '32 22 0:52 /sub /mnt/share rw master:2 propagate_from:1 - nfs4 server:/export rw',
      'no line of it',
    ].join('\n'),
  )
  expect(findMount('/mnt/my bucket/run/1', mounts)).toEqual({ type: 'tmpfs', source: 'none' })
  expect(findMount('/mnt/share', mounts)).toEqual({ type: 'nfs4', source: 'server:/export' })
  expect(findMount('/mnt/shared', mounts)).toEqual({ type: 'ext4', source: '/dev/sda1' })
  expect(findMount('/x', [])).toBeUndefined()
})

import { expect, it } from 'vitest'
import { openGroupDisk } from '../../../src/host/cgroup/disk.ts'
import { findUnified, parseMemberships } from '../../../src/host/cgroup/groups.ts'
import { openGroupPressure, parsePressure } from '../../../src/host/cgroup/pressure.ts'
import { openGroupThreads } from '../../../src/host/cgroup/threads.ts'
import { type Files, fixtureRoot, told, writeFiles } from '../fixture.ts'

const self = 'proc/self/cgroup'
const mount = 'sys/fs/cgroup'

it('a line of /proc/self/cgroup names a hierarchy, its controllers and a path that may hold colons', () => {
  expect(parseMemberships('9:name=systemd:/\n4:cpu,cpuacct:/a:b\n0::/c\nnonsense\n')).toEqual([
    { controllers: ['name=systemd'], path: '/' },
    { controllers: ['cpu', 'cpuacct'], path: '/a:b' },
    { controllers: [], path: '/c' },
  ])
})

it('without a line of version 2 there is no place to look', async () => {
  await using root = await fixtureRoot({ [self]: '4:memory:/\n' })
  expect(findUnified(root.path).directories).toEqual([])
})

it.each([
  {
    what: 'Linux 5.13 and newer',
    text: 'some avg10=1.50 avg60=0.70 avg300=0.10 total=2500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=1000\n',
    is: { some: 2.5, full: 0.001 },
  },
  {
    what: 'older, where CPUs had no second line',
    text: 'some avg10=0.00 avg60=0.00 avg300=0.00 total=7\n',
    is: { some: 7e-6 },
  },
  { what: 'nonsense', text: 'some avg10=0.00 total=many\nhalf total=1\n', is: {} },
  { what: 'no file', text: undefined, is: {} },
])('pressure: $what', ({ text, is }) => {
  const expected = Object.entries(is).map(([scope, value]) => [
    `taskbeat.cgroup.pressure.time io ${scope}`,
    value,
  ])
  expect(told(parsePressure('io', text))).toEqual(Object.fromEntries(expected))
})

it('pressure is of the innermost group that tells it, in version 2 beside version 1 too', async () => {
  await using root = await fixtureRoot({
    [self]: '4:memory:/job\n0::/a/b\n',
    [`${mount}/unified/a/cpu.pressure`]: 'some avg10=0.00 avg60=0.00 avg300=0.00 total=1000000\n',
    [`${mount}/unified/cpu.pressure`]: 'some avg10=0.00 avg60=0.00 avg300=0.00 total=9000000\n',
  })
  expect(told(openGroupPressure(root.path)())).toEqual({ 'taskbeat.cgroup.pressure.time cpu some': 1 })
})

it.each<{ what: string; files: Files; is: Readonly<Record<string, number>> }>([
  {
    what: 'version 2 with a tighter limit above',
    files: {
      [self]: '0::/pod/c\n',
      [`${mount}/pod/pids.max`]: '100\n',
      [`${mount}/pod/c/pids.max`]: 'max\n',
      [`${mount}/pod/c/pids.current`]: '12\n',
    },
    is: { 'taskbeat.cgroup.thread.count': 12, 'taskbeat.cgroup.thread.limit': 100 },
  },
  {
    what: 'version 1 without a limit',
    files: {
      [self]: '8:pids:/\n',
      [`${mount}/pids/pids.max`]: 'max\n',
      [`${mount}/pids/pids.current`]: '3\n',
    },
    is: { 'taskbeat.cgroup.thread.count': 3 },
  },
  { what: 'none', files: {}, is: {} },
])('threads of our group: $what', async ({ files, is }) => {
  await using root = await fixtureRoot(files)
  expect(told(openGroupThreads(root.path)())).toEqual(is)
})

const diskstats = `
 259       0 nvme0n1 1 0 1 0 1 0 1 0 0 0 0
 259       1 nvme0n1p1 1 0 1 0 1 0 1 0 0 0 0
 253       0 dm-0 1 0 1 0 1 0 1 0 0 0 0
   7       0 loop0 1 0 1 0 1 0 1 0 0 0 0`

it.each([
  {
    what: 'version 2: the sum of all disks, without what stands on them',
    text: '259:0 rbytes=100 wbytes=20 rios=1 wios=1 dbytes=5 dios=1\n253:0 rbytes=90 wbytes=9\n8:0 rbytes=1 wbytes=1\n',
    is: [101, 21],
  },
  {
    what: 'version 1',
    text: '259:0 Read 100\n259:0 Write 20\n259:0 Sync 50\n259:0 Total 120\n7:0 Read 3\nTotal 123\n',
    is: [100, 20],
  },
  { what: 'a device without counts', text: '259:0 \n', is: [0, 0] },
  { what: 'nothing yet', text: '', is: [0, 0] },
  { what: 'no file', text: undefined, is: [] },
])('disks of our group: $what', async ({ text, is }) => {
  const files = { [self]: '0::/\n', 'proc/diskstats': diskstats }
  await using root = await fixtureRoot(text === undefined ? files : { ...files, [`${mount}/io.stat`]: text })
  const readings = openGroupDisk(root.path)()
  expect(readings.map(({ value }) => value)).toEqual(is)
})

it('a device that comes later is looked up too', async () => {
  await using root = await fixtureRoot({
    [self]: '0::/\n',
    [`${mount}/io.stat`]: '259:0 rbytes=1 wbytes=0\n',
  })
  const read = openGroupDisk(root.path)
  read()
  await writeFiles(root.path, {
    'proc/diskstats': diskstats,
    [`${mount}/io.stat`]: '259:0 rbytes=5 wbytes=0\n253:0 rbytes=4 wbytes=0\n',
  })
  expect(told(read())['container.disk.io read']).toBe(5)
})

it.each<{ what: string; files: Files; read: number | undefined }>([
  {
    what: 'version 2',
    files: { [self]: '0::/\n', [`${mount}/io.stat`]: '8:0 rbytes=7 wbytes=1\n' },
    read: 7,
  },
  {
    what: 'version 1, with the groups below',
    files: {
      [self]: '7:blkio:/\n',
      [`${mount}/blkio/blkio.throttle.io_service_bytes_recursive`]: '8:0 Read 7\n',
      [`${mount}/blkio/blkio.throttle.io_service_bytes`]: '8:0 Read 2\n',
    },
    read: 7,
  },
  {
    what: 'version 1 of a kernel before 4.15',
    files: {
      [self]: '7:blkio:/\n',
      [`${mount}/blkio/blkio.throttle.io_service_bytes`]: '8:0 Read 2\n',
    },
    read: 2,
  },
  { what: 'none', files: {}, read: undefined },
])('the file of our group: $what', async ({ files, read }) => {
  await using root = await fixtureRoot(files)
  expect(told(openGroupDisk(root.path)())['container.disk.io read']).toBe(read)
})

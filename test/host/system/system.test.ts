import { expect, it } from 'vitest'
import { type CpuMode, parseCpus, startCpuReadings } from '../../../src/host/system/cpu.ts'
import { mostDisks, parseDisks } from '../../../src/host/system/disks.ts'
import { parseMemory } from '../../../src/host/system/memory.ts'
import { mostInterfaces, parseInterfaces } from '../../../src/host/system/network.ts'
import { openNodeOs } from '../../../src/host/system/node-os.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { told } from '../fixture.ts'

const idle = { user: 0, nice: 0, system: 0, idle: 0, iowait: 0, interrupt: 0, steal: 0 }

it.each([
  {
    what: 'of today',
    text: 'cpu  100 200 300 400 500 50 70 800 900 1000\ncpu0 1 2 3 4 5 6 7 8 9 10\ncpu1 1 2 3 4 5 6 7 8 9 10\nintr 5 4\n',
    is: {
      times: { user: 1, nice: 2, system: 3, idle: 4, iowait: 5, interrupt: 1.2, steal: 8 },
      count: 2,
    },
  },
  {
    what: 'of Linux 2.4, with four columns',
    text: 'cpu 100 200 300 400\ncpu0 100 200 300 400\n',
    is: { times: { ...idle, user: 1, nice: 2, system: 3, idle: 4 }, count: 1 },
  },
  {
    what: 'beyond 2^53',
    text: 'cpu  18446744073709551615 0 0 0\n',
    is: { times: { ...idle, user: 2 ** 64 / 100 }, count: 0 },
  },
  { what: 'with three columns', text: 'cpu  1 2 3\n', is: undefined },
  { what: 'that is NaN', text: 'cpu  NaN NaN NaN NaN\n', is: undefined },
  { what: 'that is empty', text: '', is: undefined },
])('CPU times from a text $what', ({ text, is }) => {
  expect(parseCpus(text)).toEqual(is)
})

it('utilization is shares of the time since the last reading, and no counter falls', async () => {
  const clock = manualClock()
  const read = startCpuReadings(clock)
  const at = (times: Partial<Record<CpuMode, number>>) => ({ times: { ...idle, ...times }, count: 2 })
  expect(told(read(at({ user: 10, idle: 100 })))).not.toHaveProperty('system.cpu.utilization user')
  await clock.advance(1_000)
  const values = told(read(at({ user: 13, idle: 101 })))
  expect(values).toMatchObject({
    'system.cpu.logical.count': 2,
    'system.cpu.time user': 13,
    'system.cpu.time idle': 101,
    'system.cpu.utilization user': 0.75,
    'system.cpu.utilization idle': 0.25,
    'system.cpu.utilization steal': 0,
  })
  await clock.advance(1_000)
  expect(told(read(at({ user: 14, idle: 100.99 })))).toMatchObject({
    'system.cpu.time idle': 101,
    'system.cpu.utilization user': 1,
    'system.cpu.utilization idle': 0,
  })
})

it('there is no utilization of no time, and none sooner than CPU time is counted', async () => {
  const clock = manualClock()
  const read = startCpuReadings(clock)
  const at = (user: number) => told(read({ times: { ...idle, user }, count: 1 }))
  at(1)
  await clock.advance(50)
  expect(at(1.01)).not.toHaveProperty('system.cpu.utilization user')
  await clock.advance(50)
  expect(at(1.02)).toHaveProperty('system.cpu.utilization user', 1)
  await clock.advance(1_000)
  expect(at(1.02)).not.toHaveProperty('system.cpu.utilization user')
})

it.each([
  {
    what: 'of today',
    text: 'MemTotal:  1000 kB\nMemFree: 100 kB\nMemAvailable: 750 kB\nSwapTotal: 200 kB\nSwapFree: 50 kB\nHugePages_Total: 0\n',
    is: {
      'system.memory.limit': 1_024_000,
      'system.memory.usage used': 256_000,
      'system.memory.usage available': 768_000,
      'system.memory.utilization used': 0.25,
      'system.memory.utilization available': 0.75,
      'system.memory.linux.available': 768_000,
      'system.paging.usage used': 153_600,
      'system.paging.usage free': 51_200,
      'system.paging.utilization used': 0.75,
      'system.paging.utilization free': 0.25,
    },
  },
  {
    what: 'before Linux 3.14, without swap',
    text: 'MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 100 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n',
    is: {
      'system.memory.limit': 1_024_000,
      'system.memory.usage used': 768_000,
      'system.memory.usage available': 256_000,
      'system.memory.utilization used': 0.75,
      'system.memory.utilization available': 0.25,
    },
  },
  {
    what: 'of a sandbox that says more is available than there is',
    text: 'MemTotal: 1 kB\nMemAvailable: 2 kB\n',
    is: {
      'system.memory.limit': 1_024,
      'system.memory.usage used': 0,
      'system.memory.usage available': 1_024,
      'system.memory.utilization used': 0,
      'system.memory.utilization available': 1,
      'system.memory.linux.available': 2_048,
    },
  },
  { what: 'of nonsense', text: 'MemTotal: NaN kB\nMemFree 1 MB\n:\n', is: {} },
  { what: 'that is empty', text: '', is: {} },
])('memory from a text $what', ({ text, is }) => {
  expect(told(parseMemory(text))).toEqual(is)
})

const disk = (name: string, counts = '10 1 20 3 40 5 60 7 0 9000 11') => `   8       0 ${name} ${counts}\n`
const namesIn = (text: string) =>
  new Set(parseDisks(text).map(({ attributes }) => attributes?.['system.device.name']))

it.each([
  { what: 'Linux 2.6', counts: '10 1 20 3 40 5 60 7 0 9000 11' },
  { what: 'Linux 5.5, with discards and flushes', counts: '10 1 20 3 40 5 60 7 0 9000 11 1 2 3 4 5 6' },
])('disks of $what', ({ counts }) => {
  expect(told(parseDisks(disk('sda', counts)))).toEqual({
    'system.disk.io sda read': 10_240,
    'system.disk.io sda write': 30_720,
    'system.disk.operations sda read': 10,
    'system.disk.operations sda write': 40,
    'system.disk.io_time sda': 9,
  })
})

it.each([
  { listed: 'sda sda1 sda10 sdb', told: 'sda sdb' },
  { listed: 'nvme0n1 nvme0n1p1 nvme0n1p12 nvme1n1', told: 'nvme0n1 nvme1n1' },
  { listed: 'nvme0n1 nvme0c0n1', told: 'nvme0n1' },
  { listed: 'mmcblk0 mmcblk0p1', told: 'mmcblk0' },
  { listed: 'vda vda1 vdb', told: 'vda vdb' },
  // a disk of a cloud may be shown as if it were a partition of one
  { listed: 'xvda1 xvdb', told: 'xvda1 xvdb' },
  { listed: 'sda dm-0 dm-1 md127 loop0 ram0 zram0 sr0 fd0 bcache0', told: 'sda' },
])('of $listed the disks are $told', ({ listed, told: disks }) => {
  const text = listed
    .split(' ')
    .map((name) => disk(name))
    .join('')
  expect([...namesIn(text)].join(' ')).toBe(disks)
})

it('lines of disks that are cut or garbled are left out', () => {
  expect(parseDisks('8 0 sda\n8 0 sdb 1 2 3\nsdc\n\nx y sdd 1 2 3 4 5 6 7 8 9 10 11\n')).toEqual([])
})

it('no more than so many disks and interfaces are told', () => {
  const disks = Array.from({ length: mostDisks + 8 }, (_, at) => disk(`nvme${at}n1`))
  expect(namesIn(disks.join('')).size).toBe(mostDisks)
  const interfaces = Array.from(
    { length: mostInterfaces + 8 },
    (_, at) => `eth${at}: 1 ${'0 '.repeat(14)}0\n`,
  )
  expect(parseInterfaces(interfaces.join(''))).toHaveLength(mostInterfaces * 6)
})

const header = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`

it('network interfaces are told in both directions, also where a number touches the name', () => {
  const text = `${header}    lo: 9 9 9 9 0 0 0 0 9 9 9 9 0 0 0 0\n  eth0:18446744073709551615 2 3 4 0 0 0 0 50 60 70 80 0 0 0 0\n`
  expect(told(parseInterfaces(text))).toEqual({
    'system.network.io eth0 receive': 2 ** 64,
    'system.network.errors eth0 receive': 3,
    'system.network.packet.dropped eth0 receive': 4,
    'system.network.io eth0 transmit': 50,
    'system.network.errors eth0 transmit': 70,
    'system.network.packet.dropped eth0 transmit': 80,
  })
})

it.each([
  'lo',
  'veth12ab',
  'docker0',
  'docker_gwbridge',
  'cni0',
  'br-0a1b2c',
  'virbr0',
  'cali123',
  'flannel.1',
  'ifb0',
])('%s is not told', (name) => {
  expect(parseInterfaces(`${header}${name}: ${'1 '.repeat(15)}1\n`)).toEqual([])
})

it.each(['eth0', 'enp0s31f6', 'ib0', 'bond0', 'tap0', 'br0', 'loopy0'])('%s is told', (name) => {
  expect(parseInterfaces(`${header}${name}: ${'1 '.repeat(15)}1\n`)).toHaveLength(6)
})

it('an interface whose line is cut is left out', () => {
  expect(parseInterfaces(`${header}  eth0: 1 2 3\n eth1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n`)).toEqual(
    [],
  )
})

it('where there is no /proc, Node.js knows CPUs and memory', () => {
  const values = told(openNodeOs(manualClock())())
  expect(values['system.cpu.logical.count']).toBeGreaterThan(0)
  expect(values['system.cpu.time idle']).toBeGreaterThan(0)
  expect(values['system.memory.limit']).toBeGreaterThan(0)
})

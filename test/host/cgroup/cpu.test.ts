import { expect, it } from 'vitest'
import { openGroupCpu, parseCpuLimit, parseCpuTime, parseThrottling } from '../../../src/host/cgroup/cpu.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { type Files, fixtureRoot, told, writeFiles } from '../fixture.ts'

it.each([
  { what: 'version 2', text: 'usage_usec 3500000\nuser_usec 2500000\nsystem_usec 1000000\n', is: [2.5, 1] },
  { what: 'version 1, in ticks', text: 'user 250\nsystem 100\n', is: [2.5, 1] },
  { what: 'one of two', text: 'user 250\n', is: [undefined, undefined] },
  { what: 'nothing', text: undefined, is: [undefined, undefined] },
  {
    what: 'more than 2^53',
    text: 'user_usec 18446744073709551615\nsystem_usec 1\n',
    is: [18_446_744_073_709.55, 1e-6],
  },
])('CPU time of a group: $what', ({ text, is }) => {
  const time = parseCpuTime(text)
  expect([time?.user, time?.system]).toEqual(is)
})

it.each([
  { text: '200000 100000\n', is: 2 },
  { text: '50000 100000\n', is: 0.5 },
  { text: 'max 100000\n', is: undefined },
  { text: '-1 100000\n', is: undefined },
  { text: '100000 0\n', is: undefined },
  { text: '100000\n', is: undefined },
  { text: '', is: undefined },
])('a limit of $text is $is CPUs', ({ text, is }) => {
  expect(parseCpuLimit(text)).toBe(is)
})

it.each([
  {
    what: 'version 2',
    text: 'usage_usec 1\nnr_periods 10\nnr_throttled 4\nthrottled_usec 2500000\nnr_bursts 0\n',
    is: [10, 4, 2.5],
  },
  { what: 'version 1', text: 'nr_periods 10\nnr_throttled 4\nthrottled_time 2500000000\n', is: [10, 4, 2.5] },
  { what: 'version 1, never', text: 'nr_periods 0\nnr_throttled 0\nthrottled_time 0\n', is: [0, 0, 0] },
  { what: 'version 2 without the controller', text: 'usage_usec 1\nuser_usec 1\nsystem_usec 0\n', is: [] },
])('throttling: $what', ({ text, is }) => {
  expect(parseThrottling(text).map(({ value }) => value)).toEqual(is)
})

const self = 'proc/self/cgroup'
const v2 = 'sys/fs/cgroup'

it.each<{ what: string; files: Files; limit: number | undefined; user: number | undefined }>([
  { what: 'no cgroups', files: {}, limit: undefined, user: undefined },
  {
    what: 'version 2, with a tighter limit above',
    files: {
      [self]: '0::/pod/train\n',
      [`${v2}/cpu.stat`]: 'user_usec 99000000\nsystem_usec 0\n',
      [`${v2}/pod/cpu.max`]: '150000 100000\n',
      [`${v2}/pod/train/cpu.max`]: '400000 100000\n',
      [`${v2}/pod/train/cpu.stat`]: 'user_usec 2000000\nsystem_usec 0\n',
    },
    limit: 1.5,
    user: 2,
  },
  {
    what: 'version 1, each controller at its own path',
    files: {
      [self]: '3:cpuacct:/time\n2:cpu:/share\n',
      [`${v2}/cpuacct/time/cpuacct.stat`]: 'user 200\nsystem 0\n',
      [`${v2}/cpu/cpu.cfs_quota_us`]: '-1\n',
      [`${v2}/cpu/share/cpu.cfs_quota_us`]: '250000\n',
      [`${v2}/cpu/share/cpu.cfs_period_us`]: '100000\n',
    },
    limit: 2.5,
    user: 2,
  },
  {
    what: 'version 1 in a container, both controllers under their joint name only',
    files: {
      [self]: '2:cpu,cpuacct:/docker/abc\n',
      [`${v2}/cpu,cpuacct/cpuacct.stat`]: 'user 200\nsystem 0\n',
      [`${v2}/cpu,cpuacct/cpu.cfs_quota_us`]: '100000\n',
      [`${v2}/cpu,cpuacct/cpu.cfs_period_us`]: '100000\n',
    },
    limit: 1,
    user: 2,
  },
  {
    what: 'both versions, the controller in version 2 below',
    files: {
      [self]: '4:memory:/m\n0::/a\n',
      [`${v2}/unified/a/cpu.stat`]: 'user_usec 2000000\nsystem_usec 0\n',
    },
    limit: undefined,
    user: 2,
  },
])('CPU of our group: $what', async ({ files, limit, user }) => {
  await using root = await fixtureRoot(files)
  const cpu = openGroupCpu(root.path, manualClock())
  const values = told(cpu.read())
  expect([values['taskbeat.cgroup.cpu.limit'], values['container.cpu.time user']]).toEqual([limit, user])
  expect(cpu.limit()).toBe(limit)
})

it('usage is the CPUs kept busy since the last reading', async () => {
  const clock = manualClock()
  const at = (user: number, system: number): Files => ({
    [`${v2}/cpu.stat`]: `user_usec ${user * 1e6}\nsystem_usec ${system * 1e6}\n`,
  })
  await using root = await fixtureRoot({ [self]: '0::/\n', ...at(10, 5) })
  const { read } = openGroupCpu(root.path, clock)
  expect(told(read())).not.toHaveProperty('container.cpu.usage user')
  await writeFiles(root.path, at(25, 6))
  await clock.advance(10_000)
  expect(told(read())).toEqual({
    'container.cpu.time user': 25,
    'container.cpu.time system': 6,
    'container.cpu.usage user': 1.5,
    'container.cpu.usage system': 0.1,
  })
})

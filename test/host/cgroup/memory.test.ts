import { expect, it } from 'vitest'
import { memoryLimitBytes, openGroupMemory, readOomKills } from '../../../src/host/cgroup/memory.ts'
import { fixtureRoot, told } from '../fixture.ts'

const events = (oomKill: number, group = '') => `low 0\nhigh 0\nmax 12\noom 3\noom_kill ${oomKill}\n${group}`
const control = (oomKill: number) => `oom_kill_disable 0\nunder_oom 0\noom_kill ${oomKill}\n`
const none = { kills: undefined, limit: undefined, peak: undefined }

const v2 = 'sys/fs/cgroup'
const v1 = 'sys/fs/cgroup/memory'
const self = 'proc/self/cgroup'

it.each<{
  what: string
  files: Readonly<Record<string, string>>
  is: { kills: number | undefined; limit: number | undefined; peak: number | undefined }
}>([
  { what: 'no /proc and no cgroups', files: {}, is: none },
  {
    what: 'version 2 in a container with a cgroup namespace',
    files: {
      [self]: '0::/\n',
      [`${v2}/memory.events`]: events(2),
      [`${v2}/memory.max`]: '2147483648\n',
      [`${v2}/memory.peak`]: '1073741824\n',
    },
    is: { kills: 2, limit: 2_147_483_648, peak: 1_073_741_824 },
  },
  {
    what: 'version 2 at a path, with a limit above that is tighter',
    files: {
      [self]: '0::/system.slice/train:one.service\n',
      [`${v2}/memory.events`]: events(99),
      [`${v2}/system.slice/memory.max`]: '1000\n',
      [`${v2}/system.slice/memory.events`]: events(9),
      [`${v2}/system.slice/train:one.service/memory.events`]: events(1),
      [`${v2}/system.slice/train:one.service/memory.max`]: '4000\n',
      [`${v2}/system.slice/train:one.service/memory.peak`]: '900\n',
    },
    is: { kills: 1, limit: 1_000, peak: 900 },
  },
  {
    what: 'version 2 without a limit, on a kernel that keeps no peak',
    files: {
      [self]: '0::/a\n',
      [`${v2}/a/memory.events`]: events(0),
      [`${v2}/a/memory.max`]: 'max\n',
    },
    is: { kills: 0, limit: undefined, peak: undefined },
  },
  {
    what: 'version 2 at a path of the host, which is not here',
    files: { [self]: '0::/kubepods/pod1/c1\n', [`${v2}/memory.events`]: events(4) },
    is: { kills: 4, limit: undefined, peak: undefined },
  },
  {
    what: 'version 2 at a path outside of the namespace',
    files: {
      [self]: '0::/../../other\n',
      'sys/other/memory.events': events(99),
      [`${v2}/memory.events`]: events(5),
    },
    is: { kills: 5, limit: undefined, peak: undefined },
  },
  {
    what: 'a group that was killed as a whole',
    files: { [self]: '0::/\n', [`${v2}/memory.events`]: events(3, 'oom_group_kill 1\n') },
    is: { kills: 3, limit: undefined, peak: undefined },
  },
  {
    what: 'a group kill alone',
    files: { [self]: '0::/\n', [`${v2}/memory.events`]: events(0, 'oom_group_kill 1\n') },
    is: { kills: 1, limit: undefined, peak: undefined },
  },
  { what: 'the outermost cgroup, which counts nothing', files: { [self]: '0::/\n' }, is: none },
  {
    what: 'version 1 at its own path, beside version 2',
    files: {
      [self]: '9:name=systemd:/\n4:cpu,memory:/job/1\n0::/wrong\n',
      [`${v1}/memory.limit_in_bytes`]: '9223372036854771712\n',
      [`${v1}/job/memory.limit_in_bytes`]: '8192\n',
      [`${v1}/job/1/memory.oom_control`]: control(7),
      [`${v1}/job/1/memory.limit_in_bytes`]: '9223372036854771712\n',
      [`${v1}/job/1/memory.max_usage_in_bytes`]: '4096\n',
      [`${v2}/wrong/memory.events`]: events(1),
    },
    is: { kills: 7, limit: 8_192, peak: 4_096 },
  },
  {
    what: 'version 1 in a container, at a path of the host',
    files: {
      [self]: '4:memory:/docker/abc\n',
      [`${v1}/memory.oom_control`]: control(1),
      [`${v1}/memory.limit_in_bytes`]: '1024\n',
      [`${v1}/memory.max_usage_in_bytes`]: '1000\n',
    },
    is: { kills: 1, limit: 1_024, peak: 1_000 },
  },
  {
    what: 'version 1 of a kernel that does not count, with pages of 64 KiB',
    files: {
      [self]: '4:memory:/\n',
      [`${v1}/memory.oom_control`]: 'oom_kill_disable 0\nunder_oom 0\n',
      [`${v1}/memory.limit_in_bytes`]: '9223372036854710272\n',
    },
    is: none,
  },
  {
    what: 'files that say something else',
    files: {
      [self]: 'nonsense\n\n0::/\n',
      [`${v2}/memory.events`]: 'oom_kill many\n',
      [`${v2}/memory.max`]: '',
      [`${v2}/memory.peak`]: '-1\n',
    },
    is: none,
  },
])('$what', async ({ files, is }) => {
  await using root = await fixtureRoot(files)
  expect({
    kills: readOomKills(root.path),
    limit: memoryLimitBytes(root.path),
    peak: told(openGroupMemory(root.path)())['taskbeat.cgroup.memory.peak'],
  }).toEqual(is)
})

it.each<{ what: string; files: Readonly<Record<string, string>>; is: Readonly<Record<string, number>> }>([
  {
    what: 'version 2 with a limit: what is available is what the working set leaves',
    files: {
      [self]: '0::/\n',
      [`${v2}/memory.current`]: '700\n',
      [`${v2}/memory.stat`]: 'anon 300\nfile 400\ninactive_file 200\nactive_file 200\n',
      [`${v2}/memory.max`]: '1000\n',
      [`${v2}/memory.peak`]: '900\n',
      [`${v2}/memory.events`]: events(2),
    },
    is: {
      'container.memory.usage': 700,
      'container.memory.rss': 300,
      'container.memory.working_set': 500,
      'container.memory.available': 500,
      'taskbeat.cgroup.memory.limit': 1_000,
      'taskbeat.cgroup.memory.utilization': 0.5,
      'taskbeat.cgroup.memory.peak': 900,
      'taskbeat.cgroup.memory.oom_kills': 2,
    },
  },
  {
    what: 'version 1, where groups below are counted under names of their own',
    files: {
      [self]: '4:memory:/docker/abc\n',
      [`${v1}/memory.usage_in_bytes`]: '700\n',
      [`${v1}/memory.stat`]: 'rss 1\ninactive_file 1\ntotal_rss 300\ntotal_inactive_file 200\n',
      [`${v1}/memory.limit_in_bytes`]: '9223372036854771712\n',
    },
    is: {
      'container.memory.usage': 700,
      'container.memory.rss': 300,
      'container.memory.working_set': 500,
    },
  },
  {
    what: 'cached files that changed between two files: nothing is less than none',
    files: {
      [self]: '0::/\n',
      [`${v2}/memory.current`]: '700\n',
      [`${v2}/memory.stat`]: 'inactive_file 701\n',
      [`${v2}/memory.max`]: '0\n',
    },
    is: {
      'container.memory.usage': 700,
      'container.memory.working_set': 0,
      'container.memory.available': 0,
      'taskbeat.cgroup.memory.limit': 0,
    },
  },
  {
    what: 'one file that is nonsense costs what is made of it',
    files: {
      [self]: '0::/\n',
      [`${v2}/memory.current`]: 'NaN\n',
      [`${v2}/memory.stat`]: '\u0000anon\nanon -5\nanon 12 13\ninactive_file 200',
      [`${v2}/memory.max`]: '1000\n',
    },
    is: { 'taskbeat.cgroup.memory.limit': 1_000 },
  },
])('readings of $what', async ({ files, is }) => {
  await using root = await fixtureRoot(files)
  expect(told(openGroupMemory(root.path)())).toEqual(is)
})

import { type ChildProcess, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openHostReader } from '../../src/host/host-reader.ts'
import type { Reading } from '../../src/host/reading.ts'
import { groupMembers, readProcess } from '../../src/processes/process-table.ts'
import { type MetricConvention, metricConventions } from '../../src/semconv/metrics.ts'
import { manualClock } from '../support/manual-clock.ts'
import { until } from '../support/run-cli.ts'
import { fixtureRoot, told, writeFiles } from './fixture.ts'

const isLinux = process.platform === 'linux'

const started: ChildProcess[] = []
afterAll(() => {
  // whole groups: what a test that failed has left
  for (const { pid } of started) {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL')
    } catch {
      // it has ended
    }
  }
})

/** Starts a command that leads a group of its own; a line written to it lets it go on. */
const start = (command: string, ...args: readonly string[]) => {
  const child = spawn(command, args, { detached: true, stdio: ['pipe', 'ignore', 'inherit'] })
  started.push(child)
  return { pid: child.pid ?? 0, goOn: () => child.stdin.write('\n') }
}

const reader = (pid: number) => {
  const { read } = openHostReader({ pid, directory: tmpdir() })
  return () => told(read())
}

/** CPU seconds of the tree. */
const cpuOf = (values: Readonly<Record<string, number>>) =>
  (values['process.cpu.time user'] ?? 0) + (values['process.cpu.time system'] ?? 0)

const isConventional = ({ metric, attributes = {} }: Reading) => {
  const { attributes: allowed = [] }: MetricConvention = metricConventions[metric]
  return Object.keys(attributes).sort().join() === [...allowed].sort().join()
}

it.runIf(isLinux)(
  'this machine, our group and this process are told, each value once and with its attributes',
  async () => {
    const { read } = openHostReader({ pid: process.pid, directory: tmpdir() })
    await until(() => read().some(({ metric }) => metric === 'system.filesystem.limit'))
    await new Promise((resolve) => setTimeout(resolve, 150))
    const readings = read()
    expect(readings.filter((reading) => !isConventional(reading))).toEqual([])
    expect(Object.keys(told(readings))).toHaveLength(readings.length)
    const values = told(readings)
    expect(values['system.cpu.time user']).toBeGreaterThan(0)
    expect(values['system.memory.usage used']).toBeGreaterThan(0)
    expect(values['process.memory.usage']).toBeGreaterThan(0)
    expect(values['process.cpu.utilization user']).toBeGreaterThanOrEqual(0)
  },
)

it.runIf(isLinux)(
  'children, their CPU time, threads and open files are those of the tree, also when children end',
  async () => {
    const { pid, goOn } = start(
      process.execPath,
      '-e',
      `
      const { execFileSync, spawn } = require('node:child_process')
      const { openSync } = require('node:fs')
      const { Worker } = require('node:worker_threads')
      const burn = 'const start = process.cpuUsage(); const used = () => { const { user, system } = process.cpuUsage(start); return user + system }; while (used() < 200_000);'
      for (let file = 0; file < 50; file += 1) openSync('/dev/null')
      new Worker('setInterval(() => {}, 1000)', { eval: true })
      const child = spawn(process.execPath, ['-e', burn + 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
      process.stdin.once('data', () => {
        // the next line may come before we know that the child has ended
        process.stdin.pause()
        child.kill()
        child.once('exit', () => process.stdin.once('data', () => {
          for (let at = 0; at < 3; at += 1) execFileSync(process.execPath, ['-e', burn])
        }).resume())
      })
    `,
    )
    const read = reader(pid)
    let values = read()
    const lookUntil = (isTrue: () => boolean) =>
      until(() => {
        const before = values
        values = read()
        for (const counter of ['process.cpu.time user', 'process.cpu.time system']) {
          expect(values[counter]).toBeGreaterThanOrEqual(before[counter] ?? 0)
        }
        return isTrue()
      })
    await lookUntil(() => values['taskbeat.process.count'] === 2 && cpuOf(values) > 0.25)
    const both = values
    expect(both['process.unix.file_descriptor.count']).toBeGreaterThan(50)
    goOn()
    await lookUntil(() => values['taskbeat.process.count'] === 1)
    const alone = values
    for (const metric of ['process.thread.count', 'process.memory.usage', 'process.memory.virtual']) {
      expect(alone[metric]).toBeGreaterThan(0)
      expect(alone[metric]).toBeLessThan(both[metric] ?? 0)
    }
    goOn()
    // three times 0.2 s, each seen or not
    await lookUntil(() => cpuOf(values) >= cpuOf(alone) + 0.55)
    process.kill(pid, 'SIGKILL')
    await lookUntil(() => values['taskbeat.process.count'] === undefined)
    // we have waited for it: what it used stays, to its last moment
    expect(cpuOf(values)).toBeGreaterThanOrEqual(cpuOf(alone) + 0.55)
  },
  60_000,
)

it.runIf(isLinux)(
  'a process whose parent has ended belongs to the tree by its group',
  async () => {
    const { pid, goOn } = start('bash', '-c', 'read; (sleep 60 &); read')
    const read = reader(pid)
    await until(() => read()['taskbeat.process.count'] === 1)
    goOn()
    // the shell between has ended, and the other has yet to take it away or has done so
    const isOrphaned = (member: number) => {
      const entry = readProcess(member)
      return entry?.name === 'sleep' && readProcess(entry.parentPid)?.groupId !== pid
    }
    await until(() => groupMembers(pid).some(isOrphaned))
    await until(() => read()['taskbeat.process.count'] === 2)
  },
  30_000,
)

const stat = (user: number, rest = '5 0 0 20 0 3 0 777 1000 2') =>
  `10 (train) S 1 10 10 0 -1 0 0 0 0 0 ${user} ${rest}\n`

it('utilization is a share of the CPUs that we may use', async () => {
  const clock = manualClock()
  const files = {
    'proc/self/status': 'Name: x\nCpus_allowed_list:\t0-7\n',
    'proc/self/cgroup': '0::/\n',
    'sys/fs/cgroup/cpu.max': '400000 100000\n',
    'proc/10/stat': stat(100),
    'proc/10/io': 'read_bytes: 7\nwrite_bytes: 8\ncancelled_write_bytes: 0\n',
  }
  await using root = await fixtureRoot(files)
  const { read } = openHostReader({
    pid: 10,
    directory: root.path,
    root: root.path,
    clock,
    platform: 'linux',
  })
  expect(told(read())).not.toHaveProperty('process.cpu.utilization user')
  await writeFiles(root.path, { 'proc/10/stat': stat(300) })
  await clock.advance(1_000)
  expect(told(read())).toMatchObject({
    'process.cpu.time user': 3,
    'process.cpu.utilization user': 0.5,
    'process.cpu.utilization system': 0,
    'process.disk.io read': 7,
    'process.disk.io write': 8,
    'process.thread.count': 3,
    'process.memory.usage': 8_192,
    'process.memory.virtual': 1_000,
    'taskbeat.process.count': 1,
  })
})

/** Process 10 with so many others that it has started; the first 20 have used so many ticks, the others 100. */
const many = (children: number, busyTicks: number) =>
  Object.fromEntries(
    Array.from({ length: children + 1 }, (_, at) => {
      const pid = 10 + at
      const ticks = at < 20 ? busyTicks : 100
      return [
        [
          `proc/${pid}/stat`,
          `${pid} (train) S ${at === 0 ? 1 : 10} 10 10 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 777 1000 2\n`,
        ],
        [`proc/${pid}/io`, `read_bytes: ${ticks}\nwrite_bytes: 0\n`],
      ]
    }).flat(),
  )

const openMany = async (children: number) => {
  const clock = manualClock()
  const debug: string[] = []
  const pids = Array.from({ length: children }, (_, at) => 11 + at)
  const root = await fixtureRoot({
    'proc/self/status': 'Name: x\nCpus_allowed_list:\t0-99\n',
    'proc/10/task/10/children': `${pids.join(' ')} `,
    ...many(children, 100),
  })
  const options = { pid: 10, directory: root.path, root: root.path, clock, platform: 'linux' as const }
  const { read } = openHostReader({ ...options, onDebug: (text) => debug.push(text) })
  const next = async () => {
    await clock.advance(10_000)
    return told(read())
  }
  return { root, debug, next }
}

it('of many processes the sums are whole within a round, never fall, and utilization is none of a few', async () => {
  const { root, next } = await openMany(99)
  await using _ = root
  let values = await next()
  // the first looks at so many are spread over several readings
  for (let reading = 0; reading < 20; reading += 1) values = await next()
  expect(values).toMatchObject({ 'taskbeat.process.count': 100, 'process.cpu.time user': 100 })
  const seen: number[] = []
  for (let ticks = 200; ticks <= 3_000; ticks += 100) {
    await writeFiles(root.path, many(99, ticks))
    const before = values
    values = await next()
    for (const counter of ['process.cpu.time user', 'process.disk.io read'])
      expect(values[counter]).toBeGreaterThanOrEqual(before[counter] ?? 0)
    seen.push(values['process.cpu.utilization user'] ?? 0)
  }
  // each of 20 processes keeps a tenth of one of 100 CPUs busy, in whichever reading it is looked at
  for (const share of seen.slice(-10)) expect(share).toBeCloseTo(0.02, 6)
  for (let reading = 0; reading < 16; reading += 1) values = await next()
  expect(values).toMatchObject({ 'process.cpu.time user': 680, 'process.disk.io read': 68_000 })
}, 30_000)

it('of more processes than are read, their number is left out, and one debug line says so', async () => {
  const { root, debug, next } = await openMany(600)
  await using _ = root
  let values = await next()
  for (let reading = 0; reading < 40; reading += 1) values = await next()
  expect(values).not.toHaveProperty('taskbeat.process.count')
  expect(values['process.thread.count']).toBe(512)
  expect(debug).toEqual([expect.stringMatching('^the workload has more than 512 processes')])
}, 30_000)

const whole = {
  'proc/stat': 'cpu  1 2 3 4 5 6 7 8\ncpu0 1 2 3 4 5 6 7 8\n',
  'proc/meminfo': 'MemTotal: 2 kB\nMemAvailable: 1 kB\nSwapTotal: 2 kB\nSwapFree: 1 kB\n',
  'proc/diskstats': '8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n',
  'proc/net/dev': 'eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n',
  'proc/self/cgroup': '0::/\n',
  'proc/10/stat': stat(100),
  'proc/10/io': 'read_bytes: 7\nwrite_bytes: 8\n',
  'proc/10/fd/0': '',
  'sys/fs/cgroup/cpu.stat': 'user_usec 1\nsystem_usec 1\nnr_periods 1\nnr_throttled 1\nthrottled_usec 1\n',
  'sys/fs/cgroup/cpu.max': '1 1\n',
  'sys/fs/cgroup/cpu.pressure': 'some avg10=0 total=1\n',
  'sys/fs/cgroup/memory.current': '5\n',
  'sys/fs/cgroup/memory.stat': 'anon 1\ninactive_file 1\n',
  'sys/fs/cgroup/memory.max': '9\n',
  'sys/fs/cgroup/memory.peak': '9\n',
  'sys/fs/cgroup/memory.events': 'oom_kill 1\n',
  'sys/fs/cgroup/pids.current': '5\n',
  'sys/fs/cgroup/pids.max': '9\n',
  'sys/fs/cgroup/io.stat': '8:0 rbytes=1 wbytes=1\n',
}

/** What is told of such files, by metric. */
const metricsOf = async (files: Readonly<Record<string, string>>) => {
  await using root = await fixtureRoot(files)
  const { read } = openHostReader({
    pid: 10,
    directory: join(root.path, 'none'),
    root: root.path,
    clock: manualClock(),
    platform: 'linux',
  })
  return new Set(read().map(({ metric }) => metric))
}

/** What is lost with each file, and nothing else. */
it.each<{ file: keyof typeof whole; costs: readonly Reading['metric'][] }>([
  { file: 'proc/stat', costs: ['system.cpu.logical.count', 'system.cpu.time'] },
  {
    file: 'proc/meminfo',
    costs: [
      'system.memory.limit',
      'system.memory.usage',
      'system.memory.utilization',
      'system.memory.linux.available',
      'system.paging.usage',
      'system.paging.utilization',
    ],
  },
  { file: 'proc/diskstats', costs: ['system.disk.io', 'system.disk.operations', 'system.disk.io_time'] },
  {
    file: 'proc/net/dev',
    costs: ['system.network.io', 'system.network.errors', 'system.network.packet.dropped'],
  },
  { file: 'proc/10/io', costs: ['process.disk.io'] },
  { file: 'proc/10/fd/0', costs: ['process.unix.file_descriptor.count'] },
  {
    file: 'sys/fs/cgroup/cpu.stat',
    costs: [
      'container.cpu.time',
      'taskbeat.cgroup.cpu.periods',
      'taskbeat.cgroup.cpu.throttled_periods',
      'taskbeat.cgroup.cpu.throttled_time',
    ],
  },
  { file: 'sys/fs/cgroup/cpu.max', costs: ['taskbeat.cgroup.cpu.limit'] },
  { file: 'sys/fs/cgroup/cpu.pressure', costs: ['taskbeat.cgroup.pressure.time'] },
  {
    file: 'sys/fs/cgroup/memory.current',
    costs: [
      'container.memory.usage',
      'container.memory.working_set',
      'container.memory.available',
      'taskbeat.cgroup.memory.utilization',
    ],
  },
  { file: 'sys/fs/cgroup/memory.peak', costs: ['taskbeat.cgroup.memory.peak'] },
  { file: 'sys/fs/cgroup/memory.events', costs: ['taskbeat.cgroup.memory.oom_kills'] },
  { file: 'sys/fs/cgroup/pids.current', costs: ['taskbeat.cgroup.thread.count'] },
  { file: 'sys/fs/cgroup/pids.max', costs: ['taskbeat.cgroup.thread.limit'] },
  { file: 'sys/fs/cgroup/io.stat', costs: ['container.disk.io'] },
])('without $file only its own values are missing', async ({ file, costs }) => {
  const { [file]: _, ...others } = whole
  expect((await metricsOf(whole)).difference(await metricsOf(others))).toEqual(new Set(costs))
})

it('a value that is no number is left out, its neighbours are told', async () => {
  const files = { ...whole, 'proc/diskstats': '8 0 sda NaN 2 3 4 5 6 7 8 9 10 11\n' }
  await using root = await fixtureRoot(files)
  const { read } = openHostReader({
    pid: 10,
    directory: root.path,
    root: root.path,
    clock: manualClock(),
    platform: 'linux',
  })
  const values = told(read())
  expect(values).not.toHaveProperty('system.disk.operations sda read')
  expect(values['system.disk.operations sda write']).toBe(5)
})

it("what the workload's processes used counts from their beginning, what others used does not", async () => {
  await using root = await fixtureRoot(whole)
  const { read } = openHostReader({
    ...{ pid: 10, directory: root.path, root: root.path, platform: 'linux' },
    clock: manualClock(),
  })
  const fromZero = read().filter(({ isFromZero }) => isFromZero)
  expect(new Set(fromZero.map(({ metric }) => metric))).toEqual(
    new Set(['process.cpu.time', 'process.disk.io']),
  )
})

it('without any of the files there is nothing, and nothing after the end', async () => {
  expect(await metricsOf({})).toEqual(new Set())
  const { read, close } = openHostReader({ pid: process.pid, directory: tmpdir() })
  close()
  expect(read()).toEqual([])
})

it('on another system Node.js says what it knows', () => {
  const { read } = openHostReader({ pid: process.pid, directory: tmpdir(), platform: 'darwin' })
  const metrics = new Set(read().map(({ metric }) => metric))
  expect(metrics.has('system.memory.usage')).toBe(true)
  expect(metrics.has('process.cpu.time')).toBe(false)
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import type { GpuReader } from '../../../src/host/gpu/gpu-reader.ts'
import type { Reading } from '../../../src/host/reading.ts'
import { readProcess } from '../../../src/processes/process-table.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { until } from '../../support/run-cli.ts'
import { fakeMachine, hasCompiler } from './fake-driver.ts'

const whole = 'GPU-00000000-aaaa-0000-0000-000000000000'
const divided = 'GPU-11111111-aaaa-0000-0000-000000000000'
const fragile = 'GPU-22222222-aaaa-0000-0000-000000000000'
const part = 'MIG-33333333-aaaa-0000-0000-000000000000'
const otherPart = 'MIG-44444444-aaaa-0000-0000-000000000000'

const readSome = async (reader: GpuReader): Promise<readonly Reading[]> => {
  await until(() => reader.read().length > 0)
  return reader.read()
}

const devicesOf = (readings: readonly Reading[]) => [
  ...new Set(readings.map(({ attributes }) => attributes?.['hw.id'])),
]

/** Values of a device without the attributes that all have. */
const valuesOf = (readings: readonly Reading[], id: string) =>
  Object.fromEntries(
    readings
      .filter(({ attributes }) => attributes?.['hw.id'] === id)
      .map(({ metric, value, attributes = {} }) => {
        const { 'hw.id': _id, 'hw.type': _type, 'taskbeat.gpu.index': _index, ...rest } = attributes
        return [[metric, ...Object.values(rest)].join(' '), value]
      }),
  )

const isGone = (pid: number | undefined) => pid === undefined || readProcess(pid)?.state === undefined

// it is built from C: where there is no compiler, these tests cannot run
describe.skipIf(!hasCompiler)('NVML, by a library that we built (needs cc)', { concurrent: true }, () => {
  it('a whole GPU tells everything that it knows', async () => {
    await using machine = await fakeMachine()
    // a long time, in which one sample is all there is
    const reader = machine.open({ nvmlLibrary: machine.buildLibrary(), intervalMs: 60_000 })
    const readings = await readSome(reader)
    expect(valuesOf(readings, whole)).toEqual({
      'hw.status ok': 1,
      'hw.status degraded': 0,
      'hw.status predicted_failure': 0,
      'hw.status failed': 0,
      'hw.gpu.utilization general': 0.5,
      'hw.gpu.utilization encoder': 0.05,
      'taskbeat.gpu.memory.activity': 0.4,
      'hw.gpu.memory.usage': 1_500_000_000,
      'hw.gpu.memory.limit NVIDIA H200 580.00.01': 150_000_000_000,
      'hw.gpu.memory.utilization': 0.01,
      'hw.power': 350.5,
      'taskbeat.gpu.power.limit': 700,
      'hw.temperature gpu': 52,
      'hw.temperature memory': 40,
      'hw.temperature.limit gpu high.degraded': 89,
      'hw.temperature.limit gpu high.critical': 92,
      'taskbeat.gpu.clock.frequency sm': 1_980_000_000,
      'taskbeat.gpu.clock.frequency memory': 3_201_000_000,
      'hw.gpu.io receive pcie': 5_000,
      'hw.gpu.io transmit pcie': 5_000,
      'hw.gpu.io receive nvlink': 9 * 1_024,
      'hw.gpu.io transmit nvlink': 7 * 1_024,
      'hw.errors corrected': 3,
      'hw.errors uncorrected': 0,
      'taskbeat.gpu.idle.time': 0,
      'hw.energy': 1_100,
      'taskbeat.gpu.throttle.time sw_power_cap': 2.5,
      'taskbeat.gpu.throttle.time sync_boost': 0,
      'taskbeat.gpu.throttle.time sw_thermal_slowdown': 0,
      'taskbeat.gpu.throttle.time hw_thermal_slowdown': 0,
      'taskbeat.gpu.throttle.time hw_power_brake_slowdown': 0,
      'taskbeat.gpu.throttle.time hw_slowdown': 0,
      'taskbeat.gpu.process.memory unknown 4242': 1_000_000_000,
    })
    expect(readings[0]?.attributes).toMatchObject({
      'hw.type': 'gpu',
      'taskbeat.gpu.index': expect.any(Number),
    })
  })

  it('an interval beyond what timers can wait is as long as they can', async () => {
    await using machine = await fakeMachine()
    const order = JSON.stringify({ intervalMs: 2 ** 31, library: machine.buildLibrary(), env: {} })
    const asker = spawn(process.execPath, [resolve('src/host/gpu/nvml/process.ts'), order], {
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const [lines, complaints] = [text(asker.stdout), text(asker.stderr)]
    let isHeard = false
    asker.stdout.once('data', () => {
      isHeard = true
    })
    await until(() => isHeard)
    asker.stdin.end()
    expect(await complaints).not.toMatch('TimeoutOverflowWarning')
    expect(await lines).toMatch('"atMs"')
  })

  it('a MIG device tells its memory, its GPU what concerns all parts', async () => {
    await using machine = await fakeMachine()
    const reader = machine.open({
      nvmlLibrary: machine.buildLibrary(),
      env: { CUDA_VISIBLE_DEVICES: part },
      workloadPids: () => new Set([4_242]),
      intervalMs: 60_000,
    })
    const readings = await readSome(reader)
    expect(devicesOf(readings)).toEqual([divided, part])
    expect(valuesOf(readings, part)).toEqual({
      'hw.status ok': 1,
      'hw.status degraded': 0,
      'hw.status predicted_failure': 0,
      'hw.status failed': 0,
      'hw.gpu.memory.usage': 1_500_000_000,
      [`hw.gpu.memory.limit NVIDIA H200 MIG 1g.18gb 580.00.01 ${divided}`]: 18_000_000_000,
      'hw.gpu.memory.utilization': 1_500 / 18_000,
      'taskbeat.gpu.process.memory workload 4242': 1_000_000_000,
    })
    const ofAll = valuesOf(readings, divided)
    expect(ofAll).toMatchObject({ 'hw.status degraded': 1, 'hw.temperature gpu': 52, 'hw.power': 350.5 })
    expect(Object.keys(ofAll).filter((name) => name.startsWith('hw.gpu.memory'))).toEqual([])
  })

  it.each([
    { env: {}, sees: [divided, whole, part, otherPart, fragile] },
    { env: { CUDA_VISIBLE_DEVICES: '2' }, sees: [fragile] },
    { env: { NVIDIA_VISIBLE_DEVICES: whole }, sees: [whole] },
  ])('only devices that $env shows are told', async ({ env, sees }) => {
    await using machine = await fakeMachine()
    const reader = machine.open({ nvmlLibrary: machine.buildLibrary(), env })
    expect(devicesOf(await readSome(reader))).toEqual(sees)
  })

  it('without a device for the job, the process ends and nothing is told', async () => {
    await using machine = await fakeMachine()
    const reader = machine.open({ nvmlLibrary: machine.buildLibrary(), env: { CUDA_VISIBLE_DEVICES: '' } })
    await until(() => reader.pid() === undefined && machine.debug.length > 0)
    expect(reader.read()).toEqual([])
    expect(machine.debug).toEqual(['NVML shows 5 devices, of which the job sees 0'])
  })

  it('what a simple GPU does not know is absent, one by one, and energy is counted from its power', async () => {
    await using machine = await fakeMachine()
    await machine.wish('bare')
    const reader = machine.open({ nvmlLibrary: machine.buildLibrary(), env: { CUDA_VISIBLE_DEVICES: '0' } })
    const values = valuesOf(await readSome(reader), whole)
    expect(Object.keys(values).toSorted()).toEqual([
      'hw.energy',
      'hw.gpu.memory.limit NVIDIA H200 580.00.01',
      'hw.gpu.memory.usage',
      'hw.gpu.memory.utilization',
      'hw.gpu.utilization general',
      'hw.power',
      'hw.status degraded',
      'hw.status failed',
      'hw.status ok',
      'hw.status predicted_failure',
      'hw.temperature gpu',
      'hw.temperature.limit gpu high.critical',
      'hw.temperature.limit gpu high.degraded',
      'taskbeat.gpu.clock.frequency memory',
      'taskbeat.gpu.clock.frequency sm',
      'taskbeat.gpu.idle.time',
      'taskbeat.gpu.memory.activity',
      'taskbeat.gpu.pcie.throughput receive',
      'taskbeat.gpu.pcie.throughput transmit',
      'taskbeat.gpu.power.limit',
      'taskbeat.gpu.process.memory unknown 4242',
      'taskbeat.gpu.throttle.time hw_power_brake_slowdown',
      'taskbeat.gpu.throttle.time hw_slowdown',
      'taskbeat.gpu.throttle.time hw_thermal_slowdown',
      'taskbeat.gpu.throttle.time sw_power_cap',
      'taskbeat.gpu.throttle.time sw_thermal_slowdown',
      'taskbeat.gpu.throttle.time sync_boost',
    ])
    expect(values).toMatchObject({ 'hw.gpu.utilization general': 0.9, 'hw.gpu.memory.usage': 2_000_000_000 })
    await until(() => (valuesOf(reader.read(), whole)['hw.energy'] ?? 0) > 0)
  })

  it('a GPU that is lost has failed, the others go on', async () => {
    await using machine = await fakeMachine()
    const reader = machine.open({ nvmlLibrary: machine.buildLibrary(), env: { CUDA_VISIBLE_DEVICES: '0,2' } })
    await readSome(reader)
    await machine.wish('lost')
    await until(() => valuesOf(reader.read(), fragile)['hw.status failed'] === 1)
    const readings = reader.read()
    expect(Object.keys(valuesOf(readings, fragile)).filter((name) => !name.startsWith('hw.status'))).toEqual(
      [],
    )
    expect(valuesOf(readings, whole)['hw.status ok']).toBe(1)
  })

  it('a GPU that begins with memory errors is degraded, and people are told', async () => {
    await using machine = await fakeMachine()
    await machine.wish('uncorrected')
    const reader = machine.open({ nvmlLibrary: machine.buildLibrary(), env: { CUDA_VISIBLE_DEVICES: '0' } })
    expect(valuesOf(await readSome(reader), whole)).toMatchObject({
      'hw.status ok': 0,
      'hw.status degraded': 1,
      'hw.errors uncorrected': 2,
    })
    expect(machine.trouble).toEqual([
      `GPU 0 (${whole}) has had 2 uncorrected memory errors since its driver was loaded`,
    ])
  })

  it('an Xid is counted and explained', async () => {
    await using machine = await fakeMachine()
    const reader = machine.open({ nvmlLibrary: machine.buildLibrary() })
    await readSome(reader)
    await machine.wish('xid', '79')
    await until(() => machine.trouble.length > 0)
    expect(machine.trouble).toEqual([
      expect.stringMatching(`^GPU 0 \\(${whole}\\) reports Xid 79: the GPU has fallen`),
    ])
    const xids = reader.read().filter(({ attributes }) => attributes?.['error.type'] === 'xid_79')
    // of a counter that we began, the first value counts
    expect(xids).toEqual([expect.objectContaining({ metric: 'hw.errors', value: 1, isFromZero: true })])
  })

  it('energy per step is told when steps were made', async () => {
    await using machine = await fakeMachine()
    const reader = machine.open({ nvmlLibrary: machine.buildLibrary(), env: { CUDA_VISIBLE_DEVICES: '0' } })
    await readSome(reader)
    const energy = () => valuesOf(reader.read(), whole)['hw.energy'] ?? 0
    const perStep = (steps: number) => valuesOf(reader.read(steps), whole)['taskbeat.gpu.energy.per_step']
    expect(perStep(10)).toBeUndefined()
    const before = energy()
    await until(() => energy() > before)
    // 100 J at every look, of which there was one at least
    expect(perStep(12) ?? 0).toBeGreaterThanOrEqual(50)
    expect(perStep(12)).toBeUndefined()
  })

  it('a driver that hangs is told once, its readings are not, and it is left alone until it comes back', async () => {
    await using machine = await fakeMachine()
    const clock = manualClock()
    const reader = machine.open({ nvmlLibrary: machine.buildLibrary(), clock })
    await readSome(reader)
    const pid = reader.pid()
    await machine.wish('hang')
    const { length } = reader.read()
    expect(length).toBeGreaterThan(0)
    // what was written before it hung may still come
    await until(async () => {
      await clock.advance(301)
      return machine.trouble.length > 0
    })
    await clock.advance(3_600_000)
    expect(machine.trouble).toEqual([
      expect.stringMatching('^GPU readings have stopped: nothing was heard for'),
    ])
    expect(reader.read()).toEqual([])
    expect(reader.pid()).toBe(pid)
    await rm(join(machine.path, 'hang'))
    await until(() => reader.read().length > 0)
    expect(machine.debug).toContain('GPU readings are back')
  })

  it.each(['a driver that works', 'a driver that hangs'])('close ends the process: %s', async (what) => {
    await using machine = await fakeMachine()
    const hangs = what.endsWith('hangs')
    if (hangs) await machine.wish('hang')
    const reader = machine.open({ nvmlLibrary: machine.buildLibrary() })
    if (!hangs) await readSome(reader)
    const pid = reader.pid()
    reader.close()
    await until(() => isGone(pid))
    expect(reader.pid()).toBeUndefined()
    expect(machine.trouble).toEqual([])
  })

  it('a process that hangs dies with ours, whatever ends that', async () => {
    await using machine = await fakeMachine()
    await machine.wish('hang')
    const options = JSON.stringify({
      env: {},
      intervalMs: 1_000,
      root: machine.path,
      nvmlLibrary: machine.buildLibrary(),
    })
    const script = `
      import { openGpuReader } from '${resolve('src/host/gpu/gpu-reader.ts')}'
      const reader = openGpuReader({ ...${options}, onDebug: () => {}, onTrouble: () => {} })
      console.log(reader.pid())
      setInterval(() => {}, 1_000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(child.stdout, 'data')
    const pid = Number(line)
    // it hangs once it has the library
    await until(() => readFileSync(`/proc/${pid}/maps`, 'utf8').includes(machine.path))
    child.kill('SIGKILL')
    await until(() => isGone(pid) || readProcess(pid)?.state === 'Z')
  })

  it('a process that dies is started again, three times', async () => {
    await using machine = await fakeMachine()
    const clock = manualClock()
    const reader = machine.open({ nvmlLibrary: machine.buildLibrary(), clock })
    for (const pauseMs of [1_000, 5_000, 25_000]) {
      await readSome(reader)
      const pid = reader.pid()
      if (pid !== undefined) process.kill(pid, 'SIGKILL')
      await until(() => machine.debug.at(-1)?.endsWith(`again in ${pauseMs / 1_000} s`) === true)
      await clock.advance(pauseMs)
      await until(() => reader.pid() !== undefined && reader.pid() !== pid)
    }
    const pid = reader.pid()
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
    await until(() => machine.trouble.length > 0)
    await clock.advance(3_600_000)
    expect(machine.trouble).toEqual([
      'GPU readings have stopped: what reads them ended with SIGKILL, 4 times',
    ])
    expect(reader.pid()).toBeUndefined()
    expect(reader.read()).toEqual([])
  })

  it('where NVML does not start, nvidia-smi is asked', async () => {
    await using machine = await fakeMachine()
    await machine.wish('refuse')
    const reader = machine.open({ nvmlLibrary: machine.buildLibrary() })
    await until(() => machine.debug.length > 1)
    expect(machine.debug).toEqual([
      'NVML does not start: error 9',
      expect.stringMatching('^no GPU is read: nvidia-smi cannot be asked'),
    ])
    expect(reader.pid()).toBeUndefined()
  })
})

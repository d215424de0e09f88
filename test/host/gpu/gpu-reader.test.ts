import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { readProcess } from '../../../src/processes/process-table.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { until } from '../../support/run-cli.ts'
import { fakeMachine } from './fake-driver.ts'

const fixture = (name: string) => resolve(`test/host/gpu/fixtures/${name}.txt`)

/** Answers again and again, as in its loop mode, whatever it is asked. */
const answering = (name: string) => `while cat '${fixture(name)}'; do sleep 0.1; done`

/** Lines are put together within real time; nothing of it grows old in a test. */
const slow = { clock: systemClock, intervalMs: 60_000 }

it('without a driver nothing is started or loaded, and one line says so', async () => {
  await using machine = await fakeMachine({ hasDriver: false })
  const program = await machine.writeProgram(`touch '${join(machine.path, 'was-started')}'`)
  const clock = manualClock()
  const reader = machine.open({ nvidiaSmi: program, nvmlLibrary: program, clock })
  expect(reader.pid()).toBeUndefined()
  expect(reader.read(1)).toEqual([])
  expect(clock.pending()).toBe(0)
  expect(machine.debug).toEqual(['no GPU is read: there is no driver of NVIDIA'])
  await expect(readFile(join(machine.path, 'was-started'))).rejects.toThrow('ENOENT')
  reader.close()
})

it('without a library, nvidia-smi is asked, and tells of the GPUs that the job sees', async () => {
  await using machine = await fakeMachine()
  const reader = machine.open({
    nvidiaSmi: await machine.writeProgram(answering('smi-590-h200')),
    ...slow,
    env: { PATH: process.env.PATH, CUDA_VISIBLE_DEVICES: '1' },
  })
  await until(() => reader.read().length > 0)
  const readings = reader.read()
  expect(new Set(readings.map(({ attributes }) => attributes?.['hw.id']))).toEqual(
    new Set(['GPU-20000000-0000-0000-0000-000000000000']),
  )
  expect(readings).toContainEqual({
    metric: 'hw.power',
    value: 77.71,
    attributes: {
      'hw.id': 'GPU-20000000-0000-0000-0000-000000000000',
      'hw.type': 'gpu',
      'taskbeat.gpu.index': 1,
    },
  })
  expect(machine.debug).toEqual([expect.stringMatching('^NVML cannot be loaded: ')])
  expect(machine.trouble).toEqual([])
})

it('an nvidia-smi that does not know a field is asked for fewer, once', async () => {
  await using machine = await fakeMachine()
  const reader = machine.open({
    nvidiaSmi: await machine.writeProgram(`
      case "$1" in
        *counters*) cat '${fixture('smi-550-refuses')}'; exit 2 ;;
        *) ${answering('smi-550-h100-failed')} ;;
      esac`),
    ...slow,
  })
  await until(() => reader.read().length > 0)
  const failed = reader
    .read()
    .filter(
      ({ metric, value, attributes }) =>
        metric === 'hw.status' && value === 1 && attributes?.['hw.state'] !== 'ok',
    )
  expect(failed.map(({ attributes }) => attributes?.['taskbeat.gpu.index'])).toEqual([1])
})

it.each([
  ['smi-550-refuses', 2],
  ['smi-fails', 9],
])('an nvidia-smi that refuses all (%s) is not asked again', async (name, status) => {
  await using machine = await fakeMachine()
  const reader = machine.open({
    nvidiaSmi: await machine.writeProgram(`cat '${fixture(name)}'; exit ${status}`),
    clock: manualClock(),
  })
  await until(() => machine.debug.length > 1)
  expect(machine.debug.at(-1)).toMatch('no GPU is read: nvidia-smi cannot be asked')
  expect(reader.pid()).toBeUndefined()
  expect(machine.trouble).toEqual([])
})

it('a process that could still be reading does not keep ours alive, and ends with it', async () => {
  await using machine = await fakeMachine()
  const program = await machine.writeProgram(answering('smi-595-consumer'))
  const options = JSON.stringify({
    env: { PATH: process.env.PATH },
    intervalMs: 60_000,
    root: machine.path,
    nvmlLibrary: join(machine.path, 'none'),
    nvidiaSmi: program,
  })
  const script = `
    import { openGpuReader } from '${resolve('src/host/gpu/gpu-reader.ts')}'
    const reader = openGpuReader({ ...${options}, onDebug: () => {}, onTrouble: () => {} })
    const poll = setInterval(() => {
      const pid = reader.pid()
      if (reader.read().length === 0) return
      console.log(pid)
      clearInterval(poll)
    }, 10)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const pid = Number(await text(child.stdout))
  expect(pid).toBeGreaterThan(1)
  // it notices when it writes the next time
  await until(() => readProcess(pid) === undefined || readProcess(pid)?.state === 'Z')
})

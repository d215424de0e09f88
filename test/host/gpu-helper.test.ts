import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { openHostReader } from '../../src/host/host-reader.ts'
import { processFiles } from '../../src/host/process-tree/process-files.ts'
import { until } from '../support/run-cli.ts'
import { told } from './fixture.ts'
import { fakeMachine } from './gpu/fake-driver.ts'

const fixture = resolve('test/host/gpu/fixtures/smi-590-h200.txt')

/** Works for a while, tells of its GPUs, and waits. */
const busy = `i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; cat '${fixture}'; exec sleep 600`

/** Both readers, in a process that has the one of the GPUs as a child. */
const openBoth = async (machine: Awaited<ReturnType<typeof fakeMachine>>, pid: number) => {
  const gpu = machine.open({
    nvidiaSmi: await machine.writeProgram(busy),
    ...{ clock: systemClock, intervalMs: 60_000 },
  })
  await until(() => gpu.read().length > 0)
  const options = { pid, directory: tmpdir() }
  const hosts = [openHostReader({ ...options, exceptPid: gpu.pid }), openHostReader(options)]
  return { gpu, read: () => hosts.map((host) => told(host.read())) }
}

const cpuOf = (values: Readonly<Record<string, number>> | undefined) =>
  (values?.['process.cpu.time user'] ?? 0) + (values?.['process.cpu.time system'] ?? 0)

it.runIf(process.platform === 'linux')(
  'where we are the root, the process that reads the GPUs is none of the workload',
  async () => {
    await using machine = await fakeMachine()
    const { read } = await openBoth(machine, process.pid)
    const [without, withIt] = read()
    expect((withIt?.['taskbeat.process.count'] ?? 0) - (without?.['taskbeat.process.count'] ?? 0)).toBe(1)
  },
)

it.runIf(process.platform === 'linux')(
  'where we wait for the root, what the process that reads the GPUs has used is not the workload’s when it has ended',
  async () => {
    await using machine = await fakeMachine()
    const workload = spawn('sleep', ['600'], { stdio: 'ignore' })
    try {
      const { gpu, read } = await openBoth(machine, workload.pid ?? 0)
      read()
      const helper = gpu.pid() ?? 0
      const { user = 0, system = 0 } = processFiles('/proc').stat(helper) ?? {}
      const used = user + system
      expect(used).toBeGreaterThan(0.05)
      process.kill(helper, 'SIGKILL')
      await until(() => gpu.pid() === undefined)
      const [without, withIt] = read().map(cpuOf)
      // sums of hundredths
      expect(withIt).toBeGreaterThan(used - 0.005)
      expect(without).toBeLessThan(used / 2)
    } finally {
      workload.kill('SIGKILL')
    }
  },
)

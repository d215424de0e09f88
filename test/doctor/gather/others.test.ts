import { chmod, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { gatherGpu } from '../../../src/doctor/gather/gpu.ts'
import { findProgram } from '../../../src/doctor/gather/program.ts'
import { gatherSpool } from '../../../src/doctor/gather/spool.ts'
import { surroundingsOf } from '../../../src/doctor/gather/surroundings.ts'
import { batchOf, openTestSpool, pathsBelow, snapshotOf } from '../../delivery/spool/spooling.ts'
import { fixtureRoot } from '../../host/fixture.ts'
import { fakeMachine, hasCompiler } from '../../host/gpu/fake-driver.ts'
import { temporaryDirectory } from '../../support/run-cli.ts'

describe('what it looks like', () => {
  const ofTask = { NVCT_TASK_ID: 't', NVCT_NCA_ID: 'n', KUBERNETES_SERVICE_HOST: '10.0.0.1' }
  it.each([
    ['nvcf', ofTask, {}, 'NVCT_TASK_ID, NVCT_NCA_ID are set'],
    ['nvcf', { ...ofTask, TASKBEAT_TALLY_DIR: '/tmp/x' }, {}, 'taskbeat emulate'],
    ['kubernetes', { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, { '.dockerenv': '' }, 'KUBERNETES_SERVICE_HOST'],
    ['kubernetes', {}, { 'var/run/secrets/kubernetes.io/serviceaccount/token': '' }, 'serviceaccount'],
    ['docker', { NVCT_TASK_ID: 't' }, { '.dockerenv': '' }, '/.dockerenv'],
    ['docker', {}, { 'run/.containerenv': '' }, '/run/.containerenv'],
    ['docker', {}, { 'proc/1/cgroup': '0::/system.slice/docker-4711.scope\n' }, 'docker'],
    ['machine', {}, { 'proc/1/cgroup': '0::/init.scope\n' }, 'nothing of a container'],
  ])('%s with %j and %j', async (kind, environment, files, reason) => {
    await using root = await fixtureRoot(files)
    const found = surroundingsOf(environment, root.path)
    expect(found.kind).toBe(kind)
    expect(found.reasons.join('; ')).toContain(reason)
  })
})

it('a program is looked for as the system does', async () => {
  await using directory = await temporaryDirectory()
  const { path } = directory
  await writeFile(join(path, 'good'), '#!/bin/sh\n', { mode: 0o755 })
  await writeFile(join(path, 'flat'), '')
  await chmod(join(path, 'flat'), 0o644)
  expect(findProgram('good', `/no:${path}`).kind).toBe('found')
  expect(findProgram(join(path, 'good')).kind).toBe('found')
  expect(findProgram('flat', path).kind).toBe('not executable')
  expect(findProgram('none', path).kind).toBe('missing')
  expect(findProgram(join(path, 'good', 'below')).kind).toBe('missing')
  expect(findProgram('tmp', '/').kind).toBe('missing')
})

it('what waits in a spool is counted, and left as it is', async () => {
  await using directory = await temporaryDirectory()
  const [living, left] = [join(directory.path, 'living'), join(directory.path, 'left')]
  const spool = openTestSpool(living)
  await spool.append([
    batchOf('a', { items: 30 }),
    batchOf('b', { items: 7 }),
    batchOf('c', { signal: 'logs' }),
  ])
  await snapshotOf(living, left)
  const before = await pathsBelow(left)
  expect(await gatherSpool(left)).toEqual({ traces: 37, metrics: 0, logs: 1 })
  expect(await pathsBelow(left)).toEqual(before)
  // its owner lives
  expect(await gatherSpool(living)).toEqual({ traces: 0, metrics: 0, logs: 0 })
  expect(await gatherSpool(join(directory.path, 'none'))).toEqual({ traces: 0, metrics: 0, logs: 0 })
  await spool.close()
  expect(await readdir(left)).toHaveLength(1)
})

describe('GPUs', () => {
  const ask = (root: string, nvmlLibrary: string, env = {}) =>
    gatherGpu({
      ...{ clock: systemClock, limitMs: 30_000, root, nvmlLibrary },
      environment: { PATH: `${root}:${process.env.PATH}`, ...env },
    })

  it('are not asked for without a driver', async () => {
    await using machine = await fakeMachine({ hasDriver: false })
    expect(await ask(machine.path, '/no/such')).toEqual({ kind: 'no driver' })
  })

  it.skipIf(!hasCompiler)('are told of by NVML', async () => {
    await using machine = await fakeMachine()
    const facts = await ask(machine.path, machine.buildLibrary())
    expect(facts).toMatchObject({ kind: 'driver', hasSmi: false })
    expect('sample' in facts && facts.sample?.devices.length).toBeGreaterThan(0)
  })

  it.skipIf(!hasCompiler)('may be hidden from the job', async () => {
    await using machine = await fakeMachine()
    const facts = await ask(machine.path, machine.buildLibrary(), { CUDA_VISIBLE_DEVICES: '' })
    expect(facts).toMatchObject({ sample: undefined, notices: [expect.stringContaining('the job sees 0')] })
  })

  it('cannot be read where neither NVML nor nvidia-smi is', async () => {
    await using machine = await fakeMachine()
    const facts = await ask(machine.path, '/no/such', { PATH: '/no/such' })
    expect(facts).toMatchObject({ kind: 'driver', hasSmi: false, sample: undefined })
    expect('notices' in facts && facts.notices.join()).toContain('NVML cannot be loaded')
  })
})

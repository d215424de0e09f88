import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { documentWith } from '../bridge/seed-document.ts'
import { startReceiver } from '../support/otlp-receiver.ts'
import { runCli, startCli, temporaryDirectory, until } from '../support/run-cli.ts'

/** Rewrites the file as a job does. */
const rewrite = async (path: string, batch: number) => {
  const document = documentWith({
    timestamp: new Date().toISOString(),
    metrics: { epoch: 1, batch_number: batch, training_loss: 1 / batch },
  })
  await writeFile(`${path}.tmp`, JSON.stringify(document))
  await rename(`${path}.tmp`, path)
}

/** A bridge, and the lines that it writes. */
const startBridge = (dir: string, env: Readonly<Record<string, string>>, flags: readonly string[] = []) => {
  const metricsFile = join(dir, 'current.json')
  const { child, ended } = startCli(['bridge', '--state-dir', join(dir, 'state'), ...flags], {
    env: { METRICS_FILE_PATH: metricsFile, COLLECTION_INTERVAL: '0.2', ...env },
  })
  let stderr = ''
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  return { metricsFile, child, ended, said: () => stderr }
}

describe.concurrent('taskbeat bridge', () => {
  it.each(['grpc', 'http'] as const)(
    'sends what the job writes over %s, and the last record when it is asked to end',
    async (protocol) => {
      await using dir = await temporaryDirectory()
      await using receiver = await startReceiver()
      const bridge = startBridge(dir.path, {
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        // as the seed of such sidecars writes it: without a scheme
        OTEL_EXPORTER_OTLP_ENDPOINT: (protocol === 'grpc' ? receiver.grpcUrl : receiver.httpUrl).slice(7),
        OTEL_SERVICE_NAME: 'ml-metrics-bridge',
      })
      const batches = () => receiver.received.points.filter(({ name }) => name === 'ml.training.batch_number')
      await rewrite(bridge.metricsFile, 1)
      await until(() => batches().length > 0)
      await rewrite(bridge.metricsFile, 2)
      bridge.child.kill('SIGTERM')
      expect((await bridge.ended).status).toBe(0)
      const last = batches().at(-1)
      expect(last).toMatchObject({ kind: 'sum', unit: '', value: 2, scope: 'taskbeat.bridge' })
      expect(last?.attributes).toEqual({
        job_id: 'training-job-123',
        model_name: 'resnet-50',
        dataset: 'imagenet',
      })
      expect(last?.resource).toMatchObject({ 'service.name': 'ml-metrics-bridge' })
      expect(bridge.said()).toMatch(/taskbeat: (\d+) of \1 points delivered to /)
    },
  )

  it('keeps on disk what cannot be delivered, and its next life delivers it under the same instance', async () => {
    await using dir = await temporaryDirectory()
    const away = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }
    const first = startBridge(dir.path, away, ['--drain', '0.5'])
    await rewrite(first.metricsFile, 1)
    await until(() => first.said().includes('takes no telemetry'))
    await rewrite(first.metricsFile, 2)
    first.child.kill('SIGTERM')
    await first.ended
    expect(first.said()).toMatch(/taskbeat: 0 of (\d+) points delivered to .*, \1 kept on disk\n$/)

    await using receiver = await startReceiver()
    const second = startBridge(dir.path, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.grpcUrl })
    await rewrite(second.metricsFile, 3)
    const values = () => receiver.received.points.filter(({ name }) => name === 'ml.training.batch_number')
    await until(() => [1, 2, 3].every((wanted) => values().some(({ value }) => value === wanted)))
    second.child.kill('SIGTERM')
    await second.ended
    expect(new Set(values().map(({ resource }) => resource['service.instance.id'])).size).toBe(1)
  })

  it('marks the end of series of which nothing was heard for too long', async () => {
    await using dir = await temporaryDirectory()
    await using receiver = await startReceiver()
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.grpcUrl }
    const bridge = startBridge(dir.path, env, ['--stale-after', '2s'])
    // a file that is stale when it is first seen is that of another job
    await until(() => bridge.said().includes('is not there yet'))
    await rewrite(bridge.metricsFile, 1)
    const losses = () => receiver.received.points.filter(({ name }) => name === 'ml.training.loss')
    await until(() => losses().some(({ json }) => json.flags === 1))
    bridge.child.kill('SIGTERM')
    await bridge.ended
    expect(losses().filter(({ json }) => json.flags === 1)).toHaveLength(1)
    expect(losses().at(-1)?.json.flags).toBe(1)
  })

  it('ends with the job, if it is told how that shows', async () => {
    await using dir = await temporaryDirectory()
    const marker = join(dir.path, 'done')
    const bridge = startBridge(dir.path, {}, ['--until-done', marker])
    await rewrite(bridge.metricsFile, 7)
    await until(() => bridge.said().includes('ml.training.loss'))
    await writeFile(marker, '')
    expect((await bridge.ended).status).toBe(0)
    expect(bridge.said()).toContain(`the job has ended (${marker})`)
  })

  it('answers probes before there is a file, so that a sidecar does not wait for its job', async () => {
    await using dir = await temporaryDirectory()
    const bridge = startBridge(dir.path, {}, ['--health-port', '0'])
    await until(() => bridge.said().includes('/health'))
    const [, port] = /:(\d+)\/health/.exec(bridge.said()) ?? []
    const answer = await fetch(`http://127.0.0.1:${port}/health`)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ records: 0, isFresh: false })
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404)
    bridge.child.kill('SIGINT')
    expect((await bridge.ended).status).toBe(0)
    expect(bridge.said()).toContain('is not there yet: waiting for the job to write it')
  })

  it('says as much as it is asked to', async () => {
    await using dir = await temporaryDirectory()
    const bridge = startBridge(dir.path, { LOG_LEVEL: 'WARNING', OTEL_METRICS_EXPORTER: 'none' })
    await writeFile(bridge.metricsFile, 'no JSON')
    await until(() => bridge.said() !== '')
    bridge.child.kill('SIGTERM')
    await bridge.ended
    expect(bridge.said()).toBe(
      `taskbeat: warn: metrics file ${bridge.metricsFile} is no JSON, or has no end\n`,
    )
  })

  it.each([
    { env: { COLLECTION_INTERVAL: 'often' }, says: "COLLECTION_INTERVAL is 'often'" },
    { env: { COLLECTION_INTERVAL: '0' }, says: "COLLECTION_INTERVAL is '0'" },
    { env: { LOG_LEVEL: 'loud' }, says: "LOG_LEVEL is 'loud'" },
    { env: { TASKBEAT_BRIDGE_MAPPING: '/nowhere' }, says: 'the mapping /nowhere cannot be read (ENOENT)' },
    { env: { TASKBEAT_BRIDGE_ATTRIBUTES: 'all' }, says: "TASKBEAT_BRIDGE_ATTRIBUTES is 'all'" },
  ])('$env is wrong configuration, and says so', async ({ env, says }) => {
    const { status, stderr } = await runCli(['bridge'], { env })
    expect(stderr).toContain(says)
    expect(status).toBe(78)
  })

  it('takes a mapping of another form, and says all that is wrong with one', async () => {
    await using dir = await temporaryDirectory()
    const mapping = join(dir.path, 'mapping.yaml')
    await writeFile(mapping, 'metrics:\n  - {from: /loss, name: my.loss, type: gouge}\n')
    const { status, stderr } = await runCli(['bridge', '--mapping', mapping])
    expect(stderr).toContain("type is 'gouge'")
    expect(status).toBe(78)

    await writeFile(mapping, 'metrics:\n  - {from: /loss, name: my.loss, type: gauge}\n')
    const bridge = startBridge(dir.path, {}, ['--mapping', mapping])
    await writeFile(bridge.metricsFile, '{"loss": NaN}')
    await writeFile(bridge.metricsFile, '{"loss": 0.25}')
    await until(() => bridge.said().includes('my.loss  0.25'))
    bridge.child.kill('SIGTERM')
    expect((await bridge.ended).status).toBe(0)
  })

  it('keeps what it counted across its lives', async () => {
    await using dir = await temporaryDirectory()
    for (const batch of [5, 6]) {
      const bridge = startBridge(dir.path, {})
      await rewrite(bridge.metricsFile, batch)
      await until(() => bridge.said().includes(`ml.training.batch_number  ${batch}`))
      bridge.child.kill('SIGKILL')
      await bridge.ended
    }
    const { kept } = JSON.parse(await readFile(join(dir.path, 'state', 'state.json'), 'utf8'))
    expect(kept.records).toBe(2)
  })
})

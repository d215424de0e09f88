import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openReceiver } from '../../../src/emulator/receiver.ts'
import { connectGrpc, encode } from '../../support/otlp-client.ts'
import { examples } from '../../support/otlp-examples.ts'
import { temporaryDirectory } from '../../support/run-cli.ts'

const linesOf = async (directory: string, signal: string) =>
  (await readFile(join(directory, `${signal}.jsonl`), 'utf8')).split('\n').slice(0, -1)

const log = (text: string) => ({
  resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: text } }] }] }],
})

it('writes each request as a line of OTLP JSON, one file a signal', async () => {
  await using dir = await temporaryDirectory()
  const outDir = join(dir.path, 'deep', 'out')
  {
    await using receiver = await openReceiver({ outDir })
    using client = connectGrpc(receiver.grpcUrl)
    await client.export('metrics', encode('metrics', examples.metrics))
    for (const text of ['a', 'b']) await client.export('logs', encode('logs', log(text)))
    await client.export('logs', Buffer.alloc(0))
  }
  expect(await linesOf(outDir, 'traces')).toEqual([])
  expect((await linesOf(outDir, 'metrics')).map((line) => JSON.parse(line))).toMatchObject([examples.metrics])
  expect(await linesOf(outDir, 'logs')).toEqual(
    ['a', 'b'].map(
      (text) =>
        `{"resourceLogs":[{"resource":{},"scopeLogs":[{"scope":{},"logRecords":[{"body":{"stringValue":"${text}"}}]}]}]}`,
    ),
  )
})

it('leaves out what was refused', async () => {
  await using dir = await temporaryDirectory()
  const request = {
    resourceLogs: [
      {
        scopeLogs: [
          { logRecords: [{ severityText: 'A' }, { severityText: 'B', traceId: Buffer.from('ff') }] },
        ],
      },
      { scopeLogs: [{ logRecords: [{ severityText: 'C' }, { severityText: 'D' }] }] },
    ],
  }
  {
    await using receiver = await openReceiver({
      outDir: dir.path,
      decide: () => ({ kind: 'partial', rejectedItems: 1, message: 'enough' }),
    })
    using client = connectGrpc(receiver.grpcUrl)
    expect(await client.export('logs', encode('logs', request))).toMatchObject({
      response: {
        partialSuccess: {
          rejectedLogRecords: '2',
          errorMessage: 'enough; the trace id of a log record has 2 bytes, not 16',
        },
      },
    })
    expect(receiver.ledger.counts('logs')).toMatchObject({ items: 2, rejectedItems: 1, malformedItems: 1 })
  }
  const [line = ''] = await linesOf(dir.path, 'logs')
  expect(line.match(/"severityText":"."/g)).toEqual(['"severityText":"A"', '"severityText":"C"'])
})

it('waits for a slow disk, and writes what is larger than its buffer', async () => {
  await using dir = await temporaryDirectory()
  const big = 'x'.repeat(3 * 2 ** 20)
  {
    await using receiver = await openReceiver({ outDir: dir.path })
    using client = connectGrpc(receiver.grpcUrl)
    await Promise.all([1, 2, 3, 4].map((n) => client.export('logs', encode('logs', log(`${n}${big}`)))))
  }
  const lines = await linesOf(dir.path, 'logs')
  expect(lines).toHaveLength(4)
  for (const line of lines) expect(line.length).toBeGreaterThan(big.length)
})

it.each([
  { what: 'its directory cannot be made', outDir: '/dev/null/out' },
  { what: 'its directory is a file', outDir: '/dev/null' },
])(
  'takes requests all the same when $what, tells it once, and counts what is not written',
  async ({ outDir }) => {
    const told: string[] = []
    await using receiver = await openReceiver({ outDir, onDiskError: ({ message }) => told.push(message) })
    using client = connectGrpc(receiver.grpcUrl)
    for (const text of ['a', 'b']) {
      expect((await client.export('logs', encode('logs', log(text)))).code).toBe(0)
    }
    expect(receiver.ledger.counts('logs')).toMatchObject({ requests: 2, items: 2 })
    expect(receiver.unwrittenRequests()).toBe(2)
    expect(told).toHaveLength(1)
  },
)

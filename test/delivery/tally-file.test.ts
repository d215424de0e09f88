import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openTallyFile } from '../../src/delivery/tally-file.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

it('a tally file can be read at any moment, also when a number has become shorter', async () => {
  await using dir = await temporaryDirectory()
  let waiting = 0
  const write = openTallyFile(dir.path, () => [
    {
      ...{ signal: 'logs', destination: 'otlp', emitted: 5, delivered: 1, dropped: 0 },
      ...{ retried: 0, spooled: 0, replayed: 0, waiting },
    },
  ])
  for (const items of [7, 1_000, 0, 12]) {
    waiting = items
    write()
    expect(JSON.parse(readFileSync(join(dir.path, `${process.pid}.json`), 'utf8'))).toMatchObject([
      { waiting: items },
    ])
  }
})

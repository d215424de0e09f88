import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { base64Stream, readRuns } from '../../../../src/view/page/data/embedded-runs.ts'

const head = '{"k":"run","head":{"label":"x","asOfMs":0,"notes":[]}}\n'
const whole = gzipSync(head.repeat(3))

it('the runs of a report are read', async () => {
  expect((await readRuns(base64Stream(whole.toString('base64')))).runs).toHaveLength(3)
})

it.each([
  ['holds no run', gzipSync('{}\n').toString('base64')],
  ['cannot be read to its end', whole.subarray(0, whole.length - 12).toString('base64')],
  ['cannot be read to its end', 'no base64!'],
  ['cannot be read to its end', gzipSync('{"k":"run",').toString('base64')],
])('a report that %s says so', async (why, text) => {
  await expect(readRuns(base64Stream(text))).rejects.toThrow(`this report is damaged, as it ${why}`)
})

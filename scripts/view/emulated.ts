/** Runs under the emulated platform: one that it ends, looked at while it lasts, and a good one that is kept. */
import { strict as assert } from 'node:assert'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bed } from './bed.ts'
import { open } from './chromium.ts'
import { soon, training } from './live.ts'
import { part, says, sentence } from './parts.ts'
import { run, start, taskbeat } from './taskbeat.ts'

const platform = ['emulate', '--ports', 'auto', '--time-scale', '20']

/** A value that must not be seen anywhere. */
export const secret = 'hush-7d1f0c'

/** A whole run of the platform around the tiny training; what is kept of it is in that directory. */
export const emulate = async (directory: string, steps: number, seed = 0): Promise<string> => {
  const supervised = [
    ...taskbeat,
    'run',
    ...soon,
    '--',
    process.execPath,
    training,
    `${steps}`,
    '0',
    '25',
    `${seed}`,
  ]
  await run([
    ...platform,
    '--keep',
    directory,
    '--',
    'env',
    `OTEL_EXPORTER_OTLP_HEADERS=api-key=${secret}`,
    ...supervised,
  ])
  return directory
}

export const checkEmulated = async ({ browser, work, check, picture }: Bed): Promise<void> => {
  const file = join(work, 'go')
  // a field is forgotten, and the platform ends the task
  const wrong = `while [ ! -e ${file} ]; do sleep 0.1; done
    echo '{"percentComplete": 0, "name": "epoch-0"}' > $NVCT_PROGRESS_FILE_PATH; sleep 30`
  await using command = start([...platform, '--ui', '--', 'sh', '-c', wrong])
  await using live = await open(browser, await command.address())
  const { page } = live
  await check('emulate --ui: it says that the task has been launched', () =>
    says(part(page, 'Timeline'), /LAUNCHED/),
  )
  writeFileSync(file, '')
  await check('emulate --ui: findings are shown with what the platform says and the remedy', async () => {
    await says(part(page, 'Findings'), 'ERRORED: invalid timestamp format')
    await says(part(page, 'Findings'), 'write lastUpdatedAt as')
    await says(sentence(page), /ERRORED|failed/i)
  })
  await check('emulate --ui: it ends with the status that it has without the page', async () =>
    assert.equal(await command.ended, 1, command.output()),
  )
  await check('emulate --ui: no errors, nothing from elsewhere', async () =>
    assert.deepEqual(live.trouble, []),
  )
  await picture('emulate-errored', page)
}

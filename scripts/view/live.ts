/** A run that is looked at while it lasts, from its first step to its verdict and beyond. */
import { strict as assert } from 'node:assert'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bed } from './bed.ts'
import { open } from './chromium.ts'
import {
  chart,
  chooseSeverity,
  logSearch,
  part,
  percentOf,
  rows,
  says,
  sentence,
  spanSearch,
  walkDown,
} from './parts.ts'
import { start, until } from './taskbeat.ts'

export const training = join(import.meta.dirname, 'training.ts')
/** Progress is told at once, not each 6 seconds. */
export const soon = ['--heartbeat', '1', '--dwell', '0.5'] as const

export const checkLive = async ({ browser, work, check, picture }: Bed): Promise<void> => {
  const results = join(work, 'live')
  const gate = join(work, 'gate')
  const goTo = (step: number) => writeFileSync(gate, `${step}`)
  goTo(12)
  const command = [process.execPath, training, '40', '3']
  await using run = start(['run', '--ui', ...soon, '--', ...command], {
    GATE: gate,
    NVCT_RESULTS_DIR: results,
  })
  const address = await run.address()
  await using live = await open(browser, address)
  const { page } = live
  const loss = () => chart(page, 'loss').getAttribute('aria-label')

  await check('live: it says that the training runs, and its percentage', async () => {
    await says(sentence(page), /running/i)
    await until('20 % or more, but not the end', async () => {
      const percent = await percentOf(page)
      return percent >= 20 && percent < 90
    })
  })
  await walkDown(page)
  await part(page, 'Curves').scrollIntoViewIfNeeded()
  const before = await loss()
  goTo(32)
  await check('live: percentage, curves and logs go on by themselves', async () => {
    await until('75 % or more', async () => (await percentOf(page)) >= 75)
    await until('another summary of the loss', async () => (await loss()) !== before)
    await part(page, 'Logs').scrollIntoViewIfNeeded()
    await says(rows(page, 'Logs'), 'step 32/40')
  })
  await picture('live-running', page)
  await check('live: a line of HTML is text', async () => {
    await logSearch(page).fill('a line like any other')
    await says(rows(page, 'Logs'), "<script>document.title='owned'</script>")
    await logSearch(page).fill('')
    assert.equal(await page.locator('img[src="x"]').count(), 0, 'no image was made of it')
    assert.notEqual(await page.title(), 'owned')
  })
  goTo(40)
  await check('live: the verdict appears, and the status is that of the command', async () => {
    await says(sentence(page), /failed|status 3/i)
    assert.equal(await run.ended, 3, run.output())
  })
  await check('live: the page stays whole when the process is gone', async () => {
    const isAnswered = () =>
      fetch(address).then(
        () => true,
        () => false,
      )
    await until('nobody answers', async () => !(await isAnswered()))
    await chooseSeverity(page, 'Error +')
    await says(rows(page, 'Logs'), 'worker 15 was restarted')
    await spanSearch(page).fill('validation')
    await says(rows(page, 'Trace'), 'evaluate')
    await picture('live-ended', page)
  })
  await check('live: no errors, nothing from elsewhere', async () => assert.deepEqual(live.trouble, []))
}

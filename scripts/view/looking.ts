/** A finished run, looked at: one span of time narrows all, filters and searches find, a line leads to its moment. */
import { strict as assert } from 'node:assert'
import type { Bed } from './bed.ts'
import { open } from './chromium.ts'
import { secret } from './emulated.ts'
import {
  chart,
  chooseSeverity,
  counted,
  countOf,
  drag,
  logSearch,
  narrowed,
  part,
  rows,
  says,
  sentence,
  showAll,
  spanSearch,
  timeline,
  walkDown,
} from './parts.ts'
import { until } from './taskbeat.ts'

export const checkLooking = async ({ browser, check }: Bed, address: string): Promise<void> => {
  await using opened = await open(browser, address)
  const { page } = opened
  await walkDown(page)
  const all = await counted(page)

  await check('view: verdict, checkpoints, delivery and configuration of a kept emulation', async () => {
    await says(sentence(page), /COMPLETED|completed/)
    await says(part(page, 'Timeline'), 'checkpoint-10')
    await says(part(page, 'Delivery'), 'traces')
    await says(part(page, 'Configuration'), 'heartbeat')
  })
  await check('view: a secret is shown nowhere', async () => {
    await says(part(page, 'Configuration'), /otlp.?headers/i)
    const text = await page.locator('body').textContent()
    assert(!text?.includes(secret))
  })
  await check('a drag over the timeline narrows logs and spans; “Show all” undoes it', async () => {
    await drag(page, timeline(page), 0.3, 0.6)
    await narrowed(page, 'log', all.logs)
    await narrowed(page, 'span', all.spans)
    await showAll(page)
    await until('all logs again', async () => (await countOf(page, 'log')) === all.logs)
  })
  await check('a drag over a chart does the same; Escape undoes it', async () => {
    await drag(page, chart(page, 'loss').locator('.u-over'), 0.3, 0.6)
    await narrowed(page, 'log', all.logs)
    await narrowed(page, 'span', all.spans)
    await page.keyboard.press('Escape')
    await until('all logs again', async () => (await countOf(page, 'log')) === all.logs)
  })
  await check('logs: by severity', async () => {
    await chooseSeverity(page, 'Error +')
    await narrowed(page, 'log', all.logs)
    await says(rows(page, 'Logs'), 'was restarted')
    await chooseSeverity(page, 'All')
    await until('all logs again', async () => (await countOf(page, 'log')) === all.logs)
  })
  await check('logs: by text, without regard to case, and a line leads to its moment', async () => {
    await logSearch(page).fill('STEP 20/')
    await until('one line', async () => (await countOf(page, 'log')) === 1)
    const moment = () => timeline(page).getAttribute('aria-valuenow')
    const before = await moment()
    await rows(page, 'Logs').first().getByRole('button').first().click()
    await until('another moment on the timeline', async () => (await moment()) !== before)
    await logSearch(page).fill('no line says this')
    await until('no line', async () => (await countOf(page, 'log')) === 0)
    await logSearch(page).fill('')
    await until('all logs again', async () => (await countOf(page, 'log')) === all.logs)
  })
  await check('trace: by text of name, attributes and error; failed ones; attributes of one', async () => {
    await spanSearch(page).fill('validation')
    await narrowed(page, 'span', all.spans)
    const evaluations = await countOf(page, 'span')
    await part(page, 'Trace').getByLabel('Failed only').check()
    await narrowed(page, 'span', evaluations)
    await rows(page, 'Trace').first().click()
    await says(part(page, 'Trace'), 'out of memory')
    await says(part(page, 'Trace'), 'batch.size')
    await part(page, 'Trace').getByLabel('Failed only').uncheck()
    await spanSearch(page).fill('')
  })
  await check('view: no errors, nothing from elsewhere', async () => assert.deepEqual(opened.trouble, []))
}

/** Reports, opened from disk without a network: of one run, and of two that are compared. */
import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Bed } from './bed.ts'
import { open } from './chromium.ts'
import { secret } from './emulated.ts'
import { chart, counted, countOf, drag, narrowed, part, says, sentence, timeline, walkDown } from './parts.ts'
import { run } from './taskbeat.ts'

const reportOf = async (work: string, name: string, directories: readonly string[]): Promise<string> => {
  const file = join(work, name)
  await run(['report', ...directories, '-o', file])
  return file
}

/** The addresses of a report of the first, and of one of all. */
export const checkReports = async (
  { browser, work, check }: Bed,
  directories: readonly string[],
): Promise<readonly [string, string]> => {
  const one = await reportOf(work, 'report.html', directories.slice(0, 1))
  const several = await reportOf(work, 'compare.html', directories)

  {
    await using opened = await open(browser, pathToFileURL(one).href, { isOffline: true })
    const { page } = opened
    await check('report: it opens from disk without a network, whole', async () => {
      await says(sentence(page), /COMPLETED|completed/)
      await walkDown(page)
      const { logs, spans } = await counted(page)
      assert(logs > 50 && spans > 5, `${logs} logs, ${spans} spans`)
      await part(page, 'Curves').scrollIntoViewIfNeeded()
      await chart(page, 'loss').locator('canvas').first().waitFor()
    })
    await check('report: it can be used as the page', async () => {
      const before = await countOf(page, 'log')
      await drag(page, timeline(page), 0.3, 0.6)
      await narrowed(page, 'log', before)
    })
    await check('report: it asks nobody for anything', async () => assert.deepEqual(opened.trouble, []))
    await check('report: a secret is not in it', async () => {
      assert(!(await page.locator('body').textContent())?.includes(secret))
      assert(!readFileSync(one, 'utf8').includes(secret))
    })
  }
  await using opened = await open(browser, pathToFileURL(several).href, { isOffline: true })
  const { page } = opened
  await check('compare: curves of both runs in one chart, and what differs', async () => {
    await part(page, 'Compare').locator('canvas').first().waitFor()
    for (const directory of directories) await says(part(page, 'Compare'), directory.split('/').at(-1) ?? '')
    await says(part(page, 'Compare'), /the same/i)
  })
  await check('compare: it asks nobody for anything', async () => assert.deepEqual(opened.trouble, []))
  return [pathToFileURL(one).href, pathToFileURL(several).href]
}

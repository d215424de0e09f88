/** Whether everybody can use it: by keyboard alone, in both themes, on a phone; axe finds what people would miss. */
import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'
import type { Bed } from './bed.ts'
import { open, phoneWidth, themes } from './chromium.ts'
import { counted, countOf, logSearch, part, parts, showWhole, walkDown } from './parts.ts'
import { until } from './taskbeat.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds, a line a place; nothing is left out. */
const violations = async (page: Page): Promise<readonly string[]> => {
  // not as a script of the page, which its policy forbids
  await page.evaluate(axe)
  const options: RunOptions = { resultTypes: ['violations'] }
  const found = await page.evaluate(
    (options) =>
      (
        globalThis as unknown as { axe: { run: (of: Document, options: RunOptions) => Promise<AxeResults> } }
      ).axe.run(document, options),
    options,
  )
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  )
}

const isWider = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)

/** axe, the width, and pictures, of one page in both themes and on a phone. */
export const checkForEverybody = async (
  { browser, check, picture }: Bed,
  name: string,
  address: string,
): Promise<void> => {
  for (const theme of themes) {
    for (const width of [1_280, phoneWidth]) {
      const where = `${name}, ${theme}, ${width} px`
      await using opened = await open(browser, address, { theme, width })
      const { page } = opened
      await walkDown(page)
      await check(`${where}: axe finds nothing`, async () => assert.deepEqual(await violations(page), []))
      await check(`${where}: nothing to scroll sideways`, async () =>
        assert.equal(await isWider(page), false),
      )
      await showWhole(page)
      const file = where.replaceAll(/,? /g, '-')
      await picture(file, page)
      for (const one of width === phoneWidth ? [] : parts) {
        if (await part(page, one).count()) {
          await picture(`${file}-${one.toLowerCase()}`, page, part(page, one))
        }
      }
    }
  }
}

interface Focused {
  readonly what: string
  readonly isMarked: boolean
  readonly isFirst: boolean
}

/** What has the focus, and whether one sees it. */
const focused = (page: Page): Promise<Focused | undefined> =>
  page.evaluate(() => {
    const element = document.activeElement
    if (!(element instanceof HTMLElement || element instanceof SVGElement) || element === document.body)
      return undefined
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
    const isMarked = (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none'
    const first = document.querySelector('[data-focus-first]')
    if (!first) element.dataset.focusFirst = ''
    return { what: element.outerHTML.slice(0, 200), isMarked, isFirst: first === element }
  })

export const checkKeyboard = async ({ browser, check }: Bed, address: string): Promise<void> => {
  await using opened = await open(browser, address)
  const { page } = opened
  await walkDown(page)
  const { logs: all } = await counted(page)

  await check(
    'keyboard: Tab reaches everything, is never caught, and one always sees where it is',
    async () => {
      const unmarked: string[] = []
      let seen = 0
      for (; seen < 500; seen += 1) {
        await page.keyboard.press('Tab')
        const now = await focused(page)
        if (!now || now.isFirst) break
        if (!now.isMarked) unmarked.push(now.what)
      }
      assert(seen > 10 && seen < 500, `${seen} places`)
      assert.deepEqual(unmarked, [])
    },
  )
  await check('keyboard: ? tells the keys, Escape closes that', async () => {
    await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur())
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  })
  await check('keyboard: the timeline is narrowed and shown again', async () => {
    await page.keyboard.press('t')
    await page.keyboard.press('+')
    await page.keyboard.press('+')
    await until('fewer logs', async () => (await countOf(page, 'log')) < all)
    await page.keyboard.press('Escape')
    await until('all logs', async () => (await countOf(page, 'log')) === all)
  })
  await check('keyboard: / searches the logs, arrows and Enter open a line', async () => {
    await page.keyboard.press('/')
    await page.keyboard.type('step 20/')
    await until('one line', async () => (await countOf(page, 'log')) === 1)
    assert.equal(await logSearch(page).inputValue(), 'step 20/')
    const list = part(page, 'Logs').getByRole('grid')
    const hasFocus = () => list.evaluate((element) => element === document.activeElement)
    for (let tabs = 0; tabs < 10 && !(await hasFocus()); tabs += 1) await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByLabel('Log details', { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    assert(await hasFocus(), 'the list has the focus again')
  })
  await check('keyboard: no errors', async () => assert.deepEqual(opened.trouble, []))
}

/** The parts of the page, as those find them who cannot see it: by role and name. */
import { strict as assert } from 'node:assert'
import type { Locator, Page } from 'playwright-core'
import { until } from './taskbeat.ts'

export const parts = [
  'Compare',
  'Progress',
  'Timeline',
  'Findings',
  'Curves',
  'Trace',
  'Logs',
  'Delivery',
  'Configuration',
] as const
export type Part = (typeof parts)[number]

export const part = (page: Page, name: Part): Locator => page.getByRole('region', { name, exact: true })
/** The verdict, or the state now. */
export const sentence = (page: Page): Locator => part(page, 'Progress').locator('.sentence-text')
export const timeline = (page: Page): Locator => page.locator('[data-part=timeline-plot]')
/** By its title, which comes first in its summary. */
export const chart = (page: Page, title: string): Locator =>
  part(page, 'Curves').locator(`[data-part=chart][aria-label^="${title}:"]`)
export const rows = (page: Page, name: 'Trace' | 'Logs'): Locator => part(page, name).locator('[data-row]')
export const spanSearch = (page: Page): Locator => page.getByRole('searchbox', { name: 'Search spans' })
export const logSearch = (page: Page): Locator => page.getByRole('searchbox', { name: 'Search logs' })

export const chooseSeverity = (page: Page, label: 'All' | 'Error +'): Promise<void> =>
  part(page, 'Logs').getByRole('group', { name: 'Severity' }).getByText(label).click()

export const showAll = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Show all', exact: true }).click()

/** How many rows it says that it has with what is asked of it: `12` of `12 of 3,456 lines`. NaN where it says nothing. */
export const countOf = async (page: Page, what: 'log' | 'span'): Promise<number> => {
  const [text = ''] = await page.locator(`[data-part="${what}-count"]`).allTextContents()
  return Number.parseInt(text.replaceAll(',', ''), 10)
}

export const percentOf = async (page: Page): Promise<number> => {
  const bar = part(page, 'Progress').getByRole('progressbar', { name: 'Progress' })
  return Number(await bar.getAttribute('aria-valuenow'))
}

/** Waits until the page says it, be it for those who cannot see it. */
export const says = (where: Locator, text: string | RegExp): Promise<void> =>
  where.filter({ hasText: text }).first().waitFor({ state: 'attached' })

/** Goes to each part and back, as parts read nothing before somebody is there. */
export const walkDown = async (page: Page): Promise<void> => {
  await part(page, 'Configuration').waitFor()
  await page.evaluate(async () => {
    for (const section of document.querySelectorAll('main section')) {
      section.scrollIntoView({ behavior: 'instant' })
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
    }
    scrollTo({ top: 0, behavior: 'instant' })
  })
}

/** As high as its page, so that all of it is in view, and drawn. */
export const showWhole = async (page: Page): Promise<void> => {
  const width = page.viewportSize()?.width ?? 0
  const height = await page.evaluate(() => document.documentElement.scrollHeight)
  await page.setViewportSize({ width, height })
  const charts = page.locator('[data-part=chart]')
  await until(
    'all charts are drawn',
    async () =>
      (await charts.count()) === (await charts.locator('canvas').count()) &&
      (await page.getByText('Reading…').count()) === 0,
  )
}

/** How many there are in all, as soon as that is known. */
export const counted = async (page: Page): Promise<{ readonly logs: number; readonly spans: number }> => {
  const count = async () => ({ logs: await countOf(page, 'log'), spans: await countOf(page, 'span') })
  await until('logs and spans are counted', async () => {
    const { logs, spans } = await count()
    return logs > 0 && spans > 0
  })
  return count()
}

/** Waits until there are fewer rows than before, but some. */
export const narrowed = async (page: Page, what: 'log' | 'span', before: number): Promise<void> =>
  until(`fewer ${what}s than ${before}, but some`, async () => {
    const now = await countOf(page, what)
    return now > 0 && now < before
  })

/** Drags over the middle of a surface, from one part of its width to another (0 to 1). */
export const drag = async (page: Page, surface: Locator, from: number, to: number): Promise<void> => {
  await surface.scrollIntoViewIfNeeded()
  const box = await surface.boundingBox()
  assert(box, 'there is something to drag over')
  const y = box.y + box.height / 2
  await page.mouse.move(box.x + box.width * from, y)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * ((from + to) / 2), y, { steps: 4 })
  await page.mouse.move(box.x + box.width * to, y, { steps: 4 })
  await page.mouse.up()
}

/**
 * Makes docs/pictures, of two real trainings under the emulated platform, in about two minutes:
 *
 *   node scripts/view/pictures.ts [CHROMIUM]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { launch, open, phoneWidth } from './chromium.ts'
import { counted, part, rows, showWhole, walkDown } from './parts.ts'
import { smallPng } from './small-png.ts'
import { run, start, taskbeat } from './taskbeat.ts'

const [chromium = '/usr/bin/chromium'] = process.argv.slice(2)
const folder = resolve('docs/pictures')
const mostBytes = 150 * 1_024

const train = async (directory: string, variables: readonly string[], status: number): Promise<void> => {
  const training = ['python3', join(import.meta.dirname, 'spirals.py')]
  const settings = ['--heartbeat', '1', '--dwell', '0.5', '--service-name', 'spirals']
  const supervised = [...taskbeat, 'run', ...settings, '--', 'env', ...variables, ...training]
  const environment = [`PYTHONPATH=${resolve('samples/python-events')}`, 'PYTHONDONTWRITEBYTECODE=1']
  const platform = ['emulate', '--ports', 'auto', '--time-scale', '20', '--keep', directory]
  await run([...platform, '--', 'env', ...environment, ...supervised], status)
}

/** What of the page is kept: of a part its upper end, with some room about it. */
const keep = async (name: string, page: Page, of?: Locator, mostHeight = 700): Promise<void> => {
  const box = await of?.boundingBox()
  const clip = box && {
    x: 0,
    y: box.y,
    width: box.x + box.width + box.x,
    height: Math.min(box.height, mostHeight),
  }
  const png = smallPng(await page.screenshot({ animations: 'disabled', ...(clip && { clip }) }))
  if (png.length > mostBytes) throw new Error(`${name} has ${png.length} bytes`)
  writeFileSync(join(folder, `${name}.png`), png)
  process.stdout.write(`${name}.png: ${Math.round(png.length / 1_024)} KiB\n`)
}

const picturesOfPage = async (page: Page): Promise<void> => {
  await walkDown(page)
  await counted(page)
  await keep('page', page)
  await rows(page, 'Trace').filter({ hasText: 'evaluate' }).first().click()
  await part(page, 'Trace').getByLabel('Span details').waitFor()
  await page.mouse.move(0, 0)
  await showWhole(page)
  await keep('timeline', page, part(page, 'Timeline'), 360)
  await part(page, 'Curves').getByLabel('Smoothing').fill('0.8')
  await keep('curves', page, part(page, 'Curves'), 485)
  await keep('trace', page, part(page, 'Trace'), 640)
  await keep('logs', page, part(page, 'Logs'), 480)
}

const work = mkdtempSync(join(tmpdir(), 'taskbeat-pictures-'))
mkdirSync(folder, { recursive: true })
await using browser = await launch(chromium)
try {
  const [quick, slow] = [join(work, 'rate-0.05'), join(work, 'rate-0.02')]
  // its silence is a finding
  await train(quick, ['FREEZE_SECONDS=11'], 1)
  await train(slow, ['RATE=0.02', 'SEED=2'], 0)
  {
    await using view = start(['view', quick])
    const address = await view.address()
    await using opened = await open(browser, address, { height: 900 })
    await picturesOfPage(opened.page)
    await using phone = await open(browser, address, { width: phoneWidth, height: 720 })
    await part(phone.page, 'Timeline').waitFor()
    await walkDown(phone.page)
    await keep('phone', phone.page)
  }
  await using view = start(['view', quick, slow])
  await using opened = await open(browser, await view.address(), { height: 900 })
  await walkDown(opened.page)
  await showWhole(opened.page)
  await keep('compare', opened.page, part(opened.page, 'Compare'), 800)
} finally {
  rmSync(work, { recursive: true, force: true })
}

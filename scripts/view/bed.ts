/** What each chapter of the check finds: a browser, a place for files, and somebody to tell. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'

export interface Bed {
  readonly browser: Browser
  /** A directory that is gone afterwards. */
  readonly work: string
  /** One line that says whether it holds: what throws does not. */
  readonly check: (what: string, holds: () => Promise<unknown>) => Promise<void>
  /** Keeps a picture of a page, or a part of it that is in view, to be looked at. */
  readonly picture: (name: string, page: Page, of?: Locator) => Promise<void>
  readonly failures: () => number
}

export const openBed = (browser: Browser, work: string, artefacts: string): Bed => {
  rmSync(artefacts, { recursive: true, force: true })
  mkdirSync(artefacts, { recursive: true })
  let failures = 0
  const picture: Bed['picture'] = async (name, page, of) => {
    const path = join(artefacts, `${name}.png`)
    // what stays in sight stands at the top of the picture
    await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }))
    const clip = await of?.boundingBox()
    await page.screenshot({ path, animations: 'disabled', ...(clip ? { clip } : { fullPage: true }) })
  }
  const pictureOfFailure = async () => {
    const pages = browser.contexts().flatMap((context) => context.pages())
    await Promise.allSettled(pages.map((page, index) => picture(`failed-${failures}-${index}`, page)))
  }
  const check: Bed['check'] = async (what, holds) => {
    try {
      await holds()
      process.stdout.write(`ok       ${what}\n`)
    } catch (error) {
      failures += 1
      const why = error instanceof Error ? error.message : String(error)
      process.stdout.write(`FAILED   ${what}\n${why.replaceAll(/^(?=.)/gm, '         | ')}\n`)
      await pictureOfFailure()
    }
  }
  return { browser, work, check, picture, failures: () => failures }
}

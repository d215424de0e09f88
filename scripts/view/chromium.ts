/** A real browser, and pages of it that take note of all that must not happen. */
import { type Browser, chromium, type Page } from 'playwright-core'

export const themes = ['light', 'dark'] as const
export type Theme = (typeof themes)[number]

export const launch = (executablePath: string): Promise<Browser> => chromium.launch({ executablePath })

export interface Look {
  /** @default 'light' */
  readonly theme?: Theme
  /** @default 1280 */
  readonly width?: number
  /** @default 800 */
  readonly height?: number
  /** Without a network: what is asked of it is counted as trouble, and gets no answer. */
  readonly isOffline?: boolean
}

/** A page that is closed when its time is over. */
export interface Watched extends AsyncDisposable {
  readonly page: Page
  /** Errors, violations of its policy (the console tells them), and requests to anyone but who gave it. */
  readonly trouble: readonly string[]
}

export const phoneWidth = 360

export const open = async (
  browser: Browser,
  address: string,
  { theme = 'light', width = 1_280, height = 800, isOffline = false }: Look = {},
): Promise<Watched> => {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    hasTouch: width === phoneWidth,
    locale: 'en-GB',
    timezoneId: 'UTC',
  })
  const trouble: string[] = []
  const isOurs = (url: string) => url.startsWith(address) || /^(data|blob):/.test(url)
  context.on('request', (request) => {
    if (!isOurs(request.url())) trouble.push(`a request to ${request.url()}`)
  })
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') trouble.push(`console: ${message.text()}`)
  })
  context.on('weberror', (error) => trouble.push(`error: ${error.error().stack}`))
  if (isOffline) {
    await context.setOffline(true)
    await context.route(/^(?!file:)/, (route) => route.abort())
  }
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  await page.goto(address)
  return { page, trouble, [Symbol.asyncDispose]: () => context.close() }
}

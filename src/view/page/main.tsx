/** The page: asks for the runs, then shows them. */
import { render } from 'preact'
import { App } from './app.tsx'
import { openRunsData } from './data/open-runs-data.ts'
import { startNow } from './now.ts'
import { watchRuns } from './runs.ts'
import { beLightOnPaper, restoreTheme } from './theme.ts'
import { watchPrinting } from './use-element.ts'
import './tokens.css'
import './base.css'
import './parts.css'
import './print.css'

const makePlace = (): HTMLElement => {
  const place = document.createElement('div')
  place.id = 'page'
  document.body.append(place)
  return place
}

const place = document.getElementById('page') ?? makePlace()

const start = async (): Promise<void> => {
  restoreTheme()
  beLightOnPaper()
  watchPrinting()
  render(<p class="opening">Reading the run…</p>, place)
  const runs = await watchRuns(await openRunsData())
  startNow(() => runs.gone.peek() === undefined && runs.views.some(({ overview }) => overview.peek().isLive))
  render(<App runs={runs} />, place)
}

start().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error)
  render(
    <p class="opening" role="alert">
      This run cannot be shown: <bdi>{reason}</bdi>
    </p>,
    place,
  )
})

import type { Signal } from '@preact/signals'
import { Announcement } from './announcement.tsx'
import { Swatch } from './curves/legend.tsx'
import { type RunView, selection } from './looking.ts'
import type { Runs } from './runs.ts'
import { Badge } from './states.tsx'
import { chooseTheme, theme, themes } from './theme.ts'
import { nameOf } from './title.ts'
import { useSteady } from './use-steady.ts'
import { durationInWords } from './words.ts'

interface HeaderProps {
  readonly run: RunView
  readonly runs: Runs
  readonly isHelpOpen: Signal<boolean>
}

/** What must be in sight always: which run, how it is, what is selected. */
export const Header = ({ run, runs, isHelpOpen }: HeaderProps) => (
  <header class={runs.views.length > 1 ? 'page-header page-header-several' : 'page-header'}>
    <div class="page-header-row">
      {runs.views.length > 1 ? <Legend views={runs.views} /> : <Name run={run} runs={runs} />}
      <Announcement run={run} />
      <Selected />
      <div class="page-header-tools">
        <label>
          <span class="visually-hidden">Theme</span>
          <select value={theme.value} onChange={(event) => chooseTheme(event.currentTarget.value)}>
            {themes.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          class="page-header-keys"
          aria-haspopup="dialog"
          onClick={() => {
            isHelpOpen.value = true
          }}
        >
          Keys <kbd>?</kbd>
        </button>
      </div>
    </div>
  </header>
)

const Name = ({ run, runs }: { readonly run: RunView; readonly runs: Runs }) => {
  const facts = useSteady(run, (overview) => ({
    name: nameOf(overview),
    state: overview.state,
    attempt: overview.begin?.attempt,
    isLive: overview.isLive,
    percent: overview.percent,
  })).value
  return (
    <div class="page-header-name">
      <h1 title={facts.name}>
        <bdi>{facts.name}</bdi>
      </h1>
      <Badge state={facts.state} />
      {facts.isLive && facts.percent !== undefined && (
        <span class="page-header-percent">{facts.percent} %</span>
      )}
      {facts.attempt !== undefined && <span class="muted page-header-quiet">attempt {facts.attempt}</span>}
      {runs.gone.value === undefined ? (
        <span class="muted page-header-quiet">{facts.isLive ? 'live' : 'ended'}</span>
      ) : (
        <span class="muted">no longer connected</span>
      )}
    </div>
  )
}

const Legend = ({ views }: { readonly views: readonly RunView[] }) => (
  <div class="page-header-name">
    <h1>{views.length} runs</h1>
    <ul class="page-header-legend">
      {views.map((view) => (
        <LegendEntry key={view.index} run={view} />
      ))}
    </ul>
  </div>
)

const LegendEntry = ({ run }: { readonly run: RunView }) => {
  const { label, state } = useSteady(run, (overview) => ({
    label: overview.label,
    state: overview.state,
  })).value
  return (
    <li>
      <Swatch style={run.index} />
      <bdi>{label}</bdi> <Badge state={state} />
    </li>
  )
}

/** What everything is narrowed to, and the way back. */
const Selected = () => {
  const range = selection.value
  return range === undefined ? null : (
    <div class="page-header-selected">
      <span>
        {durationInWords(range.toMs - range.fromMs)}
        <span class="page-header-word"> selected</span>
      </span>
      <button
        type="button"
        onClick={() => {
          selection.value = undefined
        }}
      >
        Show all
      </button>
    </div>
  )
}

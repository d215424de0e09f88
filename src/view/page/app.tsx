import { useSignal, useSignalEffect } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { Compare } from './compare/compare.tsx'
import { Configuration } from './configuration.tsx'
import { Curves } from './curves/curves.tsx'
import { Delivery } from './delivery.tsx'
import { Findings } from './findings.tsx'
import { Header } from './header.tsx'
import { Help } from './help.tsx'
import { Logs } from './logs/logs.tsx'
import { cursorMs, momentMs, type RunView, selection } from './looking.ts'
import { Notes } from './notes.tsx'
import { Progress } from './progress.tsx'
import type { Runs } from './runs.ts'
import { Sentence } from './sentence.tsx'
import { Badge } from './states.tsx'
import { Timeline } from './timeline/timeline.tsx'
import { titleOf } from './title.ts'
import { Trace } from './trace/trace.tsx'
import { useSteady } from './use-steady.ts'
import { watchKeys } from './watch-keys.ts'

/** All of the page: one run in whole, or several beside each other and one of them in whole. */
export const App = ({ runs }: { readonly runs: Runs }) => {
  const chosen = useSignal(0)
  const isHelpOpen = useSignal(false)
  const run = runs.views[chosen.value] ?? runs.views[0]
  useSignalEffect(() => {
    const shown = runs.views[chosen.value]
    if (shown) document.title = titleOf(shown.overview.value, runs.views.length)
  })
  useEffect(
    () =>
      watchKeys(document, {
        help: () => {
          isHelpOpen.value = !isHelpOpen.value
        },
        run: () => runs.views[chosen.peek()],
      }),
    [runs, chosen, isHelpOpen],
  )
  if (!run) return <p class="opening">There is no run to show.</p>
  const choose = (index: number) => {
    // moments and spans of time are those of one run
    selection.value = undefined
    cursorMs.value = undefined
    momentMs.value = undefined
    chosen.value = index
  }
  return (
    <>
      <SkipLinks hasSeveral={runs.views.length > 1} />
      <Header run={run} runs={runs} isHelpOpen={isHelpOpen} />
      <main class="page-main">
        {runs.views.length > 1 && (
          <>
            <Section id="compare" name="Compare">
              <Compare runs={runs.views} />
            </Section>
            <RunChoice views={runs.views} chosen={run} choose={choose} />
          </>
        )}
        <WholeRun key={run.index} run={run} runs={runs} />
      </main>
      <Help isOpen={isHelpOpen} />
    </>
  )
}

const WholeRun = ({ run, runs }: { readonly run: RunView; readonly runs: Runs }) => (
  <>
    <Section id="progress" name="Progress" isNameHidden>
      <Sentence run={run} gone={runs.gone} />
      <Progress run={run} />
    </Section>
    <Section id="timeline" name="Timeline">
      <Timeline run={run} />
    </Section>
    <Section id="findings" name="Findings">
      <Findings run={run} />
    </Section>
    <Section id="curves" name="Curves">
      <Curves run={run} />
    </Section>
    <Section id="trace" name="Trace">
      <Trace run={run} />
    </Section>
    <Section id="logs" name="Logs">
      <Logs run={run} />
    </Section>
    <Section id="delivery" name="Delivery">
      <Delivery run={run} />
    </Section>
    <Section id="configuration" name="Configuration">
      <Configuration run={run} />
    </Section>
    <Notes run={run} />
  </>
)

export const Section = ({
  id,
  name,
  isNameHidden = false,
  children,
}: {
  readonly id: string
  readonly name: string
  readonly isNameHidden?: boolean
  readonly children: ComponentChildren
}) => (
  <section id={id} class="part" aria-labelledby={`${id}-heading`}>
    <h2 id={`${id}-heading`} class={isNameHidden ? 'visually-hidden' : undefined} tabIndex={-1}>
      {name}
    </h2>
    {children}
  </section>
)

const SkipLinks = ({ hasSeveral }: { readonly hasSeveral: boolean }) => (
  <nav class="skip-links" aria-label="Skip to">
    {[
      ...(hasSeveral ? [['compare', 'Compare'] as const] : []),
      ...(
        ['progress', 'timeline', 'findings', 'curves', 'trace', 'logs', 'delivery', 'configuration'] as const
      ).map((id) => [id, id.charAt(0).toUpperCase() + id.slice(1)] as const),
    ].map(([id, name]) => (
      <a key={id} href={`#${id}`}>
        {name}
      </a>
    ))}
  </nav>
)

const RunChoice = ({
  views,
  chosen,
  choose,
}: {
  readonly views: readonly RunView[]
  readonly chosen: RunView
  readonly choose: (index: number) => void
}) => (
  <div class="run-choice">
    <label>
      One run in whole
      <select value={String(chosen.index)} onChange={(event) => choose(Number(event.currentTarget.value))}>
        {views.map(({ index, overview }) => (
          <option key={index} value={String(index)}>
            {overview.value.label}
          </option>
        ))}
      </select>
    </label>
    <ChosenState key={chosen.index} run={chosen} />
  </div>
)

const ChosenState = ({ run }: { readonly run: RunView }) => {
  const { state, attempt } = useSteady(run, (overview) => ({
    state: overview.state,
    attempt: overview.begin?.attempt,
  })).value
  return (
    <>
      <Badge state={state} />
      {attempt !== undefined && <span class="muted">attempt {attempt}</span>}
    </>
  )
}

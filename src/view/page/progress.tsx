import { useComputed } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { limitsOf } from './limits.ts'
import type { RunView } from './looking.ts'
import { nowMs } from './now.ts'
import { toneOf } from './states.tsx'
import { Time } from './time.tsx'
import { useSteady } from './use-steady.ts'
import { countdownInWords, countInWords, durationInWords, sizeInWords } from './words.ts'

/** How far the run is, how long it still takes, and what the platform will do when. */
export const Progress = ({ run }: { readonly run: RunView }) => (
  <>
    <Bar run={run} />
    <Facts run={run} />
    <Limits run={run} />
  </>
)

const Bar = ({ run }: { readonly run: RunView }) => {
  const { percent, state, file } = useSteady(run, (overview) => ({
    percent: overview.percent,
    state: overview.state,
    file: overview.states.at(-1),
  })).value
  const text = percent === undefined ? 'not yet known' : `${percent} %`
  return (
    <div class={`progress tone-${toneOf(state)}`}>
      <div
        class="progress-bar"
        role="progressbar"
        aria-label="Progress"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={text}
      >
        <div style={{ width: `${Math.min(100, Math.max(0, percent ?? 0))}%` }} />
      </div>
      <span class="progress-percent" aria-hidden="true">
        {percent === undefined ? '–' : text}
      </span>
      {file && (file.name !== '' || file.percent !== percent) && (
        <span class="progress-name muted">
          {file.percent === percent ? 'newest' : `progress file: ${file.percent} %`}
          {file.name !== '' && (
            <>
              {file.percent === percent ? ': ' : ', '}
              <bdi>{file.name}</bdi>
            </>
          )}
        </span>
      )}
    </div>
  )
}

const Facts = ({ run }: { readonly run: RunView }) => {
  const facts = useSteady(run, (overview) => {
    const last = overview.checkpoints.findLast(({ fault }) => fault === undefined)
    return {
      step: overview.step,
      totalSteps: overview.totalSteps,
      toGo: overview.timeToGoSeconds,
      fromMs: overview.range.fromMs,
      endedMs: overview.isLive ? undefined : overview.range.toMs,
      checkpoints: overview.checkpointCount,
      lastSize: last?.sizeBytes,
      beats: overview.beatCount,
      gaps: overview.gaps.length,
    }
  }).value
  return (
    <dl class="facts">
      {facts.step !== undefined && (
        <Fact name="Step">
          {countInWords(facts.step)}
          {facts.totalSteps !== undefined && <span class="muted"> of {countInWords(facts.totalSteps)}</span>}
        </Fact>
      )}
      {facts.endedMs === undefined && (
        <Fact name="Time to go">
          {facts.toGo === undefined ? (
            <span class="muted">not yet known</span>
          ) : (
            `about ${countdownInWords(facts.toGo * 1_000)}`
          )}
        </Fact>
      )}
      <Fact name={facts.endedMs === undefined ? 'Elapsed' : 'Took'}>
        {facts.endedMs === undefined ? (
          <Elapsed fromMs={facts.fromMs} />
        ) : (
          durationInWords(facts.endedMs - facts.fromMs)
        )}
      </Fact>
      <Fact name="Started">
        <Time ms={facts.fromMs} />
      </Fact>
      {facts.endedMs !== undefined && (
        <Fact name="Ended">
          <Time ms={facts.endedMs} beside={facts.fromMs} />
        </Fact>
      )}
      <Fact name="Checkpoints">
        {countInWords(facts.checkpoints)}
        {facts.lastSize !== undefined && <span class="muted"> · newest {sizeInWords(facts.lastSize)}</span>}
      </Fact>
      <Fact name="Heartbeats">
        {countInWords(facts.beats)}
        {facts.gaps > 0 && (
          <span class="tone-text-warn">
            {' '}
            · {countInWords(facts.gaps)} {facts.gaps === 1 ? 'gap' : 'gaps'}
          </span>
        )}
      </Fact>
    </dl>
  )
}

const Fact = ({ name, children }: { readonly name: string; readonly children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

const Elapsed = ({ fromMs }: { readonly fromMs: number }) => (
  <>{useComputed(() => countdownInWords(nowMs.value - fromMs))}</>
)

/** What the platform will do, and when; only the words of a countdown change with time. */
const Limits = ({ run }: { readonly run: RunView }) => {
  const facts = useSteady(run, ({ staleAtMs, maxRunEndsAtMs, begin, isLive, range }) => ({
    staleAtMs,
    maxRunEndsAtMs,
    limits: begin?.limits,
    endedMs: isLive ? undefined : range.toMs,
  }))
  const lines = useComputed(() => limitsOf(facts.value, nowMs.value))
  return lines.value.length === 0 ? null : (
    <ul class="limits">
      {lines.value.map(({ text, isNear }) => (
        <li key={text} class={isNear ? 'limits-near' : undefined}>
          {text}
        </li>
      ))}
    </ul>
  )
}

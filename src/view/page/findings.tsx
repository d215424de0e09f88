import type { FindingEntry } from '../../logbook/entry.ts'
import { momentMs, type RunView } from './looking.ts'
import { ScrollFrame } from './scroll-frame.tsx'
import { Time } from './time.tsx'
import { useSteady } from './use-steady.ts'

const words = { error: 'Error', warning: 'Warning', note: 'Note' } as const
const order = { error: 0, warning: 1, note: 2 } as const

/** Broken rules of the platform, the worst first, and the last words of a failed workload. */
export const Findings = ({ run }: { readonly run: RunView }) => {
  const { findings, errorLines, hasRules } = useSteady(run, (overview) => ({
    findings: overview.findings.toSorted((a, b) => order[a.severity] - order[b.severity]),
    errorLines: overview.errorLines,
    hasRules: overview.begin?.by === 'platform',
  })).value
  return (
    <>
      {findings.length === 0 ? (
        <p class="muted">
          {hasRules
            ? 'No rule of the platform was broken.'
            : 'None. The rules of the platform are checked by taskbeat emulate; this run told of itself.'}
        </p>
      ) : (
        <ul class="findings">
          {findings.map((finding, index) => (
            <Finding key={`${finding.id} ${index}`} run={run} finding={finding} />
          ))}
        </ul>
      )}
      {errorLines.length > 0 && (
        <>
          <h3>Last error lines</h3>
          <ScrollFrame class="error-lines" name="Last error lines">
            <pre>
              <bdi>{errorLines.join('\n')}</bdi>
            </pre>
          </ScrollFrame>
        </>
      )}
    </>
  )
}

const Finding = ({ run, finding }: { readonly run: RunView; readonly finding: FindingEntry }) => {
  const { t, id, severity, seen, platform, remedy } = finding
  return (
    <li class={`finding finding-${severity}`}>
      <h3>
        <SeverityShape severity={severity} />
        {words[severity]}: <bdi>{id}</bdi>
        {t !== undefined && (
          <button
            type="button"
            class="link"
            title="Show this moment in all parts"
            onClick={() => {
              momentMs.value = undefined
              momentMs.value = t
            }}
          >
            <Time ms={t} beside={run.overview.peek().range.fromMs} />
          </button>
        )}
      </h3>
      <p>{seen}</p>
      <dl>
        <dt>The platform</dt>
        <dd>{platform}</dd>
        <dt>Remedy</dt>
        <dd>{remedy}</dd>
      </dl>
    </li>
  )
}

const shapes = {
  note: 'M7 1a6 6 0 1 0 0 12A6 6 0 1 0 7 1z',
  warning: 'M7 1l6.5 12h-13z',
  error: 'M7 0l7 7-7 7-7-7z',
} as const

const SeverityShape = ({ severity }: Pick<FindingEntry, 'severity'>) => (
  <svg class="finding-shape" viewBox="0 0 14 14" width="12" height="12" aria-hidden="true">
    <path d={shapes[severity]} />
  </svg>
)

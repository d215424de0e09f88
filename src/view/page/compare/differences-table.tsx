import { useComputed } from '@preact/signals'
import type { RunView } from '../looking.ts'
import { ScrollFrame } from '../scroll-frame.tsx'
import { countInWords } from '../words.ts'
import { type Difference, differencesOf } from './differences.ts'
import { RunHead } from './facts-table.tsx'

/** How the runs were set up differently; what names the run itself is folded. */
export const DifferencesTable = ({ runs }: { readonly runs: readonly RunView[] }) => {
  const { different, own, same } = useComputed(() =>
    differencesOf(runs.map(({ overview }) => overview.value)),
  ).value
  const others = `The same in all runs: ${countInWords(same)} ${same === 1 ? 'setting' : 'settings'}.`
  return (
    <>
      {different.length > 0 && <Settings runs={runs} name="Settings that differ" rows={different} />}
      <p>
        {different.length === 0 && 'The runs were set up alike. '}
        {others}
      </p>
      {own.length > 0 && (
        <details class="curves-single">
          <summary>
            {own.length === 1 ? '1 setting names' : `${own.length} settings name`} the run itself
          </summary>
          <Settings runs={runs} name="Settings that name the run itself" rows={own} />
        </details>
      )}
    </>
  )
}

const Settings = ({
  runs,
  name,
  rows,
}: {
  readonly runs: readonly RunView[]
  readonly name: string
  readonly rows: readonly Difference[]
}) => (
  <ScrollFrame class="compare-scroll" name={name}>
    <table class="compare-table">
      <caption class="visually-hidden">{name}</caption>
      <RunHead runs={runs} first="Setting" />
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row">{row.name}</th>
            {runs.map((run, place) => (
              <td key={run.index}>{row.values[place] ?? <span class="curves-empty">not set</span>}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </ScrollFrame>
)

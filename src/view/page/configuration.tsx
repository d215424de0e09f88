import { useSignal } from '@preact/signals'
import type { BeginEntry, LoggedSetting } from '../../logbook/entry.ts'
import type { RunView } from './looking.ts'
import { matching } from './matching.ts'
import { ScrollFrame } from './scroll-frame.tsx'
import { useSteady } from './use-steady.ts'
import { countOf } from './words.ts'

/** How the run was set, and by what. */
export const Configuration = ({ run }: { readonly run: RunView }) => {
  const { begin, settings } = useSteady(run, (overview) => ({
    begin: overview.begin,
    settings: overview.settings,
  })).value
  return (
    <>
      {begin && <Identity begin={begin} />}
      {settings.length === 0 ? (
        <p class="muted">The settings of this run are not known.</p>
      ) : (
        <Settings settings={settings} />
      )}
    </>
  )
}

const Identity = ({ begin }: { readonly begin: BeginEntry }) => {
  const rows = [
    ['Command', begin.command],
    ['Task', begin.taskId],
    ['Run', begin.runId],
    ['Attempt', begin.attempt],
    ['Trace', begin.traceId],
    ['Told by', begin.by === 'platform' ? 'the platform (emulator)' : 'the task itself'],
  ] as const
  return (
    <dl class="identity">
      {rows.map(([name, value]) =>
        value === undefined || value === '' ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ),
      )}
    </dl>
  )
}

const Settings = ({ settings }: { readonly settings: readonly LoggedSetting[] }) => {
  const search = useSignal('')
  const isChangedOnly = useSignal(settings.some(({ from }) => from !== undefined))
  const shown = matching(settings, search.value, isChangedOnly.value)
  return (
    <>
      <div class="tools">
        <input
          type="search"
          aria-label="Search settings"
          placeholder="Search settings"
          value={search.value}
          onInput={(event) => {
            search.value = event.currentTarget.value
          }}
        />
        <label>
          <input
            type="checkbox"
            checked={isChangedOnly.value}
            onChange={(event) => {
              isChangedOnly.value = event.currentTarget.checked
            }}
          />
          Without defaults
        </label>
        <span class="muted" role="status">
          {countOf(shown.length, 'setting')} of {settings.length}
        </span>
      </div>
      {shown.length > 0 && (
        <ScrollFrame class="table-frame" name="Settings">
          <table class="cards settings">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Value</th>
                <th scope="col">From</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(({ name, value, from }) => (
                <tr key={name}>
                  <th scope="row">
                    <code>{name}</code>
                  </th>
                  <td data-name="Value">
                    <code>
                      <bdi>{value}</bdi>
                    </code>
                  </td>
                  <td data-name="From">
                    {from === undefined ? <span class="muted">default</span> : <code>{from}</code>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollFrame>
      )}
    </>
  )
}

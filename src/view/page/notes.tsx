import type { RunView } from './looking.ts'
import { useSteady } from './use-steady.ts'

/** What is not here, and why. */
export const Notes = ({ run }: { readonly run: RunView }) => {
  const notes = useSteady(run, (overview) => overview.notes).value
  return notes.length === 0 ? null : (
    <section id="notes" class="part" aria-labelledby="notes-heading">
      <h2 id="notes-heading" tabIndex={-1}>
        Notes
      </h2>
      <ul class="notes">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </section>
  )
}

import type { LoggedAttributes } from '../../../logbook/entry.ts'
import { harmless } from './harmless.ts'

/** Attributes as a table; nothing where there are none. */
export const Facts = ({
  caption,
  facts,
}: {
  readonly caption: string
  readonly facts: LoggedAttributes | undefined
}) => {
  const entries = Object.entries(facts ?? {})
  if (entries.length === 0) return null
  return (
    <table class="rows-facts">
      <caption>{caption}</caption>
      <tbody>
        {entries.map(([name, value]) => (
          <tr key={name}>
            <th scope="row" class="rows-text">
              {harmless(name)}
            </th>
            <td class="rows-text">{harmless(String(value))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

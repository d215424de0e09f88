import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { type Chart, groupTitles } from './charts-of.ts'

/** Charts that stand together, below a title by which they are opened and closed. */
export const ChartGroup = ({
  group,
  count,
  opens,
  children,
}: {
  readonly group: Chart['group']
  readonly count: number
  /** Whether it is open at first. */
  readonly opens: boolean
  readonly children: ComponentChildren
}) => {
  const isOpen = useSignal(opens)
  return (
    <details
      class="curves-section"
      open={isOpen.value}
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open
      }}
    >
      <summary>
        <h3>{groupTitles[group]}</h3> <span class="curves-count">{count}</span>
      </summary>
      {isOpen.value && children}
    </details>
  )
}

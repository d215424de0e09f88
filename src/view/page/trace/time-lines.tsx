import type { RefObject } from 'preact'
import type { Range } from '../../api.ts'
import { cursorMs, momentMs } from '../looking.ts'
import { percentOf } from './bar.ts'

const Line = ({ percent, look }: { readonly percent: number; readonly look: string }) =>
  percent < 0 || percent > 100 ? null : <div class={`trace-line ${look}`} style={{ left: `${percent}%` }} />

/** The moment and the cursor as lines over the bars; draws itself anew when they move, and nothing else. */
export const TimeLines = ({
  shown,
  axis,
}: {
  readonly shown: Range
  readonly axis: RefObject<HTMLDivElement | null>
}) => (
  <div class="trace-lines" aria-hidden="true">
    <div ref={axis} class="trace-lines-axis">
      {momentMs.value !== undefined && <Line percent={percentOf(shown, momentMs.value)} look="is-moment" />}
      {cursorMs.value !== undefined && <Line percent={percentOf(shown, cursorMs.value)} look="is-cursor" />}
    </div>
  </div>
)

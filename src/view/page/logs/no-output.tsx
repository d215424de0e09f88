import { PlatformAlone } from '../platform-alone.tsx'

/** How to have the output here the next time. */
export const Captured = () => (
  <p class="muted logs-captured">
    The command's output went to the terminal only. To have it here, start the run with <code>--ui</code> or{' '}
    <code>--logs</code> (<code>TASKBEAT_LOGS=true</code>).
  </p>
)

/** There is no line at all. */
export const NoOutput = ({
  isLive,
  isCaptured,
  isAlone,
}: {
  readonly isLive: boolean
  readonly isCaptured: boolean
  readonly isAlone: boolean
}) => {
  if (isAlone) return <PlatformAlone what="logs" />
  if (!isCaptured) return null
  return <p class="rows-empty">{isLive ? 'Nothing has been written yet.' : 'Nothing was written.'}</p>
}

import { clockTime, dateAndTime, timeBeside, utcTime } from './words.ts'

interface TimeProps {
  readonly ms: number
  /** Shown with its date where that is another than this one's; absent: always with its date. */
  readonly beside?: number
  readonly isShort?: boolean
}

/** A local time, in UTC for whoever points at it. */
export const Time = ({ ms, beside, isShort = false }: TimeProps) => {
  const isValid = !Number.isNaN(new Date(ms).getTime())
  const text = isShort ? clockTime(ms) : beside === undefined ? dateAndTime(ms) : timeBeside(ms, beside)
  return (
    <time dateTime={isValid ? new Date(ms).toISOString() : undefined} title={utcTime(ms)}>
      {text}
    </time>
  )
}

import { type Clock, systemClock } from '../../clock.ts'
import { type ChildEvent, type DecodedLine, decodeLine, type LineRefusal } from './decode.ts'
import { openGrowingFile } from './growing-file.ts'
import { type BytesRefusal, createLineCutter } from './lines.ts'

/**
 * Why something was not used: a line was too long, had bytes that are no text, or said nothing that is known; a last
 * line never ended; or `field`, one field of a line of which the rest was used.
 */
export type Refusal = LineRefusal | BytesRefusal | 'unfinished' | 'field'

export interface ChildEventCounts {
  /** Lines. */
  readonly used: number
  readonly refused: Readonly<Record<Refusal, number>>
  /** Times that the file was truncated, rewritten or replaced, and read from its beginning. */
  readonly restarts: number
}

export interface ChildEvents {
  /**
   * Reads everything that is there now. A last line that is complete but for its newline counts. Never rejects.
   */
  readonly drain: () => Promise<void>
  /** Ends it; what was not read stays unread. */
  readonly close: () => void
  readonly counts: () => ChildEventCounts
}

export interface ChildEventsOptions {
  /** The file; it need not be there yet. */
  readonly path: string
  readonly clock?: Clock
  readonly emit: (event: ChildEvent) => void
  /** Time from one look to the next; four times as long where nothing has come for 20 looks. @default 250 */
  readonly pollMs?: number
  /** Told when the file cannot be read; once, until it can be again. */
  readonly onTrouble?: (error: unknown) => void
}

/** Looks without news after which it looks less often: to look costs more than anything else here in a quiet hour. */
const patientLooks = 20
const patience = 4

/**
 * Follows an append-only file of JSON lines that child processes write to, from its beginning.
 *
 * Only one read is under way at a time, of at most 256 KiB, in 1.25 MiB of memory. Looking does not keep the process
 * alive.
 *
 * @see docs/child-events.md
 */
export const followChildEvents = (options: ChildEventsOptions): ChildEvents => {
  const { path, clock = systemClock, emit, pollMs = 250, onTrouble = () => {} } = options
  const refused: Record<Refusal, number> = {
    'too-long': 0,
    'not-utf8': 0,
    'has-nul': 0,
    'not-json': 0,
    'not-an-object': 0,
    'unknown-type': 0,
    incomplete: 0,
    unfinished: 0,
    field: 0,
  }
  let used = 0
  let restarts = 0
  let isInTrouble = false
  let quietLooks = 0
  let isClosed = false
  let cancel = () => {}

  const count = (decoded: DecodedLine) => {
    if (!decoded.ok) {
      refused[decoded.reason] += 1
      return
    }
    used += 1
    refused.field += decoded.badFields
    for (const event of decoded.events) emit(event)
  }

  const lines = createLineCutter({
    line: (text) => {
      const decoded = decodeLine(text, clock.now())
      if (decoded.ok || text.trim() !== '') count(decoded)
    },
    refuse: (reason) => {
      refused[reason] += 1
    },
  })

  const useRest = () => {
    const rest = lines.rest()
    const decoded = rest === undefined ? undefined : decodeLine(rest, clock.now())
    if (!decoded?.ok) return
    lines.forgetRest()
    count(decoded)
  }

  const file = openGrowingFile(path, {
    room: lines.room,
    take: (count) => {
      quietLooks = 0
      lines.take(count)
    },
    restarted: () => {
      restarts += 1
      useRest()
      if (lines.hasRest()) refused.unfinished += 1
      lines.forgetRest()
    },
  })

  const look = async (isLast: boolean) => {
    if (isClosed) return
    quietLooks += 1
    try {
      await file.catchUp()
      if (isLast) useRest()
      isInTrouble = false
    } catch (error) {
      if (!isInTrouble) onTrouble(error)
      isInTrouble = true
    }
  }

  let underWay: Promise<void> = Promise.resolve()
  const lookNext = ({ isLast }: { readonly isLast: boolean }) => {
    underWay = underWay.then(() => look(isLast))
    return underWay
  }

  const wait = () => {
    if (isClosed) return
    const delayMs = quietLooks > patientLooks ? patience * pollMs : pollMs
    cancel = clock.after(delayMs, () => void lookNext({ isLast: false }).then(wait))
  }
  wait()

  return {
    drain: () => lookNext({ isLast: true }),
    close: () => {
      isClosed = true
      cancel()
      file.close().catch(() => {})
    },
    counts: () => ({
      used,
      refused: { ...refused, unfinished: refused.unfinished + (lines.hasRest() ? 1 : 0) },
      restarts,
    }),
  }
}

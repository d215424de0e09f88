import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { type Clock, systemClock } from '../../clock.ts'
import type { ProgressEvent } from '../../workload-events.ts'
import { readMetricsDocument } from './metrics-document.ts'

/** A larger file is no metrics file: a mistake in the path, or one that is only ever appended to. */
const mostBytes = 1024 * 1024
/** File systems round the time of a write, some to two seconds. */
const roundingMs = 2000

export interface FollowMetricsFileOptions {
  /** A link is followed, wherever it leads by then. */
  readonly path: string
  readonly emit: (event: ProgressEvent) => void
  /** @default 1000 */
  readonly pollMs?: number
  /** Told once of each kind of trouble; the file is read on all the same. */
  readonly onTrouble?: (message: string) => void
  /** A file that was last written before is an earlier run's, and nothing is read until it is written again. @default the start of this process */
  readonly startedAt?: Date
  readonly clock?: Clock
}

export interface MetricsFileFollower {
  /** Reads once more, as when the training has ended; resolves when what that says is emitted. */
  readonly drain: () => Promise<void>
  /** Nothing is emitted after it. */
  readonly close: () => void
}

/** What a look at the file found. */
type Look =
  | { readonly kind: 'text'; readonly text: string; readonly writtenAt: Date }
  | { readonly kind: 'missing' }
  | { readonly kind: 'trouble'; readonly trouble: string }

const trouble = (message: string): Look => ({ kind: 'trouble', trouble: message })

/** The text of the file, whatever is there in its place. Never waits for another program, as opening a pipe would. */
const look = async (path: string): Promise<Look> => {
  try {
    // before it is opened: opening a device may do something, opening a pipe may end who writes it
    if (!(await stat(path)).isFile()) return trouble('is no regular file')
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = await file.stat()
    if (!stats.isFile()) return trouble('is no regular file')
    const buffer = Buffer.allocUnsafe(Math.min(stats.size, mostBytes) + 1)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0)
    if (bytesRead > mostBytes) return trouble('is larger than 1 MiB')
    return { kind: 'text', text: buffer.toString('utf8', 0, bytesRead), writtenAt: stats.mtime }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    return code === 'ENOENT' ? { kind: 'missing' } : trouble(`cannot be read (${code})`)
  }
}

/** A text for each event, by which two can be told apart, also where one has NaN. */
const keyOf = (event: ProgressEvent) =>
  JSON.stringify(event, (_, value) => (typeof value === 'number' ? String(value) : value))

/**
 * Follows a JSON file that a training rewrites, in place or as a whole, and emits what it says of the progress, each
 * time that has changed: a new time stamp alone is no news.
 *
 * A look that finds the file half-written is made up for by the next one.
 */
export const followMetricsFile = (options: FollowMetricsFileOptions): MetricsFileFollower => {
  const { path, emit, pollMs = 1000, onTrouble = () => {}, clock = systemClock } = options
  const { startedAt = new Date(performance.timeOrigin) } = options
  const told = new Set<string>()
  let isClosed = false
  let wasThere = false
  let lastKey = ''
  let lastBroken: string | undefined
  let cancel = () => {}

  const tell = (message: string) => {
    if (told.has(message)) return
    told.add(message)
    onTrouble(`metrics file ${path} ${message}`)
  }

  const readText = (text: string, isLast: boolean) => {
    const { event, troubles, isDocument } = readMetricsDocument(text)
    // what is being written is whole at the next look
    if (!isDocument && text !== lastBroken && !isLast) lastBroken = text
    else for (const message of troubles) tell(message)
    if (!event || keyOf(event) === lastKey) return
    lastKey = keyOf(event)
    emit(event)
  }

  const readOnce = async (isLast: boolean) => {
    const found = await look(path)
    if (isClosed) return
    if (found.kind === 'missing') {
      if (isLast && !wasThere) tell('was never there')
      return
    }
    wasThere = true
    if (found.kind === 'trouble') tell(found.trouble)
    else if (found.writtenAt.getTime() + roundingMs >= startedAt.getTime()) readText(found.text, isLast)
    else if (isLast) tell('was never written')
  }

  let underWay = Promise.resolve()
  const read = (isLast = false) => {
    underWay = underWay.then(() => (isClosed ? undefined : readOnce(isLast)))
    return underWay
  }
  const turn = async () => {
    await read()
    if (!isClosed) cancel = clock.after(pollMs, () => void turn())
  }
  void turn()
  return {
    drain: () => read(true),
    close: () => {
      isClosed = true
      cancel()
    },
  }
}

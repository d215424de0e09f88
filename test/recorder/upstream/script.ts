/** What a job may throw: an error of a class that is called `type`; with the type `abort`, the wish to end it. */
export interface Thrown {
  readonly type: string
  readonly message: string
  readonly cause?: Thrown
}

/** Attributes as JSON has them: `{ number: 'NaN' }` for what it has no word for. */
export type Given = Readonly<Record<string, unknown>>

export interface Open {
  readonly do: 'open'
  /** Their names; `file` is one that writes a file. */
  readonly exporters: readonly string[]
  readonly allow?: readonly string[]
  readonly deny?: readonly string[]
  /** The exporter that does not initialize. */
  readonly broken?: string
  readonly isQuiet?: boolean
  readonly isOff?: boolean
}

export interface Start {
  readonly do: 'start'
  readonly span: string
  /** Absent: whatever the recorder takes then. */
  readonly parent?: string
  readonly attributes?: Given
  readonly startEventAttributes?: Given
  readonly secondsAgo?: number
}

export interface Timed {
  readonly do: 'timed'
  readonly span: string
  readonly attributes?: Given
  readonly startEventAttributes?: Given
  readonly body: readonly Action[]
  /** What the body threw goes on to the body around. */
  readonly isThrownOn?: boolean
}

export interface Stop {
  readonly do: 'stop'
  readonly span: string
  readonly attributes?: Given
  readonly secondsAgo?: number
}

export interface Tell {
  readonly do: 'event'
  readonly span: string
  readonly name: string
  readonly attributes?: Given
  readonly secondsAgo?: number
  /** Notes what was added to the attributes, which are the caller's. */
  readonly isWatched?: boolean
}

/** One step of the script, which `record.py` plays too. A span that nobody started is a text in its place. */
export type Action =
  | Open
  | Start
  | Timed
  | Stop
  | Tell
  | { readonly do: 'error'; readonly span: string; readonly message: string; readonly exception?: Thrown }
  | { readonly do: 'set'; readonly span: string; readonly attributes: Given }
  /** Notes what a span says of itself. */
  | { readonly do: 'look'; readonly span: string }
  | { readonly do: 'dataError'; readonly message: string; readonly attributes?: Given }
  /** So many of the next calls of an exporter fail. */
  | { readonly do: 'fail'; readonly exporter: string; readonly calls: number }
  | { readonly do: 'pause'; readonly seconds: number }
  | ({ readonly do: 'throw' } & Thrown)
  /** In turns, an action of each. */
  | { readonly do: 'together'; readonly branches: readonly (readonly Action[])[] }
  | { readonly do: 'close' }

export interface Scene {
  readonly scene: string
  readonly actions: readonly Action[]
}

const innerOf = (action: Action): readonly (readonly Action[])[] => {
  if (action.do === 'timed') return [action.body]
  return action.do === 'together' ? action.branches : []
}

/** An id for each action: its scene, what it does to what, and, from the second one that is alike, a number. */
export const idsOf = (scenes: readonly Scene[]): ReadonlyMap<Action, string> => {
  const ids = new Map<Action, string>()
  for (const { scene, actions } of scenes) {
    const seen = new Map<string, number>()
    const identify = (action: Action) => {
      const { span, exporter, type } = action as { span?: string; exporter?: string; type?: string }
      const what = `${scene}: ${action.do} ${span ?? exporter ?? type ?? ''}`.trim()
      const count = (seen.get(what) ?? 0) + 1
      seen.set(what, count)
      ids.set(action, count === 1 ? what : `${what} (${count})`)
      for (const inner of innerOf(action)) inner.forEach(identify)
    }
    actions.forEach(identify)
  }
  return ids
}

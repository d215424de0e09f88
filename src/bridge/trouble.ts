/** How loud something is told; `LOG_LEVEL` chooses from where on. */
export type Level = 'debug' | 'info' | 'warn' | 'error'

/**
 * Every kind of trouble, and how loud it is: an error keeps the whole file from being used, a warning a part of it. What
 * is told for debugging may be as it should be.
 */
export const troubleLevels = {
  unreadable: 'error',
  'not-a-file': 'error',
  'too-large': 'error',
  'not-json': 'warn',
  'not-an-object': 'warn',
  field: 'warn',
  'not-finite': 'warn',
  'too-many-fields': 'warn',
  time: 'warn',
  state: 'warn',
  watch: 'info',
  'missing-field': 'debug',
  'unknown-field': 'debug',
} as const satisfies Readonly<Record<string, Level>>

export type TroubleKind = keyof typeof troubleLevels

export interface Trouble {
  readonly kind: TroubleKind
  /** For people. The same trouble is the same message: nothing in it changes with every record. */
  readonly message: string
  /** Put behind the message where that is told; it may be another each time. */
  readonly example?: string
}

/** A bound for what a file that changes its mind all the time can have us say. */
const mostMessages = 200

/** Tells each trouble once in the life of the bridge; answers whether this was the time. */
export const createTeller = (
  tell: (level: Level, message: string) => void,
): ((trouble: Trouble) => boolean) => {
  const told = new Set<string>()
  return ({ kind, message, example }) => {
    if (told.has(message) || told.size >= mostMessages) return false
    told.add(message)
    tell(troubleLevels[kind], example === undefined ? message : `${message}, such as ${example}`)
    return true
  }
}

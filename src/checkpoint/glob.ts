/**
 * Patterns for paths below a directory, matched one part of the path at a time, so that whoever walks a tree knows
 * where not to go.
 *
 * As in a shell: `*` and `?` stop at a slash and do not begin a hidden name, `[abc]`, `[a-z]`, `[!abc]`, `{a,b}`,
 * `**` for any number of directories, a slash at the end for directories alone. No extended patterns such as `+(a)`,
 * no backslashes: `[*]` is a star.
 */

/** One part of a pattern: any number of directories, or the names of one level. */
export type Segment = { readonly kind: 'any-depth' } | { readonly kind: 'name'; readonly regex: RegExp }

export interface Glob {
  /** At least one. */
  readonly segments: readonly Segment[]
  readonly directoriesOnly: boolean
}

/** Alternatives multiply: beyond it a pattern is a mistake. */
const mostAlternatives = 1_000

/** Where the brace at `start` closes, and the commas that belong to it. */
const readBraces = (text: string, start: number): { end: number; commas: readonly number[] } | undefined => {
  const commas: number[] = []
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1
    else if (text[at] === '}') depth -= 1
    else if (text[at] === ',' && depth === 1) commas.push(at)
    if (depth === 0) return { end: at, commas }
  }
  return undefined
}

/** `a{b,c}` → `ab`, `ac`; braces without a comma, or without an end, stand for themselves. Too many: undefined. */
const expandBraces = (text: string): readonly string[] | undefined => {
  const done: string[] = []
  const todo: { readonly text: string; readonly from: number }[] = [{ text, from: 0 }]
  for (let next = todo.pop(); next; next = todo.pop()) {
    if (done.length + todo.length > mostAlternatives) return undefined
    const { text: left } = next
    const start = left.indexOf('{', next.from)
    const braces = start < 0 ? undefined : readBraces(left, start)
    if (start < 0) {
      done.push(left)
    } else if (braces === undefined || braces.commas.length === 0) {
      todo.push({ text: left, from: start + 1 })
    } else {
      const cuts = [start, ...braces.commas, braces.end]
      for (let index = cuts.length - 1; index > 0; index -= 1) {
        const choice = left.slice((cuts[index - 1] ?? 0) + 1, cuts[index])
        todo.push({
          text: left.slice(0, start) + choice + left.slice(braces.end + 1),
          from: start,
        })
      }
    }
  }
  return done
}

/** The class that begins at `start`, as a regular expression has it, or undefined if it never ends. */
const readClass = (text: string, start: number): { source: string; end: number } | undefined => {
  const isNegated = text[start + 1] === '!' || text[start + 1] === '^'
  const first = start + (isNegated ? 2 : 1)
  // a bracket that comes first is one of the characters
  const end = text.indexOf(']', first + 1)
  if (end < 0) return undefined
  const characters = text.slice(first, end).replaceAll(/[\\\][^]/g, '\\$&')
  return { source: `[${isNegated ? '^' : ''}${characters}]`, end }
}

const compileName = (text: string): RegExp => {
  // a hidden name is meant only where the pattern says so
  let source = /^[*?[]/.test(text) ? '(?!\\.)' : ''
  for (let at = 0; at < text.length; at += 1) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
    const found = character === '[' ? readClass(text, at) : undefined
    if (found) {
      source += found.source
      at = found.end
    } else if (character === '*') {
      if (text[at + 1] !== '*') source += '.*'
    } else {
      source += character === '?' ? '.' : RegExp.escape(character)
      at += character.length - 1
    }
  }
  return new RegExp(`^${source}$`, 'su')
}

const splitParts = (text: string) => text.split('/').filter((part) => part !== '' && part !== '.')

const compileOne = (text: string): Glob => ({
  directoriesOnly: text.endsWith('/'),
  segments: splitParts(text).map((part) =>
    part === '**' ? { kind: 'any-depth' } : { kind: 'name', regex: compileName(part) },
  ),
})

/** Why a pattern cannot be used, or undefined if it can. */
const checkPattern = (glob: string): string | undefined => {
  if (glob.includes('\0')) return 'must not hold NUL'
  if (glob.includes('\\')) return 'must not hold a backslash; write [*] for a star'
  const alternatives = expandBraces(glob)
  if (alternatives === undefined) return `stands for more than ${mostAlternatives} patterns`
  for (const text of alternatives) {
    const parts = splitParts(text)
    if (text.startsWith('/')) return 'must be relative'
    if (parts.length === 0) return 'names nothing'
    if (parts.includes('..')) return 'must not hold ..'
    try {
      compileOne(text)
    } catch {
      return 'holds a range of characters in the wrong order'
    }
  }
  return undefined
}

/**
 * Why a pattern for checkpoints cannot be used, as a sentence for people; undefined if it can.
 *
 * A pattern stays below the results directory: it is relative, without `..`, and not about `.taskbeat`.
 */
export const checkGlob = (glob: string): string | undefined => {
  const fault =
    checkPattern(glob) ?? (splitParts(glob)[0] === '.taskbeat' ? "is about taskbeat's own files" : undefined)
  return (
    fault &&
    `the pattern ${JSON.stringify(glob)} ${fault}; give one below the results directory, such as checkpoint-*`
  )
}

/** Why a path or pattern inside of a checkpoint cannot be used; undefined if it can. */
export const checkInnerGlob = (glob: string): string | undefined => {
  const fault = checkPattern(glob)
  return (
    fault && `the marker ${JSON.stringify(glob)} ${fault}; give a file in the checkpoint, such as done.txt`
  )
}

/** Compiles a pattern that was found usable; braces make several of one. */
export const compileGlob = (glob: string): readonly Glob[] => (expandBraces(glob) ?? []).map(compileOne)

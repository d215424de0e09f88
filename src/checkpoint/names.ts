/** The platform's rule for names, with ours: `progress/contract/writing-rules.ts`, which a test holds against it. */
const validName = /^(?!\.{1,2}$)[a-zA-Z0-9!_\-.*'()]{1,190}$/

/** Whether the platform takes a directory of this name. */
export const isValidName = (name: string): boolean => validName.test(name)

/** A directory that taskbeat itself makes at the end. */
export const isSummaryName = (name: string): boolean => /^summary(-\d+)?$/.test(name)

/** Longest name before a number is put behind it. */
const longestBase = 170

const cleaned = (text: string): string => {
  const name = text
    .replaceAll(/[^a-zA-Z0-9!_\-.*'()]+/g, '_')
    .replace(/^\.+/, '')
    .slice(0, longestBase)
  return name === '' ? 'checkpoint' : name
}

const extension = /\.[a-z]{1,11}$/i

/**
 * Names for the copy of a checkpoint, best first, without end: its own name with what the platform refuses replaced;
 * with the directories above, one after another; without its extension; with a number.
 *
 * @param source - path below the results directory
 */
export function* copyNames(source: string): Generator<string> {
  const parts = source.split('/')
  for (let count = 1; count <= parts.length; count += 1) yield cleaned(parts.slice(-count).join('-'))
  const own = cleaned(parts.at(-1) ?? '')
  if (extension.test(own)) yield cleaned(own.replace(extension, ''))
  yield* versionNames(own, 2)
}

/** `name-2`, `name-3` and so on. */
export function* versionNames(name: string, from: number): Generator<string> {
  for (let count = from; ; count += 1) yield `${name.slice(0, longestBase)}-${count}`
}

/**
 * Whether a name is one that trainings write again and again: `last.ckpt`, `last-v1.ckpt`, `checkpoint_best.pt`, but
 * not `best-epoch=3.ckpt`.
 */
export const isRewrittenName = (name: string): boolean =>
  /(^|[-_.])(last|latest|best|current)([-_.]|$)/i.test(name) && !/\d/.test(name.replace(/-v\d+(?=\.|$)/, ''))

const stepForms: readonly RegExp[] = [
  /(?:^|[^a-z])(?:global_?step|step|iteration|iter)s?[-_=]?(\d+)/i,
  /(?:^|[^a-z])(?:checkpoint|ckpt)[-_=]?(\d+)/i,
  /^(\d+)$/,
]

const stepOfName = (name: string): number | undefined => {
  for (const form of stepForms) {
    const step = Number(form.exec(name)?.[1] ?? Number.NaN)
    if (Number.isSafeInteger(step)) return step
  }
  return undefined
}

/** The step that a path tells: `checkpoint-500`, `epoch=1-step=20.ckpt`, `iter_0000500/model`, `global_step500`. */
export const stepOf = (source: string): number | undefined => {
  for (const name of source.split('/').toReversed()) {
    const step = stepOfName(name)
    if (step !== undefined) return step
  }
  return undefined
}

const collator = new Intl.Collator('en', { numeric: true })

/** Orders names as people do: `checkpoint-9` before `checkpoint-10`. */
export const compareNaturally = (a: string, b: string): number =>
  collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0)

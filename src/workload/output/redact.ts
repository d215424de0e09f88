import { secretValues } from './secret-values.ts'

const HIDDEN = '[redacted]'

interface Rule {
  readonly pattern: RegExp
  readonly replace: (match: string, ...groups: (string | undefined)[]) => string
}

/** A rule that keeps what its first group took: the name before a value. */
const afterName = (pattern: RegExp): Rule => ({ pattern, replace: (_, name = '') => `${name}${HIDDEN}` })
const whole = (pattern: RegExp): Rule => ({ pattern, replace: () => HIDDEN })

/** Names whose value is a secret, whatever it looks like. */
const sureNames =
  'pass(?:word|wd|phrase)|secret|credentials?|(?:api|access|private|secret|account|signing|encryption|subscription)[-_]?key'

/** A name of at most 64 characters that ends so, its closing quote if it has one (escaped, in JSON within JSON). */
const named = (names: string) => `(?<![\\w.-])[\\w.-]{0,64}(?:${names})(?:\\\\?["'])?`

/** Values that say that there is none. */
const noValue = `(?!(?:none|null|nil|true|false|undefined|empty|unset|str|string)(?![\\w-])|\\[redacted)`

const value = `${noValue}(?:\\\\?"[^"\\\\]*\\\\?"|'[^']*'|[^\\s"',;&)}\\]]+)`

/** A value that is long, and more than a number: tokens are also what language models count. */
const tokenValue = (length: number) =>
  `\\\\?["']?(?=[\\w.~+/-]{0,200}[A-Za-z])(?!\\[)[\\w.~+/-]{${length},}=*\\\\?["']?`

/** Keeps the quotes of a value, so that JSON stays JSON. */
const hideValue: Rule['replace'] = (match, name = '') => {
  const [quote = ''] = /^\\?["']?/.exec(match.slice(name.length)) ?? []
  return `${name}${quote}${HIDDEN}${quote !== '' && match.endsWith(quote) ? quote : ''}`
}

const secretParameter =
  /token|secret|passw|signature|api[-_]?key|access[-_]?key|credential|^(?:auth|sig|key|pwd|code)$/i

const rules: readonly Rule[] = [
  whole(
    /-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  ),
  // a line of the body of such a key, which is printed line by line
  {
    pattern: /(?<!\S)(?:[A-Za-z0-9+/=]{64}|[A-Za-z0-9+/=]{70}|[A-Za-z0-9+/=]{76})(?!\S)/g,
    replace: (line) => (/[a-z]/.test(line) && /[A-Z]/.test(line) && /\d/.test(line) ? HIDDEN : line),
  },
  afterName(/(:\/\/)[^\s/?#"'<>]{1,1024}@/g),
  {
    pattern: /([?&;]([\w.~-]{1,64})=)[^\s&"'<>#;]+/g,
    replace: (match, start = '', name = '') => (secretParameter.test(name) ? `${start}${HIDDEN}` : match),
  },
  afterName(
    /(\bauthorization(?:\\?["'])?\s{0,8}[:=]\s{0,8}\\?["']?)(?:(?:bearer|basic|digest|token|apikey|negotiate)(?:\s{1,8}|%20))?(?!\[redacted)[^\s"',;\\]+/gi,
  ),
  afterName(/(\bbearer(?:\s{1,8}|%20))(?!(?:tokens?|auth\w*|scheme)\b|\[)[\w.~+/=-]{6,}/gi),
  afterName(
    /(\b(?:wandb[ _-]?(?:api[ _-]?)?(?:key|login)|api[ _-]?key)[^\n]{0,40}?)(?<!\w)[0-9a-f]{40}(?!\w)/gi,
  ),
  { pattern: new RegExp(`(${named(sureNames)}\\s{0,8}[:=]\\s{0,8})${value}`, 'gi'), replace: hideValue },
  {
    pattern: new RegExp(`((?<![\\w-])--?[\\w-]{0,64}(?:${sureNames})\\s{1,8})(?!-)${value}`, 'gi'),
    replace: hideValue,
  },
  {
    pattern: new RegExp(
      `(${named('(?:access|auth|api|refresh|id|session|security|bearer|hf|hub|github|gitlab|private)[-_]?token')}\\s{0,8}[:=]\\s{0,8})${tokenValue(8)}`,
      'gi',
    ),
    replace: hideValue,
  },
  {
    pattern: new RegExp(`(${named('token')}(?:\\s{0,8}[:=]\\s{0,8}))${tokenValue(12)}`, 'gi'),
    replace: hideValue,
  },
  {
    pattern: new RegExp(`((?<![\\w-])--?[\\w-]{0,64}token\\s{1,8})(?!-)${tokenValue(8)}`, 'gi'),
    replace: hideValue,
  },
  whole(
    /(?<![\w-])(?:nvapi-[\w-]{16,}|sk-(?=[\w-]{0,200}\d)[\w-]{16,}|hf_[A-Za-z0-9]{20,}|gh[oprsu]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|A[KS]IA[A-Z0-9]{16}(?!\w)|xox[a-z]-[\w-]{10,}|glpat-[\w-]{16,}|npm_[A-Za-z0-9]{30,}|AIza[\w-]{35}|eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]+)?)/g,
  ),
]

/** Without any of these, no rule can match. */
const suspicious =
  /-----BEGIN|:\/\/[^\s/?#"'<>]{0,1024}@|[?&;][\w.~-]{1,64}=|authorization|bearer|pass(?:word|wd|phrase)|secret|credential|[_-]?key\b|wandb[ _-]login|token["'\\\s:=]|nvapi-|\bsk-|\bhf_|\bgh[oprsu]_|github_pat_|\bA[KS]IA|\bxox|glpat-|npm_|AIza|eyJ/i

/** Apart from the others, because that is faster. */
const keyBody = /(?<![A-Za-z0-9+/=])[A-Za-z0-9+/=]{64}/

const escapeForRegExp = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/**
 * Hides what looks like a secret in a text: keys of known forms, values of what is named like one, users and passwords
 * in URLs, and the values of variables of the environment that are named like secrets (of at least 6 characters).
 *
 * It hides too much rather than too little, but it cannot know every secret.
 */
export const createRedactor = (
  environment: Readonly<Record<string, string | undefined>>,
): ((text: string) => string) => {
  const values = secretValues(environment)
  const known = values.length > 0 ? new RegExp(values.map(escapeForRegExp).join('|'), 'g') : undefined
  return (text) => {
    const shown = known === undefined ? text : text.replace(known, HIDDEN)
    if (!suspicious.test(shown) && !keyBody.test(shown)) return shown
    return rules.reduce((rest, { pattern, replace }) => rest.replace(pattern, replace), shown)
  }
}

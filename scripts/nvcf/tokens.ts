/**
 * Tokens of known forms, wherever they stand in a text. The forms are those that `taskbeat run` hides in output
 * (src/workload/output/redact.ts); hiding is not enough here, as what the file says is stored and shown by the platform.
 */
const within =
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY|(?<![A-Za-z0-9])(?:nvapi-[\w-]{16,}|hf_[A-Za-z0-9]{20,}|gh[oprsu]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])|xox[a-z]-[\w-]{10,}|glpat-[\w-]{16,}|npm_[A-Za-z0-9]{30,}|AIza[\w-]{35}|eyJ[\w-]{8,}\.[\w-]{8,})|(?<![\w-])sk-(?=[\w-]{0,200}\d)[\w-]{16,}/

/** A text that is nothing else may be shorter: cut off, or made up. */
const alone = /^(?:nvapi-|github_pat_|glpat-|xox[a-z]-)\S+$/

/** The same where tokens are at home, among secrets and variables: elsewhere `hf_llama32` is a name like another. */
const atHome = /^(?:hf_|gh[oprsu]_)(?=\S*\d)[A-Za-z0-9]{8,}$|^A[KS]IA[A-Z0-9]{8,}$/

const isToken = (text: string, isAtHome: boolean) =>
  within.test(text) || alone.test(text.trim()) || (isAtHome && atHome.test(text.trim()))

/** A message without the tokens that it may quote. */
export const withoutTokens = (message: string): string =>
  message
    .split(/(\s+)/)
    .map((word) => (isToken(word.replaceAll(/^\W+|\W+$/g, ''), true) ? '…' : word))
    .join('')

const pathsOf = (value: unknown, path: readonly string[], parents: readonly unknown[]): readonly string[] => {
  const here = path.join('.') || 'the file'
  const isAtHome = path.some((name) => name === 'secrets' || name === 'env')
  if (typeof value === 'string') return isToken(value, isAtHome) ? [here] : []
  // YAML's aliases can make a value its own part
  if (typeof value !== 'object' || value === null || parents.includes(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(isToken(key, isAtHome) ? [`a name in ${here}`] : []),
    ...pathsOf(inner, [...path, isToken(key, isAtHome) ? '…' : key], [...parents, value]),
  ])
}

/** A fault for each place of a file's content that has a token, which is not shown. */
export const tokenFaults = (content: unknown): readonly string[] =>
  pathsOf(content, [], []).map(
    (place) =>
      `${place} has what looks like a token, which is not shown here, but accepted is none in this file: give secrets a name, as in {name: huggingface-token, env: HF_TOKEN}; the value comes from that environment variable`,
  )

import { hideSecretMembers } from '../settings/hide-secrets.ts'

/** What tokens of well-known services begin with: too short a one is a secret too, when it stands in the wrong place. */
const token =
  /(?<![\w-])(?:nvapi-|sk-|hf_|gh[oprsu]_|github_pat_|glpat-|npm_|xox[a-z]-|A[KS]IA|AIza|eyJ)[^\s'",;]{4,}/g

/** A message about a wrong value, without what looks like a secret in the value. */
export const hideInProblem = (message: string): string => {
  const [, start, value = '', end = ''] = /^(.*? is ')(.*)(', but accepted is .*)$/s.exec(message) ?? []
  const shown = start === undefined ? message : `${start}${hideSecretMembers(value)}${end}`
  return shown.replace(token, '[redacted]')
}

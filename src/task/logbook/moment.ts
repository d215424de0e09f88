import type { MomentEntry } from '../../logbook/entry.ts'

/** More of one is not read. */
const longestText = 500

/** Something for people to know, not too long. */
export const momentOf = (t: number, severity: MomentEntry['severity'], text: string): MomentEntry => ({
  ...{ k: 'moment', t, severity },
  text: text.length <= longestText ? text : `${text.slice(0, longestText)}…`,
})

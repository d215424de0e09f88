import { expect, it } from 'vitest'
import { documentText, isUnfinished } from '../../src/progress/first-write.ts'

const at = (time: string) =>
  documentText('t-1', { percentComplete: 10, name: 'a', metadata: {} }, new Date(`2026-11-20T${time}Z`))
const current = at('10:00:00')

it.each([
  { what: 'nothing', text: '', is: true },
  { what: 'half a document', text: current.slice(0, 30), is: true },
  { what: 'a document that was never put in place', text: at('10:01:00'), is: true },
  { what: 'a copy of the file', text: current, is: false },
  { what: 'a copy of an earlier file', text: at('09:00:00'), is: false },
  { what: 'a text of somebody else', text: 'notes of 1 January', is: false },
  { what: 'JSON of somebody else', text: '{"a":1}', is: false },
])('$what beside the progress file is an unfinished write: $is', ({ text, is }) => {
  expect(isUnfinished(text, current)).toBe(is)
})

it('a whole document stays where the progress file is lost', () => {
  expect(isUnfinished(current, undefined)).toBe(false)
})

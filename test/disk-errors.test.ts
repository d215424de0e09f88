import { expect, it } from 'vitest'
import { cannotWrite } from '../src/disk-errors.ts'

it.each([
  {
    what: 'nothing that the error names: what was to be written',
    error: { code: 'ENOSPC' },
    says: '/r/progress cannot be written by uid UID (ENOSPC): free space in /r',
  },
  {
    what: 'another file',
    error: { code: 'EACCES', path: '/r/.taskbeat/journal.jsonl' },
    says: '/r/.taskbeat/journal.jsonl cannot be written by uid UID (EACCES): give that user the right to write in /r/.taskbeat,',
  },
  {
    what: 'where a rename was to lead',
    error: { code: 'EROFS', path: '/r/.taskbeat/staging/a', dest: '/r/a' },
    says: '/r/a cannot be written by uid UID (EROFS): mount /r writable',
  },
  {
    what: 'not our temporary file',
    error: { code: 'EACCES', path: '/r/progress.123456' },
    says: '/r/progress cannot be written by uid UID (EACCES)',
  },
  {
    what: 'a pipe in its place',
    error: { code: 'ENOTREG', path: '/r/progress' },
    says: '/r/progress cannot be written by uid UID (ENOTREG): it is no regular file but a pipe, a device or a socket',
  },
])('the message names $what', ({ error, says }) => {
  const { message, exitStatus } = cannotWrite('/r/progress', error)
  expect(message).toContain(says.replace('UID', String(process.getuid?.())))
  expect(exitStatus).toBe(73)
})

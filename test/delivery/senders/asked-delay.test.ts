import { expect, it } from 'vitest'
import { readRetryAfter } from '../../../src/delivery/senders/asked-delay.ts'

const now = new Date('2026-11-20T10:00:00.000Z').getTime()

it.each([
  { header: '0', afterMs: 0 },
  { header: '7', afterMs: 7_000 },
  { header: ' 120 ', afterMs: 120_000 },
  { header: '600', afterMs: 600_000 },
  { header: '601', afterMs: 600_000 },
  { header: '9'.repeat(400), afterMs: 600_000 },
  { header: 'Fri, 20 Nov 2026 10:00:30 GMT', afterMs: 30_000 },
  { header: 'Friday, 20-Nov-26 10:00:30 GMT', afterMs: 30_000 },
  { header: 'Fri, 20 Nov 2026 10:00:00 GMT', afterMs: 0 },
  { header: 'Fri, 20 Nov 2099 10:00:00 GMT', afterMs: 600_000 },
  { header: 'Fri, 20 Nov 2026 09:59:59 GMT', afterMs: undefined },
  { header: 'Fri, 99 Nov 2026 10:00:30 GMT', afterMs: undefined },
  { header: undefined, afterMs: undefined },
  { header: '', afterMs: undefined },
  { header: '-1', afterMs: undefined },
  { header: '+1', afterMs: undefined },
  { header: '1.5', afterMs: undefined },
  { header: '1e3', afterMs: undefined },
  { header: '30s', afterMs: undefined },
  { header: '2026-11-20T10:00:30Z', afterMs: undefined },
  { header: 'soon', afterMs: undefined },
  { header: '5, 10', afterMs: undefined },
])("Retry-After '$header' asks for $afterMs ms", ({ header, afterMs }) => {
  expect(readRetryAfter(header, now)).toBe(afterMs)
})

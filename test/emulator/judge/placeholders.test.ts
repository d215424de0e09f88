import { expect, test } from 'vitest'
import { fillInTimes } from '../../../src/emulator/judge/placeholders.ts'

const NOW_MS = Date.UTC(2026, 10, 20, 10)

test.each([
  ['{{now}}', '2026-11-20T10:00:00.000Z'],
  [
    'a {{now-4m50s}} b {{now+1h}} {{now}}',
    'a 2026-11-20T09:55:10.000Z b 2026-11-20T11:00:00.000Z 2026-11-20T10:00:00.000Z',
  ],
  ['{{now-1.5s}}', '2026-11-20T09:59:58.500Z'],
  ['{{now-1us}}', '2026-11-20T09:59:59.999Z'],
  ['{{now+0}}', '2026-11-20T10:00:00.000Z'],
  ['{{{now}}}', '{2026-11-20T10:00:00.000Z}'],
  ['{{now}}{{now}}', '2026-11-20T10:00:00.000Z2026-11-20T10:00:00.000Z'],
])('%s', (document, filled) => {
  expect(fillInTimes(document, NOW_MS)).toBe(filled)
})

test.each([
  '{{ now }}',
  '{{nowhere}}',
  '{{now-5min}}',
  '{{now-}}',
  '{{now 1s}}',
  '{{NOW}}',
  '{now}',
  '{{now+9999999h}}',
])('%s stays as it is', (document) => {
  expect(fillInTimes(document, NOW_MS)).toBe(document)
})

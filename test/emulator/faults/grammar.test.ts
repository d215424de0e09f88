import { expect, it } from 'vitest'
import { parseFault } from '../../../src/emulator/faults/grammar.ts'

const ms = { every: 1, signal: undefined, fromMs: 0, toMs: Infinity }

it.each([
  { text: 'never', fault: { name: 'down', fromMs: 0, toMs: Infinity } },
  { text: 'late=30s', fault: { name: 'down', fromMs: 0, toMs: 30_000 } },
  { text: 'down@10s-40s', fault: { name: 'down', fromMs: 10_000, toMs: 40_000 } },
  { text: 'down@1m', fault: { name: 'down', fromMs: 60_000, toMs: Infinity } },
  { text: ' SLOW=200ms ', fault: { name: 'slow', value: 200, ...ms } },
  {
    text: 'throttled=2s@5s-20s, every=3, signal=traces',
    fault: { name: 'throttled', value: 2_000, fromMs: 5_000, toMs: 20_000, every: 3, signal: 'traces' },
  },
  { text: 'unavailable', fault: { name: 'unavailable', value: undefined, ...ms } },
  { text: 'too-large=64KiB', fault: { name: 'too-large', value: 65_536, ...ms } },
  { text: 'partial=3', fault: { name: 'partial', value: 3, ...ms } },
  { text: 'reset-after,every=2', fault: { name: 'reset-after', value: undefined, ...ms, every: 2 } },
  { text: 'cancel@1m30s', fault: { name: 'cancel', fromMs: 90_000 } },
])('$text is a fault', ({ text, fault }) => {
  expect(parseFault(text)).toEqual({ fault })
})

it.each([
  { text: 'outage@1s', says: 'one of never, late, down' },
  { text: '', says: 'one of never' },
  { text: 'down=5s', says: 'down takes no value' },
  { text: 'slow', says: 'slow takes a duration' },
  { text: 'slow=fast', says: 'slow takes a duration' },
  { text: 'late', says: 'late takes a duration' },
  { text: 'late=5s@3s', says: 'late takes no time' },
  { text: 'partial=0', says: 'partial takes a count' },
  { text: 'too-large=1TB', says: 'too-large takes bytes' },
  { text: 'down@40s-10s', says: '@FROM-TO' },
  { text: 'down@soon', says: '@FROM-TO' },
  { text: 'down@1s-2s-3s', says: '@FROM-TO' },
  { text: 'down@1s@2s', says: 'NAME[=VALUE]' },
  { text: 'cancel', says: 'needs the moment' },
  { text: 'oom@1s-2s', says: 'needs the moment' },
  { text: 'hang,every=0', says: "'every=0' is none of every=N" },
  { text: 'down,every=2', says: 'down takes neither every nor signal' },
  { text: 'cancel@1s,signal=logs', says: 'cancel takes neither' },
  { text: 'hang,signal=spans', says: "'signal=spans' is none of" },
])("'$text' is refused, and why", ({ text, says }) => {
  const parsed = parseFault(text)
  expect('problem' in parsed && parsed.problem).toContain(says)
})

import { expect, it } from 'vitest'
import { newSpanId, newTraceId } from '../../src/recorder/ids.ts'

it('ids are hexadecimal digits as W3C Trace Context wants them, and all differ', () => {
  const spanIds = Array.from({ length: 100_000 }, newSpanId)
  const traceIds = Array.from({ length: 10_000 }, newTraceId)
  for (const id of spanIds) expect(id).toMatch(/^(?!0+$)[\da-f]{16}$/)
  for (const id of traceIds) expect(id).toMatch(/^(?!0+$)[\da-f]{32}$/)
  expect(new Set([...spanIds, ...traceIds]).size).toBe(110_000)
})

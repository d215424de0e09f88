import { expect, it } from 'vitest'
import { isIdentity } from '../../src/semconv/identity.ts'

it.each([
  ['request_id', 'abc'],
  ['request.id', 'abc'],
  ['requestId', 'abc'],
  ['sessionID', 'x'],
  ['id', 'x'],
  ['task-id', 'x'],
  ['REQUEST_ID', 'x'],
  ['requestIds', 'x'],
  ['uuid', 'x'],
  ['trace_ids', 'x'],
  ['model_id', 1_234],
  ['shard', '4bf92f3577b34da6a3ce929d0e0e4736'],
  ['name', 'A5ACA8D8-4EF8-4BA9-B0E5-0A2B0C3CF85A'],
  ['digest', '00f067aa0ba902b7'],
])('%s with %s is an id, and no attribute of a metric', (key, value) => {
  expect(isIdentity(key, value)).toBe(true)
})

it.each([
  ['gpu_id', '0'],
  ['gpu_id', 7],
  ['rankId', 127],
  ['hw.id', 'GPU-8f2e'],
  ['valid', 'yes'],
  ['grid', 'a'],
  ['paid', true],
  ['base_model', 'Qwen/Qwen3-8B'],
  ['version', '20261121'],
  ['color', 'deadbeef'],
  ['word', 'effacedeffacedeffaced'],
  ['size', 1_234_567_890_123_456],
])('%s with %s is none', (key, value) => {
  expect(isIdentity(key, value)).toBe(false)
})

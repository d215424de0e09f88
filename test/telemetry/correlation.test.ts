import { describe, expect, it } from 'vitest'
import { resolveSettings } from '../../src/settings/resolve.ts'
import { correlateLogs, correlateSpans, correlationKeysOf } from '../../src/telemetry/correlation.ts'

const keysOf = async (env: Readonly<Record<string, string>>) => {
  const resolution = await resolveSettings({ argv: [], env }, [
    'progress',
    'simulation',
    'telemetry',
    'platform',
  ])
  if (!resolution.ok) throw new Error(resolution.problems.map(({ message }) => message).join('; '))
  return correlationKeysOf(resolution.settings, { runId: 'r-1', attempt: 2 })
}

const run = { 'taskbeat.run_id': 'r-1', 'taskbeat.attempt': 2 }

describe('the keys of a run', () => {
  it.each([
    { what: 'nobody has said anything', env: {}, keys: {} },
    { what: 'the platform has an id', env: { NVCT_TASK_ID: 't' }, keys: { 'taskbeat.task_id': 't' } },
    {
      what: 'the caller hands on his',
      env: { BAGGAGE: 'taskbeat.session_id=s,taskbeat.request_id=q,taskbeat.operation_type=o,other=x' },
      keys: { 'taskbeat.session_id': 's', 'taskbeat.request_id': 'q', 'taskbeat.operation_type': 'o' },
    },
    {
      what: 'a setting beats that',
      env: { BAGGAGE: 'taskbeat.session_id=s', TASKBEAT_SESSION_ID: 'mine' },
      keys: { 'taskbeat.session_id': 'mine' },
    },
    {
      what: 'all are set',
      env: {
        TASKBEAT_SESSION_ID: 's',
        TASKBEAT_REQUEST_ID: 'q',
        TASKBEAT_OPERATION_TYPE: 'o',
      },
      keys: { 'taskbeat.session_id': 's', 'taskbeat.request_id': 'q', 'taskbeat.operation_type': 'o' },
    },
    {
      what: 'a resource has it',
      env: { OTEL_RESOURCE_ATTRIBUTES: 'taskbeat.session_id=s,taskbeat.run_id=not-this' },
      keys: { 'taskbeat.session_id': 's' },
    },
    {
      what: 'baggage is nonsense',
      env: { BAGGAGE: `taskbeat.session_id=%zz,taskbeat.request_id=${'x'.repeat(300)}` },
      keys: {},
    },
  ])('if $what', async ({ env, keys }) => {
    expect(await keysOf(env)).toEqual({ ...run, ...keys })
  })
})

describe('an item', () => {
  const keys = { ...run, 'taskbeat.session_id': 's', 'taskbeat.request_id': 'q' }
  const own = { 'taskbeat.request_id': 'its own', 'taskbeat.run_id': 'nobody’s' }

  /** What a processor sets on an item with such attributes. */
  const set = (correlate: (item: never) => void) => {
    let attributes = {}
    correlate({
      attributes: own,
      setAttributes: (more: object) => {
        attributes = more
      },
    } as never)
    return attributes
  }

  it.each([
    { kind: 'span', correlate: (item: never) => correlateSpans(keys).onStart(item, item) },
    { kind: 'log record', correlate: (item: never) => correlateLogs(keys).onEmit(item) },
  ])('that is a $kind keeps the request that it says itself, and gets all else', ({ correlate }) => {
    expect(set(correlate)).toEqual({ ...run, 'taskbeat.session_id': 's' })
  })
})

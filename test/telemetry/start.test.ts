import { describe, expect, it } from 'vitest'
import { recorded } from '../task-record/recording.ts'

describe('the rank', () => {
  it('is on the resource of everything, as an integer', async () => {
    const { spans, points, logs } = await recorded((record) => record.progress(oneStep), { rank: 3 })
    for (const items of [spans, points, logs]) {
      expect(items.length).toBeGreaterThan(0)
      for (const { resource } of items) expect(resource['taskbeat.rank']).toBe(3)
    }
  })

  it('is on nothing if there is none', async () => {
    const { spans } = await recorded(() => {})
    expect(Object.keys(spans[0]?.resource ?? {})).not.toContain('taskbeat.rank')
  })

  it('loses to what OTEL_RESOURCE_ATTRIBUTES says', async () => {
    const env = { OTEL_RESOURCE_ATTRIBUTES: 'taskbeat.rank=mine' }
    const { spans } = await recorded(() => {}, { rank: 3, env })
    expect(spans[0]?.resource['taskbeat.rank']).toBe('mine')
  })
})

const oneStep = { step: 1, totalSteps: undefined, percent: undefined, epoch: undefined, metrics: {} }

it('sends a workload’s metric to every destination, with 100 series at most', async () => {
  const { points, printed } = await recorded(
    (record) => {
      for (let series = 0; series < 300; series += 1)
        record.metric({
          type: 'metric',
          name: 'tokens',
          value: 1,
          kind: 'counter',
          attributes: { request: series },
        })
    },
    { env: { TASKBEAT_DEBUG: '1' } },
  )
  const series = points.filter(({ name }) => name === 'tokens')
  const rest = series.filter(({ attributes }) => attributes['otel.metric.overflow'] === true)
  expect(series).toHaveLength(100)
  expect(rest).toMatchObject([{ value: 201 }])
  expect(printed.filter((line) => line.includes('metric  tokens'))).toHaveLength(100)
})

it('prints a record of several lines on one', async () => {
  const { printed } = await recorded((record) => record.message('INFO', 'first\r\nsecond'), {
    env: { OTEL_LOGS_EXPORTER: 'console' },
  })
  expect(printed.find((line) => line.includes('first'))).toMatch(/ log {5}INFO {2}first\\r\\nsecond$/)
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RunSummary } from '../../src/task/run-summary.ts'
import { summaryMarkdown } from '../../src/task/summary-markdown.ts'

const least: RunSummary = {
  version: 1,
  task: {},
  runId: 'r1',
  attempt: 1,
  previousAttempts: 0,
  command: 'python',
  startedAt: '2026-11-20T10:00:00.000Z',
  endedAt: '2026-11-20T10:01:30.000Z',
  durationSeconds: 90,
  outcome: { kind: 'succeeded', exitStatus: 0, stalled: false },
  progress: { metrics: {} },
  checkpoints: { count: 0, last: [] },
  lastErrorLines: [],
  telemetry: [],
  childEvents: { used: 0, refused: {} },
  logRecordsCapped: 0,
  endPhases: [],
}

const checkpoint = (name: string) => ({ name, sizeBytes: 2_048, announcedAt: '2026-11-20T10:01:00.000Z' })

describe('the page', () => {
  it('is short where little is known', () => {
    expect(summaryMarkdown(least)).toMatchInlineSnapshot(`
      "# Training run: succeeded

      |  |  |
      | --- | --- |
      | run | r1, attempt 1 |
      | command | python |
      | time | 2026-11-20T10:00:00.000Z to 2026-11-20T10:01:30.000Z, 1 min 30 s |
      | outcome | succeeded with status 0 |
      "
    `)
  })

  it('shows all there is', () => {
    const page = summaryMarkdown({
      ...least,
      task: { id: 't1', name: 'my_train' },
      attempt: 2,
      outcome: {
        kind: 'failed',
        exitStatus: 137,
        signal: 'SIGKILL',
        reason: 'killed',
        oomKills: 1,
        stalled: true,
      },
      progress: {
        percent: 24.5,
        step: 1_234_567,
        totalSteps: 5_000_000,
        epoch: 1.5,
        metrics: { loss: 'NaN', lr: 1 / 3 },
      },
      checkpoints: { count: 3, last: [checkpoint('a'), { ...checkpoint('b'), step: 7 }] },
      lastErrorLines: ['Traceback', '  ValueError: ```'],
      telemetry: [
        {
          signal: 'traces',
          destination: 'http://h:4317 (grpc)',
          emitted: 5,
          delivered: 2,
          waiting: 2,
          retried: 0,
          replayed: 0,
          dropped: { 'no <room>': 1 },
        },
      ],
      childEvents: { used: 7, refused: { 'not JSON': 2 } },
      logRecordsCapped: 9,
      endPhases: [{ name: 'grace', seconds: 2.345 }],
      stepsLost: 200,
    })
    expect(page).toMatchInlineSnapshot(`
      "# Training run: failed

      |  |  |
      | --- | --- |
      | task | my\\_train, t1 |
      | run | r1, attempt 2 |
      | command | python |
      | time | 2026-11-20T10:00:00.000Z to 2026-11-20T10:01:30.000Z, 1 min 30 s |
      | outcome | failed with status 137, SIGKILL, stalled, 1 killed by the out-of-memory killer, killed |
      | steps lost by the previous attempt | 200 |

      ## Progress

      |  | last value |
      | --- | --- |
      | percent | 24.5 |
      | step | 1234567 |
      | total steps | 5000000 |
      | epoch | 1.5 |
      | loss | NaN |
      | lr | 0.333333 |

      ## Checkpoints

      The last 2 of 3.

      | name | step | size | announced |
      | --- | --- | --- | --- |
      | a |  | 2.0 KiB | 2026-11-20T10:01:00.000Z |
      | b | 7 | 2.0 KiB | 2026-11-20T10:01:00.000Z |

      ## Last errors

      \`\`\`\`
      Traceback
        ValueError: \`\`\`
      \`\`\`\`

      ## Telemetry

      | signal | destination | emitted | delivered | kept on disk | dropped |
      | --- | --- | --- | --- | --- | --- |
      | traces | http://h:4317 (grpc) | 5 | 2 | 2 | 1 no &lt;room&gt; |

      ## Counts

      |  |  |
      | --- | --- |
      | events used | 7 |
      | events refused: not JSON | 2 |
      | log records over the rate | 9 |

      ## The end

      | phase | time |
      | --- | --- |
      | grace | 2.345 s |
      "
    `)
  })

  it.each([
    { what: 'a pipe', text: 'a|b', shown: 'a\\|b' },
    { what: 'a backslash before a pipe', text: 'a\\|b', shown: 'a\\\\\\|b' },
    { what: 'backticks', text: '`a`', shown: '\\`a\\`' },
    { what: 'HTML', text: '<img src=x onerror=1>&lt;', shown: '&lt;img src=x onerror=1&gt;&amp;lt;' },
    { what: 'lines', text: 'a\r\n\n# b', shown: 'a # b' },
    { what: 'emphasis and links', text: '**a** _b_ ![c](d)', shown: '\\*\\*a\\*\\* \\_b\\_ \\!\\[c\\](d)' },
  ])('shows $what as text', ({ text, shown }) => {
    const page = summaryMarkdown({ ...least, outcome: { ...least.outcome, reason: text } })
    expect(page).toContain(`| outcome | succeeded with status 0, ${shown} |\n`)
  })

  it('keeps its form whatever the texts from outside are', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('|', '\\', '`', '<', '>', '\n', '\r', '\u2028', '#', '*', '_', '~', 'a', ' '),
    })
    // all but the texts from outside
    const form = (page: string) =>
      page.split('\n').map((line) => line.replaceAll(/\\./g, '').replaceAll(/[^|]/g, ''))
    const pageOf = (text: string) =>
      summaryMarkdown({
        ...least,
        command: text,
        task: { name: text },
        outcome: { ...least.outcome, reason: text },
        progress: { metrics: { [text]: 1 } },
        checkpoints: { count: 1, last: [checkpoint(text)] },
        telemetry: [
          {
            signal: 'traces',
            destination: text,
            emitted: 2,
            delivered: 1,
            waiting: 0,
            retried: 0,
            replayed: 0,
            dropped: { [text]: 1 },
          },
        ],
        childEvents: { used: 1, refused: { [text]: 1 } },
        endPhases: [{ name: text, seconds: 1 }],
      })
    fc.assert(
      fc.property(nasty, (text) => {
        // what says nothing has no line
        const page = pageOf(`a${text}`)
        expect(form(page)).toEqual(form(pageOf('plain')))
        expect(page).not.toMatch(/[<>]/)
      }),
      { numRuns: 500 },
    )
  })

  it('quotes lines in a fence that none of them can close', () => {
    const line = fc.string({ unit: fc.constantFrom('`', '~', 'a', ' ', '\n') })
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lastErrorLines) => {
        const page = summaryMarkdown({ ...least, lastErrorLines }).split('\n')
        const from = page.indexOf('## Last errors') + 2
        const fence = page[from] ?? ''
        expect(fence).toMatch(/^`{3,}$/)
        const to = from + 1 + lastErrorLines.length
        expect(page[to]).toBe(fence)
        expect(page.slice(from + 1, to).some((each) => each.includes(fence))).toBe(false)
      }),
      { numRuns: 500 },
    )
  })

  it('shows the last 20 of many checkpoints', () => {
    const last = Array.from({ length: 100 }, (_, index) => checkpoint(`c${index}`))
    const page = summaryMarkdown({ ...least, checkpoints: { count: 300, last } })
    expect(page).toContain('The last 20 of 300.')
    expect(page.match(/^\| c\d+ /gm)).toHaveLength(20)
    expect(page).toContain('| c99 |')
  })
})

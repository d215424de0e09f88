import { describe, expect, it } from 'vitest'
import { readQuestion } from '../../../src/view/server/question.ts'
import { parametersOf } from '../../../src/view/wire.ts'
import { fakeRun } from '../fake-run.ts'

const read = (what: string, parameters = '') =>
  readQuestion(what.split('/'), new URLSearchParams(parameters), 2)

/** What reaches the run, or the sentence. */
const asked = async (what: string, parameters = '') => {
  const question = read(what, parameters)
  if (!question) return undefined
  return 'problem' in question ? question.problem : question.ask(fakeRun())
}

describe('what the page asks arrives as it was asked', () => {
  const range = { fromMs: 1_763_632_800_000.25, toMs: 1_763_632_900_000 }
  const search = '50 % & <b>+ü'
  const paging = { offset: 0, limit: 100 }
  it.each([
    { what: 'curves', query: { series: [0, 7], width: 900, over: 'step', ...range } },
    { what: 'curves', query: { series: [3], width: 100 } },
    { what: 'spans', query: { ...range, search, failedOnly: true, order: 'duration', ...paging } },
    { what: 'spans', query: { search: '', ...paging } },
    { what: 'logs', query: { ...range, search, minSeverity: 4, ...paging } },
  ])('$what with $query', async ({ what, query }) => {
    expect(await asked(`0/${what}`, parametersOf(query))).toEqual([what, query])
  })

  it('and with a number or a time beside', async () => {
    expect(await asked('0/span', 'index=5')).toEqual(['span', 5])
    expect(await asked('0/log', 'index=5')).toEqual(['log', 5])
    expect(await asked('0/span-place', parametersOf({ search: 'x', index: 5 }))).toEqual([
      'spanPlace',
      { search: 'x' },
      5,
    ])
    expect(await asked('0/logs-before', parametersOf({ minSeverity: 2, timeMs: 12.5 }))).toEqual([
      'logsBefore',
      { minSeverity: 2 },
      12.5,
    ])
  })
})

it('a value that JSON has not is told as a word', async () => {
  expect(await asked('1/overview')).toMatchObject({ series: [{ last: 'NaN' }] })
})

it.each(['2/overview', '-1/overview', 'x/overview', '0', '0/', '0/constructor', '0/overview/more', ''])(
  'nothing is at runs/%s',
  (path) => {
    expect(read(path)).toBeUndefined()
  },
)

describe('wrong parameters', () => {
  it.each([
    {
      path: 'curves',
      parameters: 'series=1&width=99',
      says: 'width is wrong: accepted is an integer from 100 to 4000',
    },
    {
      path: 'curves',
      parameters: 'series=1',
      says: 'width is missing: accepted is an integer from 100 to 4000',
    },
    { path: 'curves', parameters: 'series=&width=900', says: 'series is wrong' },
    { path: 'curves', parameters: 'series=1,,2&width=900', says: 'series is wrong' },
    { path: 'curves', parameters: `series=${'1,'.repeat(1_001)}1&width=900`, says: 'series is wrong' },
    {
      path: 'curves',
      parameters: 'series=1&width=900&over=epoch',
      says: 'over is wrong: accepted is time or step',
    },
    {
      path: 'spans',
      parameters: 'offset=0&limit=501',
      says: 'limit is wrong: accepted is an integer from 1 to 500',
    },
    { path: 'spans', parameters: 'offset=-1&limit=1', says: 'offset is wrong' },
    { path: 'spans', parameters: 'offset=0&limit=1&from=NaN', says: 'from is wrong' },
    { path: 'spans', parameters: 'offset=0&limit=1&from=2&to=1', says: 'from is later than to' },
    { path: 'spans', parameters: 'offset=0&limit=1&limit=2', says: 'limit is there twice' },
    {
      path: 'spans',
      parameters: 'offset=0&limit=1&__proto__=2',
      says: 'there is a parameter that nobody knows',
    },
    { path: 'span', parameters: 'index=1e9', says: 'index is wrong' },
    { path: 'log', parameters: '', says: 'index is missing' },
    { path: 'logs', parameters: 'offset=0&limit=1&minSeverity=7', says: 'minSeverity is wrong' },
    { path: 'logs', parameters: `offset=0&limit=1&search=${'x'.repeat(501)}`, says: 'search is wrong' },
    { path: 'logs-before', parameters: '', says: 'time is missing' },
    { path: 'overview', parameters: 'x=1', says: 'there is a parameter that nobody knows' },
  ])('$path?$parameters: $says', async ({ path, parameters, says }) => {
    const answer = await asked(`0/${path}`, parameters)
    expect(answer).toMatch(says)
    expect(answer).not.toContain('\n')
  })
})

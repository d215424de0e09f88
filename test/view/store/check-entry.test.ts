import { expect, it } from 'vitest'
import { parseEntry } from '../../../src/view/store/check-entry.ts'

it.each([
  ['', undefined],
  ['{', undefined],
  ['[]', undefined],
  ['null', undefined],
  ['{"k":"toString","t":1}', undefined],
  ['{"k":"beat"}', undefined],
  ['{"k":"beat","t":"1"}', undefined],
  ['{"k":"beat","t":1,"more":2}', { k: 'beat', t: 1 }],
  ['{"k":"state","t":1,"percent":"4"}', undefined],
  ['{"k":"state","t":1,"percent":4,"name":7}', { k: 'state', t: 1, percent: 4, name: '' }],
  [
    '{"k":"p","t":1,"step":"x","v":{"1":2,"2":"NaN","3":"no","4":[1,2,3],"5":[1,2],"6":null}}',
    { k: 'p', t: 1, v: { 1: 2, 2: 'NaN', 4: [1, 2, 3] } },
  ],
  [
    '{"k":"span","t":1,"id":"a","name":"b","attributes":{"x":1,"y":{},"z":[1]},"error":5}',
    { k: 'span', t: 1, endMs: 1, id: 'a', name: 'b', attributes: { x: 1 } },
  ],
  ['{"k":"log","t":1,"text":"x","severity":"9"}', { k: 'log', t: 1, severity: 0, text: 'x' }],
  ['{"k":"log","t":1,"severity":9}', undefined],
  [
    '{"k":"finding","id":"a","seen":"b","severity":"odd"}',
    { k: 'finding', id: 'a', severity: 'note', seen: 'b', platform: '', remedy: '' },
  ],
  [
    '{"k":"delivery","t":1,"routes":[{"signal":"logs","emitted":5,"reasons":{"full":1,"odd":"x"}},{"signal":"smoke"},3]}',
    {
      k: 'delivery',
      t: 1,
      routes: [
        {
          signal: 'logs',
          destination: '',
          emitted: 5,
          delivered: 0,
          spooled: 0,
          dropped: 0,
          reasons: { full: 1 },
        },
      ],
    },
  ],
  [
    '{"k":"begin","t":1,"by":"nobody","limits":{"staleAfterMs":"x","maxRunTimeMs":5},"settings":[{"name":"a","value":"b"},{"name":1},null]}',
    {
      k: 'begin',
      t: 1,
      version: 1,
      by: 'task',
      command: '',
      limits: { staleAfterMs: 300_000, documentedStaleAfterMs: 180_000, maxRunTimeMs: 5 },
      settings: [{ name: 'a', value: 'b' }],
      capturesOutput: false,
    },
  ],
])('%s', (line, entry) => {
  expect(parseEntry(line)).toEqual(entry)
})

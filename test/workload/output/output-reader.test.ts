import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLineBuffer } from '../../../src/workload/output/line-buffer.ts'
import { createRedactor } from '../../../src/workload/output/redact.ts'
import { readAll, recorded, startReader } from './read-output.ts'

const textsOf = ({ events }: ReturnType<typeof readAll>) => events.map(({ text }) => text)

describe('a line', () => {
  it('becomes one record', () => {
    const { events } = readAll(['WARNING:root:a\nplain\n'])
    expect(events).toEqual([
      {
        type: 'log',
        at: new Date('2026-11-20T10:00:00.000Z'),
        stream: 'stderr',
        severity: 'WARN',
        text: 'WARNING:root:a',
        attributes: {},
      },
      {
        type: 'log',
        at: new Date('2026-11-20T10:00:00.000Z'),
        stream: 'stderr',
        severity: 'INFO',
        text: 'plain',
        attributes: {},
      },
    ])
  })

  it.each([
    ['a carriage return and a line feed', 'a\r\nb\r\n', ['a', 'b'], ['a', 'b']],
    ['nothing, at the end', 'a\nb', ['a', 'b'], ['a', 'b']],
    [
      'a bar that is drawn over',
      '\r 10%\r 20%\r 30%\nend\n',
      [' 30%', 'end'],
      [' 10%', ' 20%', ' 30%', 'end'],
    ],
    ['a bar that is wiped away', '\r 10%\r    \r\x1b[Kdone\n', ['done'], [' 10%', 'done']],
    ['a bar, and blanks over it', '\r 10%\r     \n', [' 10%'], [' 10%']],
    ['a bar below a bar', '\r 10%\x1b[A\n\r 20%\x1b[A\nend\n', ['end'], [' 10%', ' 20%', 'end']],
    ['colours', '\x1b[31mred\x1b[0m\n', ['red'], ['red']],
    ['nothing but blanks', '  \n\t\n\x1b[0m\n\na\n', ['a'], ['a']],
    ['characters of several bytes', 'ü✓😀\n', ['ü✓😀'], ['ü✓😀']],
    ['bytes that are no text', Buffer.from([0x61, 0xff, 0x00, 0x62, 0x0a]), ['a\ufffd␀b'], ['a\ufffd␀b']],
  ])('may end with %s', (_, output, records, texts) => {
    const read = readAll([output])
    expect(textsOf(read)).toEqual(records)
    expect(read.texts).toEqual(texts)
    expect(read.lastLines).toEqual(records)
  })

  it('is cut at 64 KiB, at a word', () => {
    const [text = ''] = textsOf(readAll([`${'word '.repeat(20_000)}\n`]))
    expect(text).toMatch(/word … \(cut: longer than 64 KiB\)$/)
    expect(Buffer.byteLength(text)).toBeLessThan(64 * 1024 + 40)
    expect(textsOf(readAll([`${'x'.repeat(65_536)}\nnext\n`]))).toEqual(['x'.repeat(65_536), 'next'])
    expect(textsOf(readAll([`${'x'.repeat(65_537)}\rlast\nnext\n`]))).toEqual(['last', 'next'])
  })

  it('is told as soon as a carriage return ends it, long before its line ends', () => {
    const { reader, texts, events } = startReader()
    reader.push(Buffer.from('\r 10%\r 2'))
    expect(texts).toEqual([' 10%'])
    reader.push(Buffer.from('0%\r'))
    expect(texts).toEqual([' 10%', ' 20%'])
    expect(events).toEqual([])
  })

  it('of JSON has the severity, the text, the time and the attributes that it says', () => {
    const line = '{"level":"error","msg":"no","ts":"2026-11-20T09:59:59Z","step":3,"rank":2}'
    expect(readAll([`[rank1]: ${line}\n`]).events).toEqual([
      {
        type: 'log',
        at: new Date('2026-11-20T09:59:59.000Z'),
        stream: 'stderr',
        severity: 'ERROR',
        rank: 2,
        text: 'no',
        attributes: { step: 3 },
      },
    ])
  })

  it('shows no secret, in no record and no last line', () => {
    const redact = createRedactor({ HF_TOKEN: 'abcdef123' })
    const read = readAll(['password=hunter2\n{"msg":"abcdef123","api_key":"xyz"}\nabcdef123'], { redact })
    expect(read.events.map(({ text, attributes }) => [text, attributes])).toEqual([
      ['password=[redacted]', {}],
      ['[redacted]', { api_key: '[redacted]' }],
      ['[redacted]', {}],
    ])
    expect(read.lastLines.join('\n')).not.toMatch(/hunter2|abcdef123|xyz/)
  })

  it.each([
    ['torch', '[rank3]:[E1121 10:00:00.1 a.cpp:1] no', 3, '[E1121 10:00:00.1 a.cpp:1] no', 'ERROR'],
    ['Lightning', '[rank: 1] Seed set to 42', 1, 'Seed set to 42', 'INFO'],
    ['torchrun', '[default0]:WARNING:root:a', 0, 'WARNING:root:a', 'WARN'],
    ['torch in torchrun', '[default0]:[rank8]: a', 8, 'a', 'INFO'],
    ['mpirun', '[1,2]<stderr>:ERROR:root:a', 2, 'ERROR:root:a', 'ERROR'],
    [
      'srun',
      '12: 2026-11-21 10:00:00,123 - a - ERROR - b',
      12,
      '2026-11-21 10:00:00,123 - a - ERROR - b',
      'ERROR',
    ],
    ['nobody', '12: a', undefined, '12: a', 'INFO'],
    ['nobody', '0: loss 0.5', undefined, '0: loss 0.5', 'INFO'],
    ['nobody', '[epoch3]: a', undefined, '[epoch3]: a', 'INFO'],
    ['nobody', '[3]: a', undefined, '[3]: a', 'INFO'],
  ])('has the rank that %s put before it: %s', (_, line, rank, text, severity) => {
    const [event] = readAll([`${line}\n`]).events
    expect(event?.rank).toBe(rank)
    expect(event).toMatchObject({ text, severity })
  })
})

it('of a line without an end, no more than 64 KiB are kept', () => {
  const buffer = createLineBuffer()
  for (let index = 0; index < 100; index += 1) buffer.add(Buffer.alloc(10_000, 'a'), 0, 10_000)
  expect(buffer.size()).toBe(64 * 1024 + 1)
  expect(buffer.text()).toMatch(/^a+ … \(cut: longer than 64 KiB\)$/)
})

describe('however a stream is cut into chunks', () => {
  const pieces = fc.constantFrom(
    ...[
      '\n',
      '\r',
      '\r\n',
      '\x1b[31m',
      '\x1b[A',
      ' ',
      '  ',
      'a',
      'ü',
      '😀',
      '%',
      '12: ',
      '[rank0]: ',
      '[rank1]: ',
    ],
    ...[
      'ERROR:root:no',
      '{"level":"error","msg":"x"}',
      'Traceback (most recent call last):\n',
      '  File "a.py"\n',
    ],
    ...['ValueError: bad\n', '\tat a.b(c)\n', 'java.lang.Error: x\n', 'panic: x\n\ngoroutine 1 [running]:\n'],
    ...[
      'The above exception was the direct cause of the following exception:\n',
      '\x1b]8;;http://a\x1b\\',
      '\x00',
    ],
    ...['password=hunter2 ', 'x'.repeat(40_000)],
  )
  const output = fc.oneof(
    fc.array(pieces, { maxLength: 60 }).map((parts) => Buffer.from(parts.join(''))),
    fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom('tqdm', 'torchrun-tee', 'loguru', 'chained').map((name) => Buffer.from(recorded(name))),
  )
  const cuts = fc.array(fc.nat(), { maxLength: 40 })
  const split = (bytes: Buffer, at: readonly number[]) => {
    const places = [0, ...at.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
    return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
  }

  it('its records, its texts and its last lines are the same', () => {
    fc.assert(
      fc.property(output, cuts, (bytes, at) => {
        const redact = createRedactor({})
        const { events, texts, lastLines, lastErrors } = readAll([bytes], { redact })
        const other = readAll(split(bytes, at), { redact })
        expect(other.events).toEqual(events)
        expect(other.texts).toEqual(texts)
        expect(other.lastLines).toEqual(lastLines)
        expect(other.lastErrors).toEqual(lastErrors)
      }),
      { numRuns: 300 },
    )
  })

  it('what is passed over has the same last lines as what is read', () => {
    fc.assert(
      fc.property(output, cuts, (bytes, at) => {
        const none = readAll(split(bytes, at), { withLogs: false, withTexts: false })
        expect(none.lastLines).toEqual(readAll([bytes]).lastLines)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a flood', () => {
  const lines = (count: number, line: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('')

  it('is counted where it is not sent, and the last lines are kept', () => {
    const read = readAll([lines(5000, (index) => `step ${index}`)], { ratePerSecond: 100, withTexts: false })
    expect(read.events).toHaveLength(100)
    expect(read.limiter.capped()).toBe(4900)
    expect(read.lastLines).toHaveLength(20)
    expect(read.lastLines.at(-1)).toBe('step 4999')
  })

  it('does not hide errors, nor what belongs to them', () => {
    const flood = lines(5000, (index) => `step ${index}`)
    const output = `${flood}ERROR:root:no\n${flood}${recorded('chained')}${flood}`
    const read = readAll([output], { ratePerSecond: 100, withTexts: false })
    const severe = read.events.filter(({ severity }) => severity === 'ERROR')
    expect(severe.map(({ text }) => text.split('\n').length)).toEqual([1, 25])
    expect(severe[1]?.attributes['exception.type']).toBe('KeyError')
    expect(read.lastErrors).toEqual(['  File "/app/chain.py", line 10, in main', "KeyError: 'key'"])
    // 'before' was one line, and the 25 of the traceback are one record
    expect(read.events.length + read.limiter.capped()).toBe(3 * 5000 + 3)
  })

  it('of errors is limited too', () => {
    const read = readAll([lines(5000, () => 'ERROR:root:no')], { ratePerSecond: 100, withTexts: false })
    expect(read.events).toHaveLength(110)
    expect(read.limiter.capped()).toBe(4890)
  })

  it('lets records through again when there is room again', async () => {
    const { reader, clock, events } = startReader({ ratePerSecond: 100, withTexts: false })
    reader.push(Buffer.from(lines(5000, (index) => `step ${index}`)))
    await clock.advance(1000)
    reader.push(Buffer.from('again\n'))
    expect(events.map(({ text }) => text).at(-1)).toBe('again')
  })

  it('is told as 10,000 texts a second, and then as the last of each chunk', async () => {
    const { reader, clock, texts } = startReader({ withLogs: false })
    reader.push(Buffer.from(lines(10_000, (index) => `step ${index}`)))
    expect(texts).toHaveLength(10_000)
    reader.push(Buffer.from(`${lines(500, (index) => `more ${index}`)}\r 10%\r 20%\r 3`))
    reader.push(Buffer.from(lines(500, (index) => `last ${index}`)))
    expect(texts.slice(10_000)).toEqual([' 20%', 'last 499'])
    await clock.advance(1000)
    reader.push(Buffer.from('a\nb\n'))
    expect(texts.slice(10_002)).toEqual(['a', 'b'])
  })

  it('of bars without a line feed is no record until one comes', () => {
    const bars = Array.from({ length: 20_000 }, (_, index) => `\r ${index}/20000`).join('')
    const read = readAll([bars, '\n'])
    expect(textsOf(read)).toEqual([' 19999/20000'])
    expect(read.texts.slice(10_000)).toEqual([' 19998/20000', ' 19999/20000'])
  })
})

describe('the last lines', () => {
  it('are at most 20 of at most 512 bytes', () => {
    const { lastLines } = readAll([`${'a\n\n'.repeat(30)}${'ü'.repeat(2000)}\n`])
    expect(lastLines).toHaveLength(20)
    expect(Buffer.byteLength(lastLines.at(-1) ?? '')).toBeLessThanOrEqual(512)
  })

  it('show a line that has not ended, but no bar', () => {
    const { reader } = startReader()
    reader.push(Buffer.from('a\nLoading '))
    expect(reader.lastLines()).toEqual(['a', 'Loading '.trimEnd()])
    reader.push(Buffer.from('model\n\r 10%'))
    expect(reader.lastLines()).toEqual(['a', 'Loading model'])
    reader.push(Buffer.from('\r 20%\nEpoch 2'))
    expect(reader.lastLines()).toEqual(['a', 'Loading model', ' 20%', 'Epoch 2'])
  })

  it('keep what failed although a launcher says more after it', () => {
    const { lastLines, lastErrors } = readAll([recorded('torchrun')])
    expect(lastLines.join('\n')).not.toContain('device-side assert')
    expect(lastErrors).toEqual([
      '  File "/app/ddp.py", line 9, in <module>',
      'RuntimeError: CUDA error: device-side assert triggered',
      expect.stringMatching(/^ {2}File .*distributed_c10d\.py", line 4164, in barrier$/),
      expect.stringMatching(/^RuntimeError: .*Connection closed by peer/),
    ])
  })
})

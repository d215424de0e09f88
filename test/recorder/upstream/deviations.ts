import type { Difference } from './differences.ts'

/** One of "Where we differ, and why" in docs/recorder.md, and all that the script shows of it. */
export interface Deviation {
  readonly number: number
  /** As it is there. */
  readonly title: string
  readonly seen: readonly Difference[]
}

const refused = 'by the recorder'
const thereIs = ['is there', undefined] as const
const hereIs = [undefined, 'is here'] as const
const notFound = 'Exception in telemetry code when calling stop: Span <id> not found'
const messageOfSignal = (exporter: string) => `${exporter}.telemetryDataError().event.error_message`

export const deviations: readonly Deviation[] = [
  {
    number: 1,
    title: 'A started span is not current.',
    seen: [['late: start without a parent', 'a.start(without a parent).parent', 'outer', null]],
  },
  {
    number: 2,
    title: 'Times are not refused.',
    seen: [
      ...(
        [
          ['attributes.duration_msec', -60_000, 0],
          ['updated.duration_msec', -60_000, 0],
          ['event.timestamp_msec', 1_799_999_941_125, 1_800_000_001_125],
        ] as const
      ).map(
        ([field, there, here]): Difference => [
          'late: stop stopped before it began',
          `a.stop(stopped before it began).${field}`,
          there,
          here,
        ],
      ),
      ['late: start told very late', 'caller.refused', refused, undefined],
      ['late: start told very late', 'a.start(told very late)', ...hereIs],
      ['late: close', 'a.stop(told very late)', ...hereIs],
    ],
  },
  {
    number: 3,
    title: 'What you hand over stays yours.',
    seen: [['nested: event loop (2)', 'caller.added', ['timestamp_msec'], []]],
  },
  {
    number: 4,
    title: 'The error says more.',
    seen: [
      ...['inner', 'outer'].map(
        (which): Difference => [
          `bodies: timed ${which} that fails`,
          `a.error(${which} that fails).event.error_message`,
          `Error in ${which} that fails: `,
          `Error in ${which} that fails: no number`,
        ],
      ),
      ['bodies: timed cancelled', 'a.stop(cancelled).event.aborted', undefined, true],
      [
        'error: error with errors',
        'a.error(with errors).event.exception_traceback',
        'NoneType: None',
        ['LossError: no number'],
      ],
      ...['a', 'b'].flatMap((exporter): readonly Difference[] => [
        [
          'second stop: stop twice (2)',
          messageOfSignal(exporter),
          notFound,
          'the span twice has stopped already',
        ],
        ['quiet: stop one (2)', messageOfSignal(exporter), notFound, 'the span one has stopped already'],
      ]),
    ],
  },
  {
    number: 7,
    title: 'Adding to a stopped span',
    seen: [['second stop: look twice', 'caller.attributes.too', 'late', undefined]],
  },
  {
    number: 8,
    title: 'Values are checked.',
    seen: [
      ['values: event values (2)', 'a.event(values: an object).event.object', { a: 1 }, undefined],
      ['values: event values (2)', 'a.telemetryDataError()', ...hereIs],
      ['values: event values (3)', 'a.event(values: truth and number).event.list', [1, true], undefined],
      ['values: event values (4)', 'caller.refused', refused, undefined],
      ['values: event values (4)', 'a.event(values: whole and not)', ...hereIs],
      ['values: event values (5)', 'caller.refused', refused, undefined],
      ['values: event values (5)', 'a.event(values: number and text)', ...hereIs],
      [
        'data errors: dataError (3)',
        'a.telemetryDataError().event.telemetry_data_error_type',
        'of mine',
        'incomplete_telemetry_data',
      ],
    ],
  },
  {
    number: 9,
    title: 'Children of hidden spans are re-parented.',
    seen: [
      ['filters: start below', 'a.start(below).parent', 'hidden', 'seen'],
      // none may be allowed
      ['filters: open (3)', 'caller.refused', refused, undefined],
      ['filters: open (3)', 'a.initialize()', ...hereIs],
      ['filters: start not chosen either', 'caller.refused', 'as there is no recorder', undefined],
      ['filters: dataError (2)', 'caller.refused', 'as there is no recorder', undefined],
      ['filters: dataError (2)', 'a.telemetryDataError()', ...hereIs],
      ['filters: close (3)', 'caller.refused', 'as there is no recorder', undefined],
      ['filters: close (3)', 'a.close()', ...hereIs],
    ],
  },
  {
    number: 10,
    title: 'Only `RecorderError` escapes',
    seen: [
      // an exception without a message
      ['bodies: timed fails in silence', 'a.telemetryDataError()', ...thereIs],
      ['bodies: timed fails in silence', 'a.error(fails in silence)', ...hereIs],
      ['bodies: timed fails in silence', 'caller.refused', refused, undefined],
      ['bodies: timed fails in silence', 'caller.thrown', undefined, 'SilentError: '],
      ['no span: stop no span at all', 'caller.refused', 'AttributeError', refused],
      [
        'no span: stop no span at all',
        messageOfSignal('a'),
        "Exception in telemetry code when calling stop: 'str' object has no attribute 'id'",
        'the span is not of this recorder',
      ],
      ['not starting: open', 'caller.refused', 'RuntimeError', undefined],
      [
        'not starting: start with the one that started',
        'caller.refused',
        'as there is no recorder',
        undefined,
      ],
      ['not starting: start with the one that started', 'a.start(with the one that started)', ...hereIs],
      ['not starting: close', 'caller.refused', 'as there is no recorder', undefined],
      ['not starting: close', 'a.stop(with the one that started)', ...hereIs],
      ['not starting: close', 'a.close()', ...hereIs],
      ['not starting: close', 'b.close()', ...hereIs],
    ],
  },
  {
    number: 11,
    title: 'Disabled is silent.',
    seen: [['off: open', 'a.initialize()', ...thereIs]],
  },
  {
    number: 12,
    title: 'Failures count in a row',
    seen: [
      ['failing now and then: event unlucky (6)', 'b.event(unlucky: 7)', ...hereIs],
      ['failing now and then: close', 'b.stop(unlucky)', ...hereIs],
    ],
  },
  {
    number: 13,
    title: 'The file is appended to',
    seen: [
      ['file: close', 'file.complete(alone)', ...thereIs],
      ['file: close', 'file.start(alone)', ...hereIs],
      ['file: close', 'file.stop(alone)', ...hereIs],
      // written late, with what was set meanwhile
      ['file: close', 'file.start(file).attributes.b', 2, undefined],
      ...['start', 'event', 'application_error', 'stop'].map(
        (type): Difference => ['file: close', `file.${type}(with an event).parent`, undefined, 'file'],
      ),
      // the bare word, which is no JSON
      ['file: close', 'file.event(with an event).event.loss', { number: 'NaN' }, 'NaN'],
      [
        'file: close',
        'order',
        [
          'file.start(file)',
          'file.telemetry_data_error()',
          'file.start(with an event)',
          'file.event(with an event)',
          'file.application_error(with an event)',
          'file.stop(with an event)',
          'file.stop(file)',
        ],
        [
          'file.start(file)',
          'file.start(with an event)',
          'file.telemetry_data_error()',
          'file.event(with an event)',
          'file.application_error(with an event)',
          'file.stop(with an event)',
          'file.stop(file)',
        ],
      ],
    ],
  },
  {
    number: 14,
    title: 'A body may stop its own span.',
    seen: [
      ['own stop: timed impatient', 'a.telemetryDataError()', ...thereIs],
      ['own stop: timed impatient', 'caller.refused', refused, undefined],
    ],
  },
  {
    number: 15,
    title: 'A span is of one recorder.',
    seen: [
      ['foreign: event of another', 'b.event(of another: foreign)', ...thereIs],
      ['foreign: event of another', 'b.telemetryDataError()', ...hereIs],
      ['foreign: event of another', 'caller.refused', undefined, refused],
      // once in its life: here it was told at the event
      ['foreign: stop of another', 'b.telemetryDataError()', ...thereIs],
    ],
  },
  {
    number: 16,
    title: 'Exporters are closed once, always.',
    seen: [
      ...['a', 'b'].flatMap((exporter): readonly Difference[] => [
        ['nested: close (2)', `${exporter}.close()`, ...thereIs],
        ['quiet: close', `${exporter}.close()`, ...hereIs],
      ]),
    ],
  },
]

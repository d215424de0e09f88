import { describe, expect, it, vi } from 'vitest'
import type { TrainingConfig, TrainingConfigUpdate } from '../../../src/recorder/training/config.ts'
import { extendConfig, readSettings } from '../../../src/recorder/training/read-settings.ts'

const least: TrainingConfig = { worldSize: 2, sessionTag: 's' }
const read = (fields: object, environment = {}) =>
  readSettings({ ...least, ...fields } as TrainingConfig, environment)

it('what is not given has a default, or is not known', () => {
  expect(read({}, { RANK: '3' })).toMatchObject({
    worldSize: 2,
    rank: 3,
    isBaselineRun: false,
    summaryDataSchemaVersion: '1.0.0',
    logEveryNTrainIterations: 50,
    checkpointStrategy: 'sync',
    isTrainIterationsEnabled: true,
    isLogThroughputEnabled: false,
    perfTag: undefined,
    globalBatchSize: undefined,
  })
  expect(read({}).nodeName).not.toBe('')
})

describe('refused is', () => {
  it.each([
    [{ worldSize: 0 }, 'worldSize must be an integer of at least 1, not 0 (number)'],
    [{ worldSize: undefined }, 'worldSize must be an integer of at least 1; it is missing'],
    [{ sessionTag: ' ' }, "sessionTag must be a text that is not empty, not ' ' (string)"],
    [{ globalBatchSize: 1.5 }, 'globalBatchSize must be an integer of at least 1, not 1.5 (number)'],
    [{ microBatchSize: '8' }, "microBatchSize must be an integer of at least 1, not '8' (string)"],
    [{ seqLength: -1 }, 'seqLength must be an integer of at least 1, not -1 (number)'],
    [{ flopsPerSample: 0 }, 'flopsPerSample must be a number greater than 0, not 0 (number)'],
    [{ trainIterationsTarget: 0 }, 'trainIterationsTarget must be an integer of at least 1, not 0 (number)'],
    [
      { trainSamplesTarget: Number.NaN },
      'trainSamplesTarget must be an integer of at least 1, not NaN (number)',
    ],
    [
      { logEveryNTrainIterations: 0 },
      'logEveryNTrainIterations must be an integer of at least 1, not 0 (number)',
    ],
    [{ checkpointStrategy: 'lazy' }, "checkpointStrategy must be 'sync' or 'async', not 'lazy' (string)"],
    [{ perfTag: [] }, 'perfTag must be a text that is not empty, or a list of them, not  (list)'],
    [{ isSaveCheckpointEnabled: 1 }, 'isSaveCheckpointEnabled must be true or false, not 1 (number)'],
    [{ customMetadata: { '': 1 } }, /^customMetadata must be an object of texts, numbers/],
    [{ trainingMetadata: { a: {} } }, /^trainingMetadata must be an object of texts, numbers/],
    [{ rank: -1 }, 'rank must be an integer of at least 0, not -1 (number)'],
    [{ perfTags: 'p' }, 'the configuration has no field perfTags'],
  ])('%o', (fields, message) => {
    expect(() => read(fields)).toThrow(message)
  })
})

describe('a function', () => {
  it('is asked each time that its value is needed, and not before', () => {
    const globalBatchSize = vi.fn().mockReturnValueOnce(8).mockReturnValueOnce(16)
    const settings = read({ globalBatchSize })
    expect(globalBatchSize).not.toHaveBeenCalled()
    expect([settings.globalBatchSize, settings.globalBatchSize]).toEqual([8, 16])
  })

  it('that returns what cannot be is refused when it does', () => {
    const settings = read({ seqLength: () => 'long' })
    expect(() => settings.seqLength).toThrow(
      "seqLength, as its function returned it, must be an integer of at least 1, not 'long' (string)",
    )
  })

  it('that throws is told by its name, with what it threw as the cause', () => {
    const cause = new Error('not initialised')
    const settings = read({
      perfTag: () => {
        throw cause
      },
    })
    expect(() => settings.perfTag).toThrow(
      expect.objectContaining({
        message: 'the function given as perfTag has thrown: not initialised',
        cause,
      }),
    )
  })
})

describe('an update', () => {
  it('adds what was not known', () => {
    expect(extendConfig(least, { perfTag: 'p', globalBatchSize: 8 })).toEqual({
      ...least,
      ...{ perfTag: 'p', globalBatchSize: 8 },
    })
  })

  it.each([
    [{ perfTag: 'q' }, 'perfTag is set already, and can be set once'],
    [{ sessionTag: 't' }, 'sessionTag cannot be updated: it was told when the application started'],
  ])('%o is refused', (update, message) => {
    expect(() => extendConfig({ ...least, perfTag: 'p' }, update as TrainingConfigUpdate)).toThrow(message)
  })
})

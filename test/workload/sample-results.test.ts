import { mkdir, opendir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findResult, listInputFiles, writeResult } from '../../src/workload/sample-results.ts'
import { manualClock } from '../support/manual-clock.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

describe('a result', () => {
  it.each([
    { bytes: undefined, found: 'partial' },
    { bytes: 0, found: 'partial' },
    { bytes: 99, found: 'partial' },
    { bytes: 100, found: 'complete' },
    { bytes: 200, found: 'complete' },
  ])('of 100 bytes with a file of $bytes is $found', async ({ bytes, found }) => {
    await using dir = await temporaryDirectory()
    const directory = join(dir.path, 'output_result_0')
    await mkdir(directory)
    if (bytes !== undefined) await writeFile(join(directory, 'sample_file_0.txt'), Buffer.alloc(bytes))
    expect(await findResult(dir.path, 0, 100)).toBe(found)
  })

  it('without a directory is absent', async () => {
    await using dir = await temporaryDirectory()
    expect(await findResult(dir.path, 0, 100)).toBe('absent')
  })

  it('is no longer written once the task is asked to end, and nothing of it is left', async () => {
    await using dir = await temporaryDirectory()
    const stop = new AbortController()
    stop.abort('SIGTERM')
    const options = { resultsDir: dir.path, index: 0, sizeBytes: 8_192, clock: manualClock() }
    await expect(writeResult({ ...options, stop: stop.signal })).rejects.toBe('SIGTERM')
    expect(await readdir(dir.path, { recursive: true })).toEqual(['.taskbeat', '.taskbeat/staging'])
  })
})

describe('input files', () => {
  it('are found at any depth, in directories that are there', async () => {
    await using dir = await temporaryDirectory()
    await mkdir(join(dir.path, 'deep', 'er'), { recursive: true })
    await writeFile(join(dir.path, 'deep', 'er', 'a'), '')
    await writeFile(join(dir.path, 'b'), '')
    expect((await listInputFiles([join(dir.path, 'nothing'), dir.path])).toSorted()).toEqual(['a', 'b'])
  })

  it('are at most 1,000, and no directory is read that is not needed for them', async () => {
    await using dir = await temporaryDirectory()
    for (let count = 0; count < 1_001; count += 1) await writeFile(join(dir.path, `f${count}`), '')
    const opened: unknown[] = []
    const openDirectory = ((...given: Parameters<typeof opendir>) => {
      opened.push(given[0])
      return opendir(...given)
    }) as typeof opendir
    expect(await listInputFiles([dir.path, '/usr'], openDirectory)).toHaveLength(1_000)
    expect(opened).toEqual([dir.path])
  })
})

import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { terminationLogBytes, writeTerminationLog } from '../../src/task/termination-log.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

describe('the termination log', () => {
  it.each([
    { what: 'takes the last words', before: '', text: 'failed: ä', after: 'failed: ä' },
    { what: 'keeps what the workload has said', before: 'boom', text: 'failed', after: 'boom\nfailed' },
    { what: 'takes no nothing', before: 'boom', text: '', after: 'boom', isWritten: false },
  ])('$what', async ({ before, text, after, isWritten = true }) => {
    await using dir = await temporaryDirectory()
    const path = join(dir.path, 'termination-log')
    await writeFile(path, before)
    const { ino } = await stat(path)
    expect(writeTerminationLog(text, path)).toBe(isWritten)
    expect(await readFile(path, 'utf8')).toBe(after)
    // it is a mount: a file in its place would not be seen outside
    expect((await stat(path)).ino).toBe(ino)
  })

  it.each([{ before: '' }, { before: 'x' }])(
    'has our words in what Kubernetes reads (after $before)',
    async ({ before }) => {
      await using dir = await temporaryDirectory()
      const path = join(dir.path, 'termination-log')
      await writeFile(path, before.repeat(5_000))
      expect(writeTerminationLog('ä'.repeat(5_000), path)).toBe(true)
      const read = (await readFile(path)).subarray(-terminationLogBytes).toString()
      expect(read.trim()).toMatch(/^ä+…$/)
    },
  )

  it('is not made', async () => {
    await using dir = await temporaryDirectory()
    expect(writeTerminationLog('failed', join(dir.path, 'termination-log'))).toBe(false)
    expect(await readdir(dir.path)).toEqual([])
  })

  it.each([
    { what: 'a directory', make: (path: string) => mkdir(path) },
    { what: 'a pipe that nobody reads', make: async (path: string) => execFileSync('mkfifo', [path]) },
    { what: 'a link to a device', make: (path: string) => symlink('/dev/null', path) },
    { what: 'a link to nowhere', make: (path: string) => symlink('nowhere', path) },
  ])('is not $what', async ({ make }) => {
    await using dir = await temporaryDirectory()
    const path = join(dir.path, 'termination-log')
    await make(path)
    expect(writeTerminationLog('failed', path)).toBe(false)
  })

  it.skipIf(process.getuid?.() === 0)('that may not be written stays as it is', async () => {
    await using dir = await temporaryDirectory()
    const path = join(dir.path, 'termination-log')
    await writeFile(path, 'boom')
    await chmod(path, 0o400)
    expect(writeTerminationLog('failed', path)).toBe(false)
  })
})

/** Spools of real processes: killed ones, living ones, ones on a disk that is full. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, readFile, rename, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, it } from 'vitest'
import { manualClock } from '../../support/manual-clock.ts'
import { temporaryDirectory, until } from '../../support/run-cli.ts'
import {
  batchOf,
  deliverAll,
  onlyDirectory,
  openTestSpool,
  pathsBelow,
  segmentsBelow,
  takeTexts,
  textOf,
} from './spooling.ts'

const left = new Set<ChildProcess>()
afterAll(() => {
  for (const child of left) child.kill('SIGKILL')
})

/** Starts the program that appends; with `limit` no file may have more than so many KiB. */
const startAppender = (dir: string, { bytes = 20, limit = 'unlimited' } = {}) => {
  const program = join(import.meta.dirname, 'appender.ts')
  const shell = `ulimit -f ${limit}; exec "$@"`
  const args = ['-c', shell, 'bash', process.execPath, program, dir, String(bytes)]
  const child = spawn('bash', args, { stdio: ['pipe', 'pipe', 'inherit'] })
  left.add(child)
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout })
  reader.on('line', (line) => lines.push(line))
  const ended = Promise.all([once(child, 'exit'), once(reader, 'close')])
  const end = async (how: () => void) => {
    how()
    await ended
    left.delete(child)
  }
  return {
    lines,
    of: (kind: string) => lines.filter((line) => line.startsWith(kind)).map((line) => line.slice(2)),
    kill: () => end(() => child.kill('SIGKILL')),
    finish: () => end(() => child.stdin.end()),
  }
}

it.each([1, 50, 700, 4_000])(
  'killed after it told of %i things: all that was appended is there, once, and nothing that was settled',
  async (count) => {
    await using dir = await temporaryDirectory()
    const killed = startAppender(dir.path)
    await until(() => killed.lines.length >= count)
    await killed.kill()
    const spool = openTestSpool(dir.path)
    await spool.takeOver()
    const texts = (await deliverAll(spool)).map(textOf)
    expect(new Set(texts).size).toBe(texts.length)
    const settled = new Set(killed.of('-'))
    const delivered = new Set(texts)
    // the last one may have been settled, and the kill came before it could tell
    const missing = killed.of('+').filter((text) => !settled.has(text) && !delivered.has(text))
    expect(missing.length).toBeLessThanOrEqual(1)
    expect(texts.filter((text) => settled.has(text))).toEqual([])
    expect(texts.filter((text) => !/^\d\.\d+\.[ab]\.*$/.test(text))).toEqual([])
    expect(spool.dropped).toEqual([])
    await spool.close()
    expect(await pathsBelow(dir.path)).toEqual([])
  },
)

it('nothing is taken over from a process as long as it lives', async () => {
  await using dir = await temporaryDirectory()
  const living = startAppender(dir.path)
  await until(() => living.of('+').length > 0)
  const owned = await onlyDirectory(dir.path)
  const spool = openTestSpool(dir.path)
  await spool.takeOver()
  expect(spool.waiting('traces').batches).toBe(0)
  expect(await onlyDirectory(dir.path)).toBe(owned)
  await living.finish()
  await spool.takeOver()
  const texts = await takeTexts(spool)
  const settled = new Set(living.of('-'))
  expect(texts.toSorted()).toEqual(
    living
      .of('+')
      .filter((text) => !settled.has(text))
      .toSorted(),
  )
  await spool.close()
})

it('of two that take over at the same time each batch goes to one', async () => {
  await using dir = await temporaryDirectory()
  for (let round = 0; round < 25; round += 1) {
    const texts = [0, 1, 2].map((index) => `${round}.${index}`)
    for (const text of texts) {
      const earlier = openTestSpool(dir.path)
      await earlier.append([batchOf(text)])
      await earlier.close()
    }
    const takers = [openTestSpool(dir.path), openTestSpool(dir.path)]
    await Promise.all(takers.map((taker) => taker.takeOver()))
    const taken = await Promise.all(takers.map((taker) => deliverAll(taker)))
    expect(taken.flat().map(textOf).toSorted()).toEqual(texts)
    await Promise.all(takers.map((taker) => taker.close()))
  }
  expect(await pathsBelow(dir.path)).toEqual([])
})

/** Leaves a batch in a directory whose name says that a process elsewhere has it, silent for so many seconds. */
const leaveElsewhere = async (dir: string, silentSeconds: number) => {
  const spool = openTestSpool(dir)
  await spool.append([batchOf('elsewhere')])
  await spool.close()
  const owned = join(dir, '4711-123456-abcdef012345-0123456789abcdef')
  await rename(await onlyDirectory(dir), owned)
  const at = Date.now() / 1_000 - silentSeconds
  await utimes(join(owned, 'alive'), at, at)
  return owned
}

it.each([
  { seconds: 30, are: [] },
  { seconds: 59, are: [] },
  { seconds: 61, are: ['elsewhere'] },
])('a process that cannot be seen counts as gone after a minute of silence: $seconds s', async (row) => {
  await using dir = await temporaryDirectory()
  await leaveElsewhere(dir.path, row.seconds)
  const spool = openTestSpool(dir.path)
  await spool.takeOver()
  expect(await takeTexts(spool)).toEqual(row.are)
  await spool.close()
})

it('without a sign of life the age of the directory tells', async () => {
  await using dir = await temporaryDirectory()
  const owned = await leaveElsewhere(dir.path, 100)
  await rename(join(owned, 'alive'), join(dir.path, 'gone'))
  const spool = openTestSpool(dir.path)
  await spool.takeOver()
  expect(await takeTexts(spool)).toEqual([])
  await utimes(owned, 0, 0)
  await spool.takeOver()
  expect(await takeTexts(spool)).toEqual(['elsewhere'])
  await spool.close()
})

it('who has a directory shows life in it, and stops when it closes', async () => {
  await using dir = await temporaryDirectory()
  await leaveElsewhere(dir.path, 100)
  const clock = manualClock()
  const spool = openTestSpool(dir.path, { clock, maxAgeMs: Number.POSITIVE_INFINITY })
  expect(clock.pending()).toBe(0)
  await spool.takeOver()
  await spool.append([batchOf('own')])
  const signs = (await pathsBelow(dir.path)).filter((path) => basename(path) === 'alive')
  expect(signs).toHaveLength(2)
  for (let beat = 0; beat < 2; beat += 1) {
    for (const sign of signs) await utimes(join(dir.path, sign), 0, 0)
    await until(() => clock.pending() === 1)
    await clock.advance(15_000)
    for (const sign of signs) await until(async () => (await stat(join(dir.path, sign))).mtimeMs > 0)
  }
  await spool.close()
  expect(clock.pending()).toBe(0)
})

it('who was taken for dead goes on in a new directory, and loses nothing', async () => {
  await using dir = await temporaryDirectory()
  const stopped = openTestSpool(dir.path)
  await stopped.append([batchOf('1')])
  await rename(await onlyDirectory(dir.path), join(dir.path, 'closed-0123456789abcdef'))
  const next = openTestSpool(dir.path)
  await next.takeOver()
  await stopped.append([batchOf('2')])
  await stopped.append([batchOf('3')])
  expect(await takeTexts(stopped)).toEqual(['2', '3'])
  expect(await takeTexts(next)).toEqual(['1'])
  await Promise.all([stopped.close(), next.close()])
})

it('what is not of a spool is left alone, and links are not followed', async () => {
  await using dir = await temporaryDirectory()
  await using other = await temporaryDirectory()
  const elsewhere = openTestSpool(other.path)
  await elsewhere.append([batchOf('not to be touched')])
  await elsewhere.close()
  const outside = await onlyDirectory(other.path)
  const [segment = ''] = await segmentsBelow(other.path)
  const before = await readFile(segment)

  await symlink(outside, join(dir.path, 'closed-0000000000000001'))
  const linked = join(dir.path, 'closed-0000000000000002')
  await mkdir(linked)
  await symlink(segment, join(linked, '00000001.spool'))
  await writeFile(join(linked, '00000002.spool2'), before)
  const signed = join(dir.path, 'closed-0000000000000003')
  await mkdir(signed)
  await writeFile(join(signed, '00000001.spool'), before)
  await symlink(segment, join(signed, 'alive'))
  await mkdir(join(dir.path, 'notes'))
  await writeFile(join(dir.path, 'notes', '00000001.spool'), before)
  await writeFile(join(dir.path, 'clock'), '12:00')

  const spool = openTestSpool(dir.path)
  await spool.takeOver()
  expect(spool.waiting('traces').batches).toBe(0)
  await spool.close()
  expect(await readFile(segment)).toEqual(before)
  expect(await readFile(join(dir.path, 'clock'), 'utf8')).toBe('12:00')
  const names = await readdir(dir.path)
  expect(names).toContain('closed-0000000000000001')
  expect(names).toContain('closed-0000000000000003')
  expect(await readdir(join(dir.path, 'notes'))).toEqual(['00000001.spool'])
  expect(await readdir(join(dir.path, 'closed-0000000000000003'))).toEqual(['00000001.spool', 'alive'])
  const [moved = ''] = names.filter((name) => /^closed-(?!0{15}[123])/.test(name))
  expect(await readdir(join(dir.path, moved))).toEqual(['00000001.spool', '00000002.spool2'])
})

it.runIf(process.getuid?.() !== 0)(
  'what we have no right to is left, and keeps nobody from the rest',
  async () => {
    await using dir = await temporaryDirectory()
    for (const text of ['1', '2']) {
      const earlier = openTestSpool(dir.path)
      await earlier.append([batchOf(text)])
      await earlier.close()
    }
    const [first = ''] = await readdir(dir.path)
    await chmod(join(dir.path, first), 0)
    const spool = openTestSpool(dir.path)
    await spool.takeOver()
    expect(await takeTexts(spool)).toHaveLength(1)
    await spool.close()
    expect(await readdir(dir.path)).toContain(first)
    await chmod(join(dir.path, first), 0o700)
  },
)

it('a disk that takes no more refuses whole appends, and keeps all that it took', async () => {
  await using dir = await temporaryDirectory()
  const limited = startAppender(dir.path, { bytes: 5_000, limit: '100' })
  await until(() => limited.of('!').length >= 5 && limited.of('+').length >= 20)
  await limited.finish()
  expect(new Set(limited.of('!'))).toEqual(new Set(['EFBIG']))
  const spool = openTestSpool(dir.path)
  await spool.takeOver()
  const settled = new Set(limited.of('-'))
  const expected = limited.of('+').filter((text) => !settled.has(text))
  expect((await takeTexts(spool)).toSorted()).toEqual(expected.toSorted())
  expect(spool.dropped).toEqual([])
  await spool.close()
})

it('where no directory can be made append says why, and can be tried again', async () => {
  await using dir = await temporaryDirectory()
  const file = join(dir.path, 'file')
  await writeFile(file, '')
  const spool = openTestSpool(join(file, 'spool'))
  await expect(spool.append([batchOf('1')])).rejects.toMatchObject({ code: 'ENOTDIR' })
  await expect(spool.takeOver()).rejects.toMatchObject({ code: 'ENOTDIR' })
  expect(spool.waiting('traces').batches).toBe(0)
  await rename(file, join(dir.path, 'moved'))
  await spool.append([batchOf('2')])
  expect(await takeTexts(spool)).toEqual(['2'])
  await spool.close()
  const nowhere = openTestSpool('/proc/nothing/spool')
  await expect(nowhere.append([batchOf('1')])).rejects.toMatchObject({ code: 'ENOENT' })
  await nowhere.close()
})

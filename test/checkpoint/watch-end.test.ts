import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openResults } from './results.ts'

it('when the command has ended well, what is there is complete', async () => {
  await using results = await openResults()
  const life = results.watch({ marker: 'huggingface' })
  await life.step()
  await results.write('checkpoint-1/trainer_state.json')
  await results.write('checkpoint-2/model')
  await results.write('checkpoint-3/model.tmp')
  await results.write('tmp-checkpoint-4/model')
  await results.write('checkpoint-5/model.lock')
  await results.write('checkpoint-6/model', '')
  expect(await life.end(true)).toMatchObject({
    names: ['checkpoint-1', 'checkpoint-2', 'checkpoint-5'],
    isSaving: false,
    findings: expect.toSatisfy((findings: string[]) =>
      [
        "'checkpoint-3' is not announced: 'model.tmp' in it is unfinished",
        "'checkpoint-6' is not announced: it is empty, which the platform refuses",
        "'tmp-checkpoint-4' is not announced: its name is that of something unfinished",
      ].every((finding) => findings.includes(finding)),
    ),
  })
})

it('when the command has failed, what it may have been writing is torn', async () => {
  await using results = await openResults()
  const life = results.watch()
  await results.write('checkpoint-1/a')
  await life.step()
  await results.clock.advance(10_000)
  await results.write('checkpoint-2/a')
  const end = await life.end(false)
  expect(end).toMatchObject({
    names: ['checkpoint-1'],
    isSaving: false,
    findings: [
      "'checkpoint-2' is not announced: the command failed, and nothing tells that it is whole; a marker would",
    ],
  })
})

it('when the command has failed, a marker tells', async () => {
  await using results = await openResults()
  const life = results.watch({ marker: 'done.txt' })
  await results.write('checkpoint-1/done.txt')
  await results.write('checkpoint-2/a')
  await life.step()
  expect(await life.end(false)).toMatchObject({
    names: ['checkpoint-1'],
    findings: [
      "'checkpoint-2' is not announced: the command failed, and nothing tells that it is whole (done.txt)",
    ],
  })
})

it('what is torn stays so in the next life, unless it is written again', async () => {
  await using results = await openResults()
  const first = results.watch()
  await first.step()
  await results.write('checkpoint-1/a')
  await results.write('checkpoint-2/a')
  await first.end(false)

  const second = results.watch()
  const { findings, isSaving } = await second.step()
  expect(findings).toEqual([
    "'checkpoint-1' is not announced so far: an earlier attempt may have ended in the middle of it; it is once it has its marker, or is written again",
    "'checkpoint-2' is not announced so far: an earlier attempt may have ended in the middle of it; it is once it has its marker, or is written again",
  ])
  expect(isSaving).toBe(false)
  expect((await second.step(1_000)).names).toEqual([])
  await results.write('checkpoint-2/b')
  await second.step()
  expect((await second.step(10)).names).toEqual(['checkpoint-2'])
  expect((await second.end(true)).names).toEqual([])
})

it('after a life that was killed, what was not announced may be torn, but not what has a marker', async () => {
  await using results = await openResults()
  const killed = results.watch({ marker: 'dcp' })
  await killed.step()
  await results.write('checkpoint-1/a')
  await results.write('checkpoint-2/.metadata')
  await results.write('last/a')

  const second = results.watch({ marker: 'dcp', globs: ['checkpoint-*', 'last'] })
  expect((await second.step()).names).toEqual(['checkpoint-2'])
  expect((await second.step(1_000)).names).toEqual([])
  // what is new is not under suspicion, nor what the training says itself
  await results.write('checkpoint-3/a')
  second.declare({ path: 'checkpoint-1', metadata: {} })
  expect((await second.step()).names).toEqual(['checkpoint-1'])
  const end = await second.end(true)
  expect(end.names).toEqual(['checkpoint-3'])
  expect(end.findings).toEqual([
    "'last' is not announced: an earlier attempt may have ended in the middle of it; it is once it has its marker, or is written again",
  ])
})

it('what was announced, and was written again when its life was killed, may be torn', async () => {
  await using results = await openResults()
  const killed = results.watch({ globs: ['a=1.pt'] })
  await results.write('a=1.pt', '1')
  await killed.step()
  expect((await killed.step(10)).names).toEqual(['a_1.pt'])
  await rm(join(results.path, 'a=1.pt'))
  await results.write('a=1.pt', 'half')
  const second = results.watch({ globs: ['a=1.pt'] })
  await second.step()
  await second.step(100)
  expect((await second.end(true)).names).toEqual([])
})

it('after a life that has ended, and where none was, what is there is announced', async () => {
  await using results = await openResults()
  await results.write('checkpoint-1/a')
  const first = results.watch()
  await first.step()
  expect((await first.end(true)).names).toEqual(['checkpoint-1'])
  await results.write('checkpoint-2/a')
  const second = results.watch()
  await second.step()
  expect(await second.step(10)).toMatchObject({ names: ['checkpoint-2'], findings: [] })
})

it('last and best are announced in their last version', async () => {
  await using results = await openResults()
  const life = results.watch({ globs: ['*.pt', 'best'] })
  await results.write('last.pt', '1')
  await results.write('best/a', '1')
  await life.step()
  expect(await life.step(1_000)).toMatchObject({ names: [], findings: [], isSaving: false })
  await results.write('last.pt', '22')
  expect((await life.step(1)).isSaving).toBe(true)
  const { events } = await life.end(true)
  expect(events.map(({ name, sizeBytes }) => `${name} ${sizeBytes}`).toSorted()).toEqual(['best 1', 'last 2'])

  const second = results.watch({ globs: ['*.pt', 'best'] })
  await second.step(20)
  await results.write('best/a', '333')
  expect((await second.end(true)).names).toEqual(['best-2'])
  expect(await readFile(join(results.path, 'best-2', 'a'), 'utf8')).toBe('333')
  const third = results.watch({ globs: ['*.pt', 'best*'] })
  expect((await third.end(true)).names).toEqual([])
})

it('a file that is replaced after it was announced is announced again at the end, its copy stays', async () => {
  await using results = await openResults()
  const life = results.watch({ globs: ['model=a.pt'] })
  await results.write('model=a.pt', '1')
  await life.step()
  expect((await life.step(10)).names).toEqual(['model_a.pt'])
  for (const text of ['22', '333']) {
    await results.write('new', text)
    await rename(join(results.path, 'new'), join(results.path, 'model=a.pt'))
    expect(await life.step(20)).toMatchObject({ names: [], findings: [], isSaving: false })
  }
  expect((await life.end(true)).names).toEqual(['model_a.pt-2'])
  expect(await readFile(join(results.path, 'model_a.pt', 'model=a.pt'), 'utf8')).toBe('1')
  expect(await readFile(join(results.path, 'model_a.pt-2', 'model=a.pt'), 'utf8')).toBe('333')
})

it('a file that is written over in place after it was announced is told of', async () => {
  await using results = await openResults()
  const life = results.watch({ globs: ['model=a.pt'] })
  await results.write('model=a.pt', '1')
  await life.step()
  await life.step(10)
  await writeFile(join(results.path, 'model=a.pt'), '22')
  expect((await life.step()).findings).toEqual([
    "'model=a.pt' is written over in place, and 'model_a.pt', as which it was announced, changes with it; give each checkpoint a name of its own, or write another file and rename it",
  ])
  expect((await life.step()).findings).toEqual([])
})

it('the same source has the same name after a restart', async () => {
  await using results = await openResults()
  await results.write('a=1.ckpt')
  const first = results.watch({ globs: ['*.ckpt'] })
  await first.step()
  expect((await first.step(10)).names).toEqual(['a_1.ckpt'])
  await results.write('b=2.ckpt')
  const second = results.watch({ globs: ['*.ckpt'], marker: 'dcp' })
  await second.step()
  await results.write('b=2.ckpt', 'new')
  await second.step()
  expect((await second.step(10)).names).toEqual(['b_2.ckpt'])
  expect((await second.end(true)).names).toEqual([])
})

it('a copy that was made and not announced is announced by the next life', async () => {
  await using results = await openResults()
  await results.write('a=1.ckpt')
  const first = results.watch({ globs: ['*.ckpt'] })
  await first.step()
  await first.step(10)
  await first.end(true)
  // the task ended before the progress file had it
  results.used.clear()
  const second = results.watch({ globs: ['*.ckpt'] })
  await second.step()
  expect((await second.step(10)).names).toEqual(['a_1.ckpt'])
})

it('of a copy that was made and not announced, and of which the source has changed, another is made', async () => {
  await using results = await openResults()
  await results.write('a=1.ckpt')
  const first = results.watch({ globs: ['*.ckpt'] })
  await first.step()
  await first.step(10)
  await first.end(true)
  results.used.clear()
  await results.write('new', '22')
  await rename(join(results.path, 'new'), join(results.path, 'a=1.ckpt'))
  const second = results.watch({ globs: ['*.ckpt'] })
  await second.step()
  expect((await second.step(10)).names).toEqual(['a_1.ckpt-2'])
  expect(await readFile(join(results.path, 'a_1.ckpt-2', 'a=1.ckpt'), 'utf8')).toBe('22')
})

it('without the register, names that were used stay used', async () => {
  await using results = await openResults()
  await results.write('checkpoint-1/a')
  await results.write('a=1.ckpt')
  const options = { globs: ['checkpoint-*', '*.ckpt'] }
  const first = results.watch(options)
  await first.step()
  await first.step(10)
  await first.end(true)
  await rm(join(results.path, '.taskbeat', 'checkpoints.jsonl'))
  const second = results.watch(options)
  await second.step()
  expect((await second.step(10)).names).toEqual(['a_1'])
})

it('a register that cannot be written is told of, and ends nothing', async () => {
  await using results = await openResults()
  await results.write('checkpoint-1/a')
  await results.write('.taskbeat/checkpoints.jsonl/x')
  const life = results.watch()
  const { findings } = await life.step()
  expect(findings).toHaveLength(2)
  expect((await life.step(10)).names).toEqual(['checkpoint-1'])
})

it('what the training declares is complete at once', async () => {
  await using results = await openResults()
  const life = results.watch({ globs: [] })
  await results.write('out/step=7/a.tmp', '123')
  await results.write('tmp-8/a')
  life.declare({ path: 'out/step=7', metadata: { loss: 0.5, source: 'mine' }, step: 9, percent: 12.9 })
  life.declare({ path: join(results.path, 'tmp-8'), metadata: {} })
  const { events, findings } = await life.step()
  expect(findings).toEqual([])
  expect(events.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toMatchObject([
    { name: 'step_7', metadata: { loss: 0.5, source: 'mine' }, step: 9, percentComplete: 12, sizeBytes: 3 },
    { name: 'tmp-8', metadata: {} },
  ])
  expect(events.find(({ name }) => name === 'tmp-8')).not.toHaveProperty('percentComplete')
})

it('numbers that make no sense are left out of what was declared', async () => {
  await using results = await openResults()
  const life = results.watch({ globs: [] })
  await results.write('a-5/x')
  await results.write('b/x')
  life.declare({ path: 'a-5', metadata: {}, step: -1, percent: Number.NaN })
  life.declare({ path: 'b', metadata: {}, step: 1.5, percent: 250 })
  const { events } = await life.step()
  expect(events.map(({ name, step, percentComplete }) => ({ name, step, percentComplete }))).toEqual([
    { name: 'a-5', step: undefined, percentComplete: undefined },
    { name: 'b', step: undefined, percentComplete: 100 },
  ])
})

it.each([
  ['nowhere', 'it is not there'],
  ['.', 'it is not inside the results directory'],
  ['..', 'it is not inside the results directory'],
  ['../other', 'it is not there'],
  ['/etc', 'it is not inside the results directory'],
  ['link-out', 'it is not inside the results directory'],
  ['summary', "it is not the training's"],
  ['.taskbeat', "it is not the training's"],
])('%s is not taken as a declared checkpoint: %s', async (path, why) => {
  await using results = await openResults()
  await results.write('summary/a')
  await results.write('.taskbeat/a')
  const { symlink } = await import('node:fs/promises')
  await symlink('/etc', join(results.path, 'link-out'))
  const life = results.watch({ globs: [] })
  life.declare({ path, metadata: {} })
  const finding = `'${path}' was declared a checkpoint, but is not announced: ${why}`
  expect(await life.step()).toMatchObject({ names: [], findings: [finding] })
  expect(await life.step()).toMatchObject({ names: [], findings: [] })
})

it('an empty directory that is declared is refused, and watched like any other', async () => {
  await using results = await openResults()
  const life = results.watch()
  await results.write('checkpoint-1/a', '')
  life.declare({ path: 'checkpoint-1', metadata: {} })
  expect(await life.step()).toMatchObject({
    names: [],
    findings: ["'checkpoint-1' is not announced so far: it is empty, which the platform refuses"],
  })
  await results.write('checkpoint-1/a', 'x')
  expect((await life.step()).names).toEqual([])
  expect((await life.step(10)).names).toEqual(['checkpoint-1'])
})

it('what is declared twice is announced twice only if it has changed', async () => {
  await using results = await openResults()
  const life = results.watch({ globs: [] })
  const declare = () => life.declare({ path: 'checkpoint-1', metadata: {} })
  await results.write('checkpoint-1/a', '1')
  declare()
  declare()
  expect((await life.step()).names).toEqual(['checkpoint-1'])
  declare()
  expect((await life.step()).names).toEqual([])
  await results.write('checkpoint-1/a', '22')
  declare()
  expect((await life.step()).names).toEqual(['checkpoint-1-2'])
  await copyFile(join(results.path, 'checkpoint-1', 'a'), join(results.path, 'checkpoint-1', 'b'))
  declare()
  expect((await life.end(false)).names).toEqual(['checkpoint-1-3'])
})

it('what is declared counts for a checkpoint that a pattern has found too', async () => {
  await using results = await openResults()
  const life = results.watch()
  await results.write('checkpoint-1/a')
  await life.step()
  life.declare({ path: 'checkpoint-1', metadata: { loss: 1 } })
  expect((await life.step()).events).toMatchObject([{ name: 'checkpoint-1', metadata: { loss: 1 } }])
  expect((await life.step(20)).names).toEqual([])
})

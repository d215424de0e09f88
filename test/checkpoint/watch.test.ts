import { execFileSync } from 'node:child_process'
import { link, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createCheckpointWatch } from '../../src/checkpoint/watch.ts'
import { openResults } from './results.ts'

it('a checkpoint without a marker is announced when it has been quiet', async () => {
  await using results = await openResults()
  const life = results.watch()
  await life.step()
  await results.write('checkpoint-500/model', '12345', 1_000)
  await results.write('checkpoint-500/deep/optimizer', '678', 1_010)
  expect(await life.step(1)).toMatchObject({ names: [], isSaving: true })
  expect(await life.step(9.9)).toMatchObject({ names: [], isSaving: true })
  const { events, isSaving, findings } = await life.step(0.1)
  expect(events).toEqual([
    {
      type: 'checkpoint',
      name: 'checkpoint-500',
      metadata: {},
      step: 500,
      startedAt: new Date(1_010_000),
      endedAt: new Date(1_010_000),
      sizeBytes: 8,
    },
  ])
  expect([isSaving, findings]).toEqual([false, []])
  expect(await life.step(60)).toMatchObject({ names: [], isSaving: false })
})

it('what still changes is not quiet, however slowly it does', async () => {
  await using results = await openResults()
  const life = results.watch()
  for (let part = 0; part < 5; part += 1) {
    await results.write(`checkpoint-1/part-${part}`)
    expect(await life.step(9)).toMatchObject({ names: [], isSaving: true })
  }
  expect((await life.step(10)).names).toEqual(['checkpoint-1'])
})

it('times of change from another clock do not matter', async () => {
  await using results = await openResults()
  const life = results.watch()
  await results.write('checkpoint-1/a', 'x', 0)
  await results.write('checkpoint-2/a', 'x', 4_000_000_000)
  expect((await life.step()).names).toEqual([])
  expect((await life.step(10)).names).toEqual(['checkpoint-1', 'checkpoint-2'])
})

it('the wall clock does not matter', async () => {
  await using results = await openResults()
  const life = results.watch()
  await results.write('checkpoint-1/a')
  await life.step()
  results.clock.setWall(new Date('2036-01-01'))
  expect((await life.step(5)).names).toEqual([])
})

it('the oldest comes first, and of those of the same time the lowest', async () => {
  await using results = await openResults()
  const life = results.watch()
  for (const [name, at] of [
    ['checkpoint-10', 500],
    ['checkpoint-9', 500],
    ['checkpoint-11', 400],
  ] as const)
    await results.write(`${name}/a`, 'x', at)
  await life.step()
  expect((await life.step(10)).names).toEqual(['checkpoint-11', 'checkpoint-9', 'checkpoint-10'])
})

it('a checkpoint that is renamed into place is announced under its last name', async () => {
  await using results = await openResults()
  const life = results.watch()
  await results.write('tmp-checkpoint-1/a')
  expect(await life.step()).toMatchObject({ names: [], isSaving: true })
  expect(await life.step(30)).toMatchObject({ names: [], isSaving: false })
  await rename(join(results.path, 'tmp-checkpoint-1'), join(results.path, 'checkpoint-1'))
  expect((await life.step()).names).toEqual([])
  expect(await life.step(10)).toMatchObject({ names: ['checkpoint-1'], findings: [] })
})

it('a file that is being written holds a checkpoint back, and is told of when it stays', async () => {
  await using results = await openResults()
  const life = results.watch()
  await results.write('checkpoint-1/a')
  await results.write('checkpoint-1/model.safetensors.tmp')
  await life.step()
  expect(await life.step(50)).toMatchObject({ names: [], findings: [], isSaving: false })
  const finding = "'checkpoint-1' is not announced so far: 'model.safetensors.tmp' in it is unfinished"
  expect(await life.step(60)).toMatchObject({ names: [], findings: [finding] })
  expect(await life.step(60)).toMatchObject({ findings: [] })
  await rm(join(results.path, 'checkpoint-1', 'model.safetensors.tmp'))
  await life.step()
  expect((await life.step(10)).names).toEqual(['checkpoint-1'])
})

it('what has been incomplete for long is read in depth less often', async () => {
  await using results = await openResults()
  const life = results.watch({ marker: 'done' })
  await results.write('checkpoint-1/deep/a')
  await life.step()
  await life.step(100)
  await results.write('checkpoint-1/deep/b')
  expect((await life.step(9)).isSaving).toBe(false)
  expect((await life.step(3)).isSaving).toBe(true)
  await life.step(200)
  await results.write('checkpoint-1/done')
  await life.step()
  expect((await life.step(2)).names).toEqual(['checkpoint-1'])
})

it('an empty checkpoint is not announced', async () => {
  await using results = await openResults()
  const life = results.watch()
  await results.write('checkpoint-1/a', '')
  await mkdir(join(results.path, 'checkpoint-2'))
  await life.step()
  expect(await life.step(20)).toMatchObject({ names: [], findings: [] })
  expect((await life.step(100)).findings).toEqual([
    "'checkpoint-1' is not announced so far: it is empty, which the platform refuses",
    "'checkpoint-2' is not announced so far: it is empty, which the platform refuses",
  ])
})

it("taskbeat's own files are no checkpoints, whatever the pattern says", async () => {
  await using results = await openResults()
  const life = results.watch({ globs: ['*', '**/x', '.*'], progressFile: join(results.path, 'progress') })
  for (const path of [
    'progress',
    'progress.123456',
    'progress.corrupt-2026',
    'summary/x',
    'summary-2/x',
    '.taskbeat/staging/c/x',
    'summary-x/x',
    'progress-report',
  ])
    await results.write(path)
  await life.step()
  const { names, findings } = await life.step(10)
  expect([names.toSorted(), findings]).toEqual([['progress-report-2', 'summary-x'], []])
})

it('what is ready is offered until it was published, and published once', async () => {
  await using results = await openResults()
  const life = results.watch()
  await results.write('checkpoint-1/a')
  await life.look()
  await results.clock.advance(10_000)
  const [first] = (await life.look()).ready
  const [second] = (await life.look()).ready
  if (!first || !second) throw new Error('nothing is ready')
  const events = await Promise.all([life.publish(first), life.publish(second)])
  expect(events.map((event) => event?.name)).toEqual(['checkpoint-1', undefined])
  expect(await life.look()).toEqual({ ready: [], isSaving: false, findings: [] })
})

it('what was removed before its turn is not announced, which is told once', async () => {
  await using results = await openResults()
  const life = results.watch()
  await results.write('checkpoint-1/a')
  await results.write('checkpoint-2/a')
  await life.look()
  await results.clock.advance(10_000)
  const { ready } = await life.look()
  for (const { name } of ready) await rm(join(results.path, name), { recursive: true })
  expect(ready[0] && (await life.publish(ready[0]))).toBeUndefined()
  expect((await life.look()).findings).toEqual([
    "'checkpoint-1' was removed before it was announced; let the training keep more checkpoints",
    "'checkpoint-2' was removed before it was announced; let the training keep more checkpoints",
  ])
})

it('what changes before its turn waits until it is complete again', async () => {
  await using results = await openResults()
  const life = results.watch()
  await results.write('checkpoint-1/a')
  await life.look()
  await results.clock.advance(10_000)
  const [ready] = (await life.look()).ready
  await results.write('checkpoint-1/b')
  expect(ready && (await life.publish(ready))).toBeUndefined()
  expect(await life.step()).toMatchObject({ names: [], findings: [], isSaving: true })
  expect((await life.step(10)).names).toEqual(['checkpoint-1'])
})

it('a checkpoint that appears and vanishes between looks is not told of', async () => {
  await using results = await openResults()
  const life = results.watch()
  await results.write('checkpoint-1/a')
  await life.step()
  await rm(join(results.path, 'checkpoint-1'), { recursive: true })
  expect(await life.step(10)).toMatchObject({ names: [], findings: [], isSaving: false })
})

it('a name that the platform refuses is announced by a copy', async () => {
  await using results = await openResults()
  const life = results.watch({ globs: ['checkpoint-*', 'logs/*/*.ckpt', 'a.pt'] })
  await results.write('checkpoint-step=7/a', '12')
  await results.write('logs/version_0/epoch=1-step=20.ckpt', '345')
  await results.write('a.pt')
  await life.step()
  const { events, names } = await life.step(10)
  expect(names.toSorted()).toEqual(['a', 'checkpoint-step_7', 'epoch_1-step_20.ckpt'])
  expect(events.find(({ step }) => step === 20)).toMatchObject({
    name: 'epoch_1-step_20.ckpt',
    metadata: { source: 'logs/version_0/epoch=1-step=20.ckpt' },
    sizeBytes: 3,
  })
  expect(await readdir(join(results.path, 'epoch_1-step_20.ckpt'))).toEqual(['epoch=1-step=20.ckpt'])
  expect(await readdir(join(results.path, '.taskbeat', 'staging'))).toEqual([])
  expect(await life.step(60)).toMatchObject({ names: [], isSaving: false, findings: [] })
})

it('copies of equal names get the directories above, or a number', async () => {
  await using results = await openResults()
  const life = results.watch({ globs: ['**/step?1'] })
  results.used.add('step_1')
  const paths = ['d/step=1', 'a/step-1', 'b/step-1', 'c/step_1', 'c/step 1', 'step-1']
  for (const [age, path] of paths.entries()) await results.write(`${path}/x`, 'x', 100 + age)
  await life.step()
  expect((await life.step(10)).names).toEqual([
    'd-step_1',
    'a-step-1',
    'b-step-1',
    'c-step_1',
    'step_1-2',
    'step-1',
  ])
})

it('the name that was meant for a checkpoint that is gone is free again', async () => {
  await using results = await openResults()
  const life = results.watch({ globs: ['*/c=1.pt'] })
  await results.write('a/c=1.pt')
  await life.look()
  await results.clock.advance(10_000)
  expect((await life.look()).ready).toMatchObject([{ name: 'c_1.pt' }])
  await rm(join(results.path, 'a'), { recursive: true })
  await results.write('b/c=1.pt')
  await life.step()
  expect((await life.step(10)).names).toEqual(['c_1.pt'])
})

it('copies are no checkpoints of their own', async () => {
  await using results = await openResults()
  const life = results.watch({ globs: ['**/*.ckpt', '*.ckpt', '*/'] })
  await results.write('epoch=1.ckpt')
  await life.step()
  expect((await life.step(10)).names).toEqual(['epoch_1.ckpt'])
  expect(await life.step(10)).toMatchObject({ names: [], isSaving: false })
  expect((await life.end(true)).names).toEqual([])
})

it('where no hard links can be made, people are told what to do', async () => {
  await using results = await openResults()
  const link = async () => {
    throw Object.assign(new Error('EXDEV'), { code: 'EXDEV' })
  }
  const life = results.watch({ globs: ['*.ckpt', 'checkpoint-*'], link })
  await results.write('epoch=1.ckpt')
  await results.write('checkpoint-1/a')
  await life.step()
  expect(await life.step(10)).toMatchObject({
    names: ['checkpoint-1'],
    findings: [
      "'epoch=1.ckpt' is not announced: its copy 'epoch_1.ckpt' needs hard links, which cannot be made there (EXDEV); write checkpoints as directories directly into the results directory, with names of letters, digits and !_-.*'()",
    ],
  })
  expect(await life.step(10)).toMatchObject({ names: [], findings: [], isSaving: false })
  expect(await life.end(true)).toMatchObject({ names: [], findings: [] })
})

it('what the disk refused is tried again at the end', async () => {
  await using results = await openResults()
  let isFull = true
  const life = results.watch({
    globs: ['*.ckpt'],
    link: async (from, to) => {
      if (isFull) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
      await link(from, to)
    },
  })
  await results.write('epoch=1.ckpt')
  await life.step()
  expect(await life.step(10)).toMatchObject({
    names: [],
    findings: ["'epoch=1.ckpt' is not announced: its copy 'epoch_1.ckpt' cannot be written (ENOSPC)"],
  })
  isFull = false
  expect((await life.step(10)).names).toEqual([])
  expect((await life.end(true)).names).toEqual(['epoch_1.ckpt'])
})

it('what lies in a directory that was announced belongs to it', async () => {
  await using results = await openResults()
  const life = results.watch({ globs: ['**/*.pt'] })
  await results.write('run-1/model.pt')
  life.declare({ path: 'run-1', metadata: {} })
  expect((await life.step()).names).toEqual(['run-1'])
  expect(await life.step(20)).toMatchObject({ names: [], isSaving: false })
  expect((await life.end(true)).names).toEqual([])
})

it('two paths to one checkpoint are one', async () => {
  await using results = await openResults()
  const life = results.watch({ globs: ['*.ckpt', 'runs/latest/*.ckpt'] })
  await results.write('e_1.ckpt')
  await results.write('runs/7/e_2.ckpt')
  await symlink('e_1.ckpt', join(results.path, 'last.ckpt'))
  await symlink('7', join(results.path, 'runs', 'latest'))
  await life.step()
  expect((await life.step(10)).names.toSorted()).toEqual(['e_1', 'e_2.ckpt'])
})

it('a link out of the results directory is not followed', async () => {
  await using results = await openResults()
  await using elsewhere = await openResults()
  await elsewhere.write('checkpoint-1/a')
  await symlink(join(elsewhere.path, 'checkpoint-1'), join(results.path, 'checkpoint-1'))
  const life = results.watch()
  expect((await life.step()).findings).toEqual([
    "'checkpoint-1' is not announced: it leads out of the results directory",
  ])
  expect(await life.step(20)).toMatchObject({ names: [], findings: [] })
})

it('pipes, circles and dangling links end nothing', async () => {
  await using results = await openResults()
  await results.write('checkpoint-1/a')
  execFileSync('mkfifo', [join(results.path, 'checkpoint-pipe'), join(results.path, 'checkpoint-1', 'pipe')])
  await symlink('checkpoint-circle', join(results.path, 'checkpoint-circle'))
  await symlink('nowhere', join(results.path, 'checkpoint-dangling'))
  await symlink('.', join(results.path, 'checkpoint-1', 'self'))
  const life = results.watch()
  await life.step()
  expect(await life.step(10)).toMatchObject({ names: ['checkpoint-1'], findings: [] })
})

it('a results directory that is not there is told of, and watched once it is', async () => {
  await using results = await openResults()
  const path = join(results.path, 'later')
  const life = createCheckpointWatch({
    resultsDir: path,
    globs: ['*'],
    marker: undefined,
    quietMs: 0,
    isUsed: () => false,
  })
  expect((await life.look()).findings).toEqual([`the results directory '${path}' cannot be read (ENOENT)`])
  await results.write('later/checkpoint-1/a')
  expect((await life.look()).ready).toMatchObject([{ name: 'checkpoint-1' }])
})

it.each([
  { globs: ['/abs/*'], marker: undefined },
  { globs: ['*', '../*'], marker: undefined },
  { globs: ['*'], marker: '../x' },
])('wrong settings are refused: %j', (wrong) => {
  const create = () =>
    createCheckpointWatch({ resultsDir: '/nowhere', quietMs: 1, isUsed: () => false, ...wrong })
  expect(create).toThrow(expect.objectContaining({ code: 'CONFIGURATION', exitStatus: 78 }))
})

it('without patterns nothing is watched, and nothing written', async () => {
  await using results = await openResults()
  const life = results.watch({ globs: [] })
  await results.write('checkpoint-1/a')
  await life.step(10)
  expect(await life.end(false)).toMatchObject({ names: [], findings: [] })
  expect(await readdir(results.path)).toEqual(['checkpoint-1'])
})

it('what was announced is not read again', async () => {
  await using results = await openResults()
  const life = results.watch()
  await results.write('checkpoint-1/a')
  await life.step()
  await life.step(10)
  await results.write('checkpoint-1/b')
  expect(await life.step(1)).toMatchObject({ names: [], isSaving: false })
  expect((await life.end(true)).names).toEqual([])
})

it('a copy shares its bytes with the checkpoint', async () => {
  await using results = await openResults()
  const life = results.watch({ globs: ['*.ckpt'] })
  await results.write('e=1.ckpt')
  await life.step()
  await life.step(10)
  const [source, copy] = await Promise.all(
    ['e=1.ckpt', 'e_1.ckpt/e=1.ckpt'].map((path) => stat(join(results.path, path))),
  )
  expect(copy?.ino).toBe(source?.ino)
  expect(await readFile(join(results.path, 'e_1.ckpt', 'e=1.ckpt'), 'utf8')).toBe('x')
})

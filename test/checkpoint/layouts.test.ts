import { mkdir, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openResults, type Results } from './results.ts'

type Write = Results['write']

/** `Trainer._save_checkpoint` of transformers, rank 0, in its order; then the others' random states. */
const saveHuggingFace = (write: Write, step: number) => {
  const at = (file: string) => write(`checkpoint-${step}/${file}`)
  return {
    model: async () => {
      await at('config.json')
      await at('model.safetensors')
      await at('training_args.bin')
    },
    optimizer: async () => {
      await at('optimizer.pt')
      await at('scheduler.pt')
      await at('rng_state_0.pth')
    },
    state: () => at('trainer_state.json'),
    laterRank: () => at('rng_state_1.pth'),
  }
}

it('Hugging Face: two seconds after trainer_state.json, other ranks included', async () => {
  await using results = await openResults()
  const life = results.watch({ marker: 'huggingface' })
  await life.step()
  const save = saveHuggingFace(results.write, 500)
  await save.model()
  expect((await life.step(1)).isSaving).toBe(true)
  // an optimizer may take minutes to come together
  expect((await life.step(30)).names).toEqual([])
  await save.optimizer()
  expect((await life.step(1)).names).toEqual([])
  await save.state()
  expect((await life.step(1)).names).toEqual([])
  await save.laterRank()
  expect((await life.step(1)).names).toEqual([])
  expect((await life.step(1)).names).toEqual([])
  expect((await life.step(1)).events).toMatchObject([{ name: 'checkpoint-500', step: 500 }])
})

it('Hugging Face with save_total_limit: each is announced before the next one removes it', async () => {
  await using results = await openResults()
  const life = results.watch({ marker: 'huggingface' })
  const names: string[] = []
  for (const step of [100, 200, 300]) {
    const save = saveHuggingFace(results.write, step)
    await save.model()
    await save.optimizer()
    await save.state()
    await rm(join(results.path, `checkpoint-${step - 100}`), { recursive: true, force: true })
    await life.step(1)
    const announced = await life.step(2)
    names.push(...announced.names)
    expect(announced.findings).toEqual([])
  }
  expect(names).toEqual(['checkpoint-100', 'checkpoint-200', 'checkpoint-300'])
})

it('Hugging Face 4.36: staged under tmp-checkpoint-, and renamed', async () => {
  await using results = await openResults()
  const life = results.watch({ marker: 'huggingface' })
  await results.write('tmp-checkpoint-500/model.safetensors')
  await results.write('tmp-checkpoint-500/trainer_state.json')
  await life.step()
  expect(await life.step(10)).toMatchObject({ names: [] })
  await rename(join(results.path, 'tmp-checkpoint-500'), join(results.path, 'checkpoint-500'))
  await life.step()
  expect((await life.step(2)).names).toEqual(['checkpoint-500'])
})

it('Lightning: files below lightning_logs, and last.ckpt as a link', async () => {
  await using results = await openResults()
  const directory = 'lightning_logs/version_0/checkpoints'
  const life = results.watch({ globs: [`${directory}/*.ckpt`], marker: 'lightning' })
  await results.write(`${directory}/epoch=0-step=10.ckpt`, 'half')
  await symlink('epoch=0-step=10.ckpt', join(results.path, directory, 'last.ckpt'))
  await life.step()
  await results.write(`${directory}/epoch=0-step=10.ckpt`, 'whole file')
  expect((await life.step(9)).names).toEqual([])
  expect((await life.step(10)).events).toMatchObject([
    { name: 'epoch_0-step_10.ckpt', step: 10, metadata: { source: `${directory}/epoch=0-step=10.ckpt` } },
  ])
  await results.write(`${directory}/epoch=1-step=20.ckpt`)
  await rm(join(results.path, directory, 'last.ckpt'))
  await symlink('epoch=1-step=20.ckpt', join(results.path, directory, 'last.ckpt'))
  await life.step()
  // save_top_k=1
  await rm(join(results.path, directory, 'epoch=0-step=10.ckpt'))
  expect(await life.step(10)).toMatchObject({ names: ['epoch_1-step_20.ckpt'], findings: [] })
  expect((await life.end(true)).names).toEqual([])
})

it('Lightning: a sharded checkpoint is a directory, complete with meta.pt', async () => {
  await using results = await openResults()
  const life = results.watch({ globs: ['**/*.ckpt'], marker: 'lightning' })
  await results.write('ckpts/epoch_1-step_20.ckpt/__0_0.distcp')
  await results.write('ckpts/epoch_1-step_20.ckpt/.metadata')
  await life.step()
  expect((await life.step(30)).names).toEqual([])
  await results.write('ckpts/epoch_1-step_20.ckpt/meta.pt')
  await life.step()
  expect((await life.step(2)).names).toEqual(['epoch_1-step_20.ckpt'])
})

it('DeepSpeed: the tag in `latest` beside it', async () => {
  await using results = await openResults()
  const life = results.watch({ globs: ['global_step*'], marker: 'deepspeed' })
  await results.write('global_step10/mp_rank_00_model_states.pt', 'x', 1_000)
  await life.step()
  expect((await life.step(60)).names).toEqual([])
  await results.write('latest', 'global_step10', 1_010)
  expect((await life.step()).names).toEqual([])
  expect((await life.step(2)).events).toMatchObject([{ name: 'global_step10', step: 10 }])
  await results.write('global_step20/mp_rank_00_model_states.pt', 'x', 1_020)
  await life.step()
  expect((await life.step(60)).names).toEqual([])
  // two at once: `latest` has gone on from the first before anybody looked
  await results.write('global_step30/mp_rank_00_model_states.pt', 'x', 1_030)
  await results.write('latest', 'global_step30', 1_040)
  expect((await life.step(1)).names).toEqual([])
  expect((await life.step(2)).names).toEqual(['global_step30'])
  expect((await life.step(7)).names).toEqual([])
  expect((await life.step(1)).names).toEqual(['global_step20'])
})

it('DCP: complete in the moment that .metadata is there', async () => {
  await using results = await openResults()
  const life = results.watch({ globs: ['step-*'], marker: 'dcp' })
  await results.write('step-5/__0_0.distcp')
  await results.write('step-5/.metadata.tmp')
  await life.step()
  expect((await life.step(60)).names).toEqual([])
  await rename(join(results.path, 'step-5', '.metadata.tmp'), join(results.path, 'step-5', '.metadata'))
  expect((await life.step()).names).toEqual(['step-5'])
})

it('Orbax: directories under temporary names, renamed when complete', async () => {
  await using results = await openResults()
  const life = results.watch({ globs: ['[0-9]*'] })
  const staged = '1000.orbax-checkpoint-tmp-4'
  await results.write(`${staged}/params/a`)
  await results.write(`${staged}/state.orbax-checkpoint-tmp-5/a`)
  await life.step()
  expect((await life.step(60)).names).toEqual([])
  await rename(
    join(results.path, staged, 'state.orbax-checkpoint-tmp-5'),
    join(results.path, staged, 'state'),
  )
  await rename(join(results.path, staged), join(results.path, '1000'))
  await life.step()
  expect((await life.step(10)).events).toMatchObject([{ name: '1000', step: 1_000 }])
})

it('Megatron: iterations as directories', async () => {
  await using results = await openResults()
  const life = results.watch({ globs: ['iter_*'] })
  await mkdir(join(results.path, 'iter_0000500', 'mp_rank_00'), { recursive: true })
  await life.step(20)
  await results.write('iter_0000500/mp_rank_00/model_optim_rng.pt')
  await results.write('latest_checkpointed_iteration.txt', '500')
  await life.step()
  expect((await life.step(10)).events).toMatchObject([{ name: 'iter_0000500', step: 500 }])
})

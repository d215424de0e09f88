/** Checkpoints as the platform wants them: directories that are complete as soon as they have their name. */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Model } from './regression.ts'

export const nameOf = ({ step }: Model): string => `checkpoint-${step}`

/** Saves beside the name, and renames: who is killed in between leaves nothing that could be taken for a checkpoint. */
export const save = async (directory: string, model: Model): Promise<void> => {
  const path = join(directory, nameOf(model))
  const staged = `${path}.tmp`
  await rm(staged, { recursive: true, force: true })
  await mkdir(staged, { recursive: true })
  {
    await using file = await open(join(staged, 'model.json'), 'w')
    await file.writeFile(JSON.stringify(model))
    await file.sync()
  }
  await rename(staged, path)
}

/** The last one that was saved, by this attempt or an earlier one. */
export const findLast = async (directory: string): Promise<Model | undefined> => {
  await mkdir(directory, { recursive: true })
  const names = await readdir(directory)
  const steps = names.flatMap((name) => /^checkpoint-(\d+)$/.exec(name)?.[1] ?? []).map(Number)
  if (steps.length === 0) return undefined
  return JSON.parse(await readFile(join(directory, `checkpoint-${Math.max(...steps)}`, 'model.json'), 'utf8'))
}

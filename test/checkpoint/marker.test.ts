import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { checkMarker, parseMarker, readMarker } from '../../src/checkpoint/marker.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

/** Time of change of the checkpoint's files in these tests, in milliseconds since 1970. */
const changedMs = 2_000_000_000_000
const before = changedMs / 1_000 - 60
const after = changedMs / 1_000 + 60

type Files = Readonly<Record<string, { readonly text?: string; readonly at?: number }>>

/** What the marker says of `c-1` under a results directory with these files. */
const read = async (marker: string | undefined, files: Files, isDirectory = true) => {
  await using dir = await temporaryDirectory()
  for (const [path, { text = '', at = before }] of Object.entries(files)) {
    await mkdir(join(dir.path, dirname(path)), { recursive: true })
    await writeFile(join(dir.path, path), text)
    await utimes(join(dir.path, path), at, at)
  }
  const path = join(dir.path, 'c-1')
  return readMarker(marker === undefined ? undefined : parseMarker(marker), { path, isDirectory, changedMs })
}

const file = {}

it.each<[string, string | undefined, Files, string]>([
  ['no marker to go by', undefined, { 'c-1/a': file }, 'none'],
  ['Hugging Face, saved', 'huggingface', { 'c-1/trainer_state.json': file }, 'present'],
  ['Hugging Face, being saved', 'huggingface', { 'c-1/model.safetensors': file }, 'missing'],
  ['Lightning, sharded', 'lightning', { 'c-1/meta.pt': file, 'c-1/.metadata': file }, 'present'],
  ['Lightning, shards alone', 'lightning', { 'c-1/.metadata': file }, 'missing'],
  ['Lightning with DeepSpeed', 'lightning', { 'c-1/latest': file }, 'present'],
  ['DCP, saved', 'dcp', { 'c-1/.metadata': file }, 'final'],
  ['DCP, being saved', 'dcp', { 'c-1/.metadata.tmp': file, 'c-1/__0_0.distcp': file }, 'missing'],
  ['DeepSpeed, before the first', 'deepspeed', { 'c-1/a': file }, 'missing'],
  ['DeepSpeed, saved', 'deepspeed', { 'c-1/a': file, latest: { text: 'c-1' } }, 'present'],
  ['DeepSpeed, being saved', 'deepspeed', { 'c-1/a': file, latest: { text: 'c-0' } }, 'missing'],
  ['DeepSpeed, went on', 'deepspeed', { 'c-1/a': file, latest: { text: 'c-2', at: after } }, 'passed'],
  ['DeepSpeed inside', 'deepspeed', { 'c-1/latest': { text: 'step1\n' }, 'c-1/step1/a': file }, 'present'],
  ['DeepSpeed inside, lost', 'deepspeed', { 'c-1/latest': { text: 'step1' } }, 'missing'],
  ['DeepSpeed, no tag', 'deepspeed', { 'c-1/latest': { text: '' } }, 'missing'],
  ['a path', 'done/flag', { 'c-1/done/flag': file }, 'present'],
  ['a pattern', '*.done', { 'c-1/rank0.done': file }, 'present'],
  ['a pattern, temporary', '*.done', { 'c-1/rank0.done.tmp': file }, 'missing'],
  ['a file called as a preset', './dcp', { 'c-1/dcp': file }, 'present'],
])('%s', async (_, marker, files, expected) => {
  expect(await read(marker, files)).toBe(expected)
})

it('a checkpoint that is one file has no marker', async () => {
  expect(await read('lightning', { 'c-1': file }, false)).toBe('none')
})

it('a `latest` that is no tag is none', async () => {
  expect(await read('deepspeed', { 'c-1/a': file, 'latest/c-1': file })).toBe('missing')
  expect(await read('deepspeed', { 'c-1/a': file, latest: { text: 'x'.repeat(5_000), at: after } })).toBe(
    'missing',
  )
})

it.each(['huggingface', 'lightning', 'dcp', 'deepspeed', 'trainer_state.json', '*.done'])(
  '%s is a marker',
  (marker) => {
    expect(checkMarker(marker)).toBeUndefined()
  },
)

it.each(['', '/done', '../latest', 'a\\b'])('%j is no marker', (marker) => {
  expect(checkMarker(marker)).toContain('the marker')
})

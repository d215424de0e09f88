import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { spoolPlace } from '../../../src/delivery/replay/spool-place.ts'
import { temporaryDirectory } from '../../support/run-cli.ts'

it.each([
  { what: 'a results directory', made: ['.taskbeat/spool'], operand: '.', expected: '.taskbeat/spool' },
  { what: 'one whose run left nothing', made: ['.taskbeat'], operand: '.', expected: '.taskbeat/spool' },
  { what: 'a spool', made: ['spool/closed-1'], operand: 'spool', expected: 'spool' },
])('finds the spool where $what is named', async ({ made, operand, expected }) => {
  await using dir = await temporaryDirectory()
  for (const path of made) await mkdir(join(dir.path, path), { recursive: true })
  expect(spoolPlace([join(dir.path, operand)], '/default')).toBe(join(dir.path, expected))
})

it('takes the default where nothing is named, whether it is there or not', () => {
  expect(spoolPlace([], '/not/there')).toBe('/not/there')
})

it('calls what is no directory, and more than one, wrong use', async () => {
  await using dir = await temporaryDirectory()
  const file = join(dir.path, 'file')
  await writeFile(file, '')
  for (const operands of [[join(dir.path, 'missing')], [file], [dir.path, dir.path]]) {
    expect(() => spoolPlace(operands, '/default')).toThrow(expect.objectContaining({ exitStatus: 64 }))
  }
})

import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { linksOf } from '../docs/markdown.ts'

const samples = readdirSync('samples', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
const index = readFileSync('samples/README.md', 'utf8')

it('the index has all samples', () => {
  const linked = new Set(linksOf(index).map((target) => target.split('/')[0]))
  expect(samples.filter((name) => !linked.has(name))).toEqual([])
})

describe('the page of a sample', () => {
  it.each(['pytorch', 'huggingface', 'lightning', 'typescript', 'shell'].map((name) => ({ name })))(
    'of $name is one screen, and says how to try it and how to put it on NVCF',
    ({ name }) => {
      const page = readFileSync(join('samples', name, 'README.md'), 'utf8')
      expect(page.trimEnd().split('\n').length).toBeLessThanOrEqual(45)
      expect(page).toMatch(/^("\$)?taskbeat"? emulate -- /m)
      expect(linksOf(page)).toContain('../../docs/deploy-nvcf.md')
    },
  )
})

const hasPython = spawnSync('python3', ['-c', '']).status === 0

it.skipIf(!hasPython)('all Python in samples is Python (needs python3)', () => {
  const files = globSync('samples/**/*.py')
  const code = `import ast, sys
for path in sys.argv[1:]: ast.parse(open(path).read(), path)`
  const { stderr } = spawnSync('python3', ['-c', code, ...files], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(files).toContain('samples/pytorch/train.py')
})

it('the image of samples/pytorch is one of NVIDIA, by its release, and what is copied into it is there', () => {
  const lines = readFileSync('samples/pytorch/Dockerfile', 'utf8').split('\n')
  expect(lines.filter((line) => line.startsWith('FROM '))).toEqual([
    expect.stringMatching(/^FROM \$\{TASKBEAT\} AS taskbeat$/),
    expect.stringMatching(/^FROM nvcr\.io\/nvidia\/pytorch:\d\d\.\d\d-py3$/),
  ])
  const copied = lines.filter((line) => line.startsWith('COPY '))
  expect(copied).toHaveLength(2)
  expect(copied[0]).toBe('COPY --from=taskbeat /opt/taskbeat /opt/taskbeat')
  expect(existsSync(join('samples/pytorch', copied[1]?.split(' ')[1] ?? ''))).toBe(true)
})

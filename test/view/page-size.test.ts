import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'

it('the page is at most 150 KB, as it travels', async () => {
  const files = await Promise.all(['dist/view-page.js', 'dist/view-page.css'].map((name) => readFile(name)))
  const sizes = files.map((file) => gzipSync(file).length)
  expect(Math.min(...sizes)).toBeGreaterThan(1_000)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000)
})

it('it brings the licences of what it is made of along, as a report is all that some people get', async () => {
  const script = await readFile('dist/view-page.js', 'utf8')
  expect(script).toMatch(/^\/\*!\n/)
  for (const name of ['preact', '@preact/signals', 'uplot']) expect(script).toContain(`${name} `)
  expect(script.match(/Permission is hereby granted/g)?.length).toBeGreaterThan(2)
})

import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { reportHtml } from '../../../src/view/report/report-html.ts'

const page = { script: 'document.title += "<b>"', style: 'a > b { color: red }' }
const nasty = [
  '</script><script>alert(1)</script>',
  '<!--',
  ']]>',
  '\u2028 \u2029 \0 \ud800',
  '\'"&amp;',
].join('\n')
const bundle = gzipSync(JSON.stringify({ k: 'log', text: nasty }))
const html = reportHtml({ title: `<img src=x onerror="alert(1)"> & 'run'`, page, bundle })

it('the title is text, whatever a directory is called', () => {
  expect(html).toContain('<title>&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; &#39;run&#39;</title>')
})

it('nothing of the data is read as HTML, and all of it is there', () => {
  expect(html).not.toContain('alert(1)</')
  const [, data = ''] =
    /<script type="application\/gzip" id="taskbeat-bundle">([^<]*)<\/script>/.exec(html) ?? []
  expect(data).toMatch(/^[A-Za-z0-9+/=]+$/)
  expect(JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString()).text).toBe(nasty)
})

it('its policy knows its one script and its one style, and lets nothing else in', () => {
  const [, policy = ''] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(html) ?? []
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    `script-src ${hash(page.script)}`,
    `style-src ${hash(page.style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ])
  expect(html).toContain(`<script>${page.script}</script>`)
  expect(html).toContain(`<style>${page.style}</style>`)
  // before anything that it is about
  expect(html.indexOf('<meta http-equiv')).toBeLessThan(html.search(/<(style|script|link)/))
})

it('it asks nobody for anything', () => {
  expect(html.match(/(src|href)=("[^"]*")/g)).toEqual(['href="data:,"'])
})

describe('a page that a parser would not read as it was meant is refused', () => {
  it.each([
    { script: 'x = "</SCRIPT>"', style: '' },
    { script: 'x = "<!--<script>"', style: '' },
    { script: 'x\r\ny', style: '' },
    { script: '', style: 'a::after { content: "</style>" }' },
  ])('$script $style', (unfit) => {
    expect(() => reportHtml({ title: '', page: unfit, bundle })).toThrow('cannot stand within a document')
  })
})

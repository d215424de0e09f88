import { createHash } from 'node:crypto'
import { bundleElementId } from '../bundle-lines.ts'
import { pageDocument } from '../html.ts'
import type { PageFiles } from '../server/page-files.ts'

export interface ReportParts {
  readonly title: string
  readonly page: PageFiles
  /** Compressed lines of all runs. */
  readonly bundle: Uint8Array
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** An HTML parser would read another script than was hashed, or than was meant. */
const mustFit = (text: string, end: RegExp) => {
  if (end.test(text) || /[\r\0]|<!--/.test(text)) throw new Error('the page cannot stand within a document')
  return text
}

/** One script and one style, and nothing from anywhere. */
const policyOf = ({ script, style }: PageFiles) =>
  [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')

/** The page with its data, as one document that needs nothing else. */
export const reportHtml = ({ title, page, bundle }: ReportParts): string => {
  const script = mustFit(page.script, /<\/script/i)
  const style = mustFit(page.style, /<\/style/i)
  return pageDocument({
    title,
    head: [
      `<meta http-equiv="Content-Security-Policy" content="${policyOf(page)}">`,
      '<link rel="icon" href="data:,">',
      `<style>${style}</style>`,
    ].join('\n'),
    // base64 has no character that means something to a parser
    body: [
      `<script type="application/gzip" id="${bundleElementId}">${Buffer.from(bundle).toString('base64')}</script>`,
      `<script>${script}</script>`,
    ].join('\n'),
  })
}

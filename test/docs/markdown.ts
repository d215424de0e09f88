import { globSync, readFileSync } from 'node:fs'

export interface Block {
  readonly page: string
  /** Of its first fence, from 1 on. */
  readonly line: number
  /** As the fence says; empty where it says nothing. */
  readonly language: string
  readonly text: string
}

/** All pages that people read. */
export const pages = (): readonly string[] =>
  ['*.md', 'docs/**/*.md', 'samples/**/*.md'].flatMap((pattern) => globSync(pattern)).toSorted()

/** The fenced blocks of a page; those in a list are moved to the margin. */
export const blocksOf = (page: string, text: string): readonly Block[] => {
  const blocks: Block[] = []
  let open:
    | { readonly line: number; readonly language: string; readonly indent: string; readonly lines: string[] }
    | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const [, indent = '', language = ''] = /^( *)```(\S*)/.exec(line) ?? []
    if (open === undefined) {
      if (/^ *```/.test(line)) open = { line: index + 1, language, indent, lines: [] }
    } else if (line.trim() === '```') {
      blocks.push({ page, line: open.line, language: open.language, text: `${open.lines.join('\n')}\n` })
      open = undefined
    } else {
      open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line)
    }
  }
  if (open) throw new Error(`${page}:${open.line}: a block without an end`)
  return blocks
}

export const allBlocks = (): readonly Block[] =>
  pages().flatMap((page) => blocksOf(page, readFileSync(page, 'utf8')))

/** Without what is in fences and in code, where nothing is a link. */
const prose = (text: string) => text.replace(/^ *```[\s\S]*?^ *```$/gm, '').replace(/`[^`\n]*`/g, '``')

/**
 * The anchors of a page's headings, as GitHub makes them.
 *
 * @see https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links
 */
export const anchorsOf = (text: string): readonly string[] => {
  const seen = new Map<string, number>()
  const headings = text.replace(/^ *```[\s\S]*?^ *```$/gm, '').matchAll(/^#{1,6} +(.+)$/gm)
  return [...headings].map(([, heading = '']) => {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const slug = plain.replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '').replaceAll(' ', '-')
    const count = seen.get(slug) ?? 0
    seen.set(slug, count + 1)
    return count === 0 ? slug : `${slug}-${count}`
  })
}

/** Where the links of a page lead, as they are written. */
export const linksOf = (text: string): readonly string[] =>
  [...prose(text).matchAll(/\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)/g)].map(([, target = '']) => target)

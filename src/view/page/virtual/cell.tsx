import type { ComponentChildren, CSSProperties } from 'preact'

type Props = {
  readonly class?: string
  readonly style?: CSSProperties
  readonly children?: ComponentChildren
} & {
  readonly title?: string
  readonly 'data-part'?: string
}

// rows of a <table> could not be moved to where they belong, so the roles are told to those who hear the page
const gridCell = { role: 'gridcell' } as const
const columnHeader = { role: 'columnheader' } as const

export const gridRow = { role: 'row' } as const
export const rowGroup = { role: 'rowgroup' } as const

/** A cell of a row. */
export const Cell = (props: Props) => <div {...gridCell} {...props} />

/** A cell of the header's row. */
export const HeaderCell = (props: Props) => <div {...columnHeader} {...props} />

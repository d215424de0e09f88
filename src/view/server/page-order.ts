/** What the process behind `--ui` is told, on the first line of its standard input. */
export interface PageOrder {
  readonly directories: readonly string[]
  /** 0: any that is free. */
  readonly port: number
  /** What the page says when the run has ended. */
  readonly sentence: string
}

/** What it tells, a line of JSON on its standard output: where the page is, or why there is none. */
export type PageNotice = { readonly address: string } | { readonly problem: string }

/** So long those who look may take what the page needs to go on without a server. */
export const handOverLimitMs = 3_000

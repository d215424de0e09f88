import type { RunData } from '../../api.ts'

/** How many that cover the moment are looked at. */
const most = 500

/** The number of the innermost span that covers a moment; undefined where there is none. */
export const spanAt = async (data: Pick<RunData, 'spans'>, timeMs: number): Promise<number | undefined> => {
  const { rows } = await data.spans({
    fromMs: timeMs,
    toMs: timeMs + 1,
    order: 'start',
    offset: 0,
    limit: most,
  })
  const covering = rows.filter(({ startMs, endMs }) => startMs <= timeMs + 1 && endMs >= timeMs)
  const innermost = covering.reduce<(typeof rows)[number] | undefined>(
    (best, span) => (best && best.depth >= span.depth ? best : span),
    undefined,
  )
  return innermost?.index
}

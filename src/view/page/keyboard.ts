/** The keys of the page. */

/** Those that lead to a part. */
const sectionKeys = {
  t: 'timeline',
  f: 'findings',
  c: 'curves',
  w: 'trace',
  l: 'logs',
  d: 'delivery',
  s: 'configuration',
} as const

/** All keys of the page, as people are told of them. */
export const keyList: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['?'], 'this list'],
  [['t'], 'timeline'],
  [['f'], 'findings'],
  [['c'], 'curves'],
  [['w'], 'trace (waterfall)'],
  [['l'], 'logs'],
  [['d'], 'delivery'],
  [['s'], 'configuration (settings)'],
  [['/'], 'search in the logs'],
  [['+', '-'], 'zoom in and out, about the moment that is pointed at; also Ctrl and the wheel'],
  [['Esc'], 'show all of the run again'],
  [['←', '→'], 'on the timeline or a chart: move the moment; with Shift further'],
  [['Home', 'End'], 'on the timeline: to the begin and the end of what is shown'],
  [['Page up', 'Page down'], 'on the timeline: move what is shown by half of it'],
  [['Space'], 'on the timeline: begin, then end the selection of a span of time'],
  [['Enter'], 'on the timeline, a chart or a row: look at that moment in all parts'],
]

interface Pressed {
  readonly key: string
  readonly ctrlKey: boolean
  readonly altKey: boolean
  readonly metaKey: boolean
  readonly defaultPrevented: boolean
}

export type PageAction = { readonly go: string } | { readonly zoom: number } | 'help' | 'search' | 'all'

/** What a key means for the whole page; undefined: nothing, as when somebody writes or a browser's own key is pressed. */
export const actionOf = (pressed: Pressed, isWriting: boolean): PageAction | undefined => {
  if (pressed.defaultPrevented || pressed.ctrlKey || pressed.altKey || pressed.metaKey || isWriting)
    return undefined
  switch (pressed.key) {
    case '?':
      return 'help'
    case '/':
      return 'search'
    case 'Escape':
      return 'all'
    case '+':
    case '=':
      return { zoom: 0.5 }
    case '-':
      return { zoom: 2 }
    default: {
      const section = Object.entries(sectionKeys).find(([key]) => key === pressed.key)?.[1]
      return section === undefined ? undefined : { go: section }
    }
  }
}

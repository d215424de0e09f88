import { actionOf } from './keyboard.ts'
import { cursorMs, momentMs, type RunView, selection, zoom } from './looking.ts'

interface Page {
  readonly help: () => void
  readonly run: () => RunView | undefined
}

const isWritten = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !['checkbox', 'radio', 'range', 'button'].includes(target.type)))

/** Moves the eye and the focus to a part. */
const goTo = (document: Document, id: string): void => {
  document.getElementById(id)?.scrollIntoView({ block: 'start' })
  const inner = id === 'timeline' ? document.querySelector<HTMLElement>('.timeline-plot') : undefined
  ;(inner ?? document.getElementById(`${id}-heading`))?.focus({ preventScroll: true })
}

const zoomBy = (run: RunView | undefined, factor: number): void => {
  if (!run) return
  const { fromMs, toMs } = selection.peek() ?? run.overview.peek().range
  const around = cursorMs.peek() ?? momentMs.peek()
  zoom(run, factor, around !== undefined && around >= fromMs && around <= toMs ? around : (fromMs + toMs) / 2)
}

/** Listens to the keys of the page; the returned function ends that. */
export const watchKeys = (document: Document, page: Page): (() => void) => {
  const onKey = (event: KeyboardEvent): void => {
    // an open dialog has its own keys
    if (document.querySelector('dialog[open]')) return
    const action = actionOf(event, isWritten(event.target))
    if (action === undefined) return
    event.preventDefault()
    if (action === 'help') page.help()
    else if (action === 'search') {
      const field = document.querySelector<HTMLInputElement>('#logs input[type=search]')
      field?.scrollIntoView({ block: 'center' })
      field?.focus({ preventScroll: true })
    } else if (action === 'all') selection.value = undefined
    else if ('go' in action) goTo(document, action.go)
    else zoomBy(page.run(), action.zoom)
  }
  document.addEventListener('keydown', onKey)
  return () => document.removeEventListener('keydown', onKey)
}

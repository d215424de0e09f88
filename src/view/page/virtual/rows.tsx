import { type ReadonlySignal, type Signal, useSignal } from '@preact/signals'
import type { ComponentChildren, RefObject, TargetedKeyboardEvent, TargetedMouseEvent } from 'preact'
import { useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'preact/hooks'
import { Cell, gridRow, rowGroup } from './cell.tsx'
import { rowOfKey } from './keys.ts'
import type { Pages } from './pages.ts'
import { contentPx, isAtEnd, type Place, placeAt, placeOfBar, rowsInView, topToShow } from './scale.ts'
import './virtual.css'

/** What others may do with a list. */
export interface RowsHandle {
  readonly focus: () => void
}

export interface Goal {
  readonly row: number
}

export interface RowsProps<Row> {
  readonly label: string
  /** Begins the ids of the rows; unique on the page. */
  readonly name: string
  readonly role: 'grid' | 'treegrid'
  readonly pages: Pages<Row>
  /** All rows are as high as this. */
  readonly rowPx: number
  /** Cells of the first row, which stays. */
  readonly header: ComponentChildren
  /** The cells of a row. */
  readonly cells: (row: Row, index: number) => ComponentChildren
  readonly look?: (row: Row) => { readonly class?: string; readonly level?: number }
  /** The row that keys move; nothing is done with it but showing it. */
  readonly active: Signal<number | undefined>
  /** A row was clicked, on what has this `data-part` where there is such a thing, or Enter was pressed: `enter`. */
  readonly onOpen: (row: Row, part: string | undefined) => void
  /** Keeps the end in view as rows come. */
  readonly sticksToEnd?: ReadonlySignal<boolean>
  /** People have scrolled, to the end or away from it. */
  readonly onScrolled?: (isAtEnd: boolean) => void
  /** Lies over the rows. */
  readonly overlay?: ComponentChildren
  /** Another goal makes that row the active one and scrolls to it, at once or when the list is there. */
  readonly goal?: ReadonlySignal<Goal | undefined>
  readonly handle?: RefObject<RowsHandle | null>
}

const headerRowAttributes = { ...gridRow, 'aria-rowindex': 1 }

/** The bar is put right after that time without scrolling, in lists that are longer than an element can be. */
const barRestMs = 150

const rowOf = (target: EventTarget | null): number | undefined => {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-row]')?.dataset.row : undefined
  return row === undefined ? undefined : Number(row)
}

/** Whether people have just marked some text, which is no click on a row. */
const hasMarkedText = (): boolean => getSelection()?.isCollapsed === false

/**
 * A list of any length, of which only the rows in view are in the page. The list has the focus and tells which row is the
 * active one, so the focus is never lost with a row that scrolls away.
 */
export const Rows = <Row,>(props: RowsProps<Row>) => {
  const { label, name, role, pages, rowPx, header, cells, look, active, onOpen, sticksToEnd, overlay } = props
  const scroller = useRef<HTMLDivElement>(null)
  const headerRow = useRef<HTMLDivElement>(null)
  const resting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const headerPx = useSignal(0)
  const viewPx = useSignal(0)
  const place = useSignal<Place>({ topPx: 0, barPx: 0 })
  const { total = 0, isComplete } = pages.state.value
  const extent = { total, rowPx, viewPx: viewPx.value }
  const { first, last } = rowsInView(extent, place.value.topPx)
  const sticks = sticksToEnd?.value === true

  const moveTo = (topPx: number): void => {
    const next = placeAt(extent, topPx)
    if (!scroller.current) return
    scroller.current.scrollTop = next.barPx
    // the browser may have rounded it; what is kept must be what it tells when people scroll next
    const now = { topPx: next.topPx, barPx: scroller.current.scrollTop }
    if (now.topPx !== place.peek().topPx || now.barPx !== place.peek().barPx) place.value = now
  }

  const makeActive = (row: number, where: 'near' | 'middle'): void => {
    active.value = row
    moveTo(topToShow(extent, place.peek().topPx, row, where))
  }

  useImperativeHandle(props.handle ?? { current: null }, () => ({
    focus: () => scroller.current?.focus({ preventScroll: true }),
  }))

  useEffect(() => {
    const measure = () => {
      headerPx.value = headerRow.current?.offsetHeight ?? 0
      viewPx.value = Math.max(0, (scroller.current?.clientHeight ?? 0) - headerPx.peek())
    }
    const observer = new ResizeObserver(measure)
    if (scroller.current) observer.observe(scroller.current)
    measure()
    return () => {
      observer.disconnect()
      clearTimeout(resting.current)
    }
  }, [viewPx, headerPx])

  // other rows: from their beginning
  useLayoutEffect(() => moveTo(0), [pages])
  useLayoutEffect(
    () => moveTo(sticks ? Number.MAX_SAFE_INTEGER : place.peek().topPx),
    [pages, total, rowPx, extent.viewPx, sticks],
  )
  const goal = props.goal?.value
  const isMeasured = extent.viewPx > 0
  useLayoutEffect(() => {
    if (goal && isMeasured) makeActive(Math.min(goal.row, total - 1), 'middle')
  }, [goal, isMeasured])
  useLayoutEffect(() => pages.show(first, last), [pages, first, last])

  const onScroll = (): void => {
    const barPx = scroller.current?.scrollTop ?? 0
    const before = place.peek()
    if (Math.abs(barPx - before.barPx) < 1) return
    place.value = placeOfBar(extent, before, barPx)
    props.onScrolled?.(isAtEnd(extent, place.peek().topPx))
    clearTimeout(resting.current)
    if (total * rowPx > contentPx(extent)) {
      resting.current = setTimeout(() => moveTo(place.peek().topPx), barRestMs)
    }
  }

  const open = (index: number, part: string | undefined): void => {
    const row = pages.row(index)
    if (row !== undefined) onOpen(row, part)
  }

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const perPage = Math.floor(extent.viewPx / rowPx)
    const row = rowOfKey({ key: event.key, active: active.peek(), first, total, perPage })
    const chosen = event.key === 'Enter' || event.key === ' ' ? active.peek() : undefined
    if (row === undefined && chosen === undefined) return
    event.preventDefault()
    if (row === undefined) {
      open(chosen ?? 0, 'enter')
      return
    }
    const before = place.peek().topPx
    makeActive(row, 'near')
    if (place.peek().topPx !== before) props.onScrolled?.(isAtEnd(extent, place.peek().topPx))
  }

  const onClick = (event: TargetedMouseEvent<HTMLDivElement>): void => {
    const row = rowOf(event.target)
    if (row === undefined || hasMarkedText()) return
    // also from what keeps the focus where it is, as the times of logs do
    scroller.current?.focus({ preventScroll: true })
    active.value = row
    const part = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-part]') : null
    open(row, part?.dataset.part)
  }

  const rowInView = (index: number) => {
    const row = pages.row(index)
    const looks = row === undefined ? {} : (look?.(row) ?? {})
    const isActive = index === active.value
    const attributes = {
      ...gridRow,
      id: `${name}-row-${index}`,
      'data-row': index,
      'aria-rowindex': index + 2,
      'aria-level': looks.level,
      'aria-selected': isActive,
    }
    return (
      <div
        key={index}
        {...attributes}
        class={`rows-row ${isActive ? 'is-active' : ''} ${looks.class ?? ''}`}
        style={{ height: `${rowPx}px`, transform: `translateY(${index * rowPx - place.value.topPx}px)` }}
      >
        {row === undefined ? (
          <Cell class="rows-placeholder">
            <span class="visually-hidden">not read yet</span>
          </Cell>
        ) : (
          cells(row, index)
        )}
      </div>
    )
  }

  const indexes = Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index)
  const isActiveInView = active.value !== undefined && active.value >= first && active.value < last
  const attributes = {
    role,
    tabIndex: 0,
    'aria-label': label,
    'aria-rowcount': isComplete ? total + 1 : -1,
    'aria-activedescendant': isActiveInView ? `${name}-row-${active.value}` : undefined,
    onScroll,
    onKeyDown,
    onClick,
  }
  return (
    <div ref={scroller} class={`rows rows-${name}`} {...attributes}>
      <div ref={headerRow} class="rows-header" {...headerRowAttributes}>
        {header}
      </div>
      <div class="rows-content" {...rowGroup} style={{ height: `${contentPx(extent)}px` }}>
        <div
          class="rows-window"
          role="presentation"
          style={{ top: `${headerPx.value}px`, height: `${Math.min(extent.viewPx, contentPx(extent))}px` }}
        >
          {indexes.map(rowInView)}
          {overlay}
        </div>
      </div>
    </div>
  )
}

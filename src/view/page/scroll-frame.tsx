import type { ComponentChildren } from 'preact'

interface ScrollFrameProps {
  readonly name: string
  readonly class: string
  readonly children: ComponentChildren
}

/** A region that scrolls within itself, also for those who have a keyboard only. */
export const ScrollFrame = ({ name, class: className, children }: ScrollFrameProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard
  <section class={className} aria-label={name} tabIndex={0}>
    {children}
  </section>
)

import { signal } from '@preact/signals'

/** The time now, a second apart, while somebody sees the page and something runs. */
export const nowMs = signal(Date.now())

/** Lets the time move; the returned function stops it. A hidden page costs nothing. */
export const startNow = (isNeeded: () => boolean): (() => void) => {
  const tick = () => {
    if (document.visibilityState === 'visible' && isNeeded()) nowMs.value = Date.now()
  }
  const timer = setInterval(tick, 1_000)
  document.addEventListener('visibilitychange', tick)
  return () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', tick)
  }
}

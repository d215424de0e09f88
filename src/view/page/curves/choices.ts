import { signal } from '@preact/signals'

/** How curves are shown; the first three hold for the training's. */
export const isLogarithmic = signal(false)
/** 0 (as they are) to 0.99. */
export const smoothing = signal(0)
export const over = signal<'time' | 'step'>('time')
/** Counters as what they have counted, not as rates. */
export const showsTotals = signal(false)

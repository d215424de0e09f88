import type { RunState } from '../api.ts'

/** How a state is called, and the shape that says the same without colour. */
const states: Readonly<
  Record<RunState, { readonly word: string; readonly path: string; readonly tone: Tone }>
> = {
  waiting: {
    word: 'waiting',
    path: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M8 5v3l2 1.5',
    tone: 'calm',
  },
  running: { word: 'running', path: 'M5 3.5 12 8l-7 4.5z', tone: 'busy' },
  stale: { word: 'stale', path: 'M8 2.5 14 13.5H2zM8 6.5v3.5M8 12v.1', tone: 'warn' },
  completed: { word: 'completed', path: 'M3 8.5 6.5 12 13 4.5', tone: 'good' },
  failed: { word: 'failed', path: 'M4 4l8 8M12 4l-8 8', tone: 'bad' },
  stopped: { word: 'stopped', path: 'M4 4h8v8H4z', tone: 'warn' },
  vanished: {
    word: 'vanished',
    path: 'M5.5 6a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.5v.4M8 13v.1',
    tone: 'bad',
  },
}

type Tone = 'calm' | 'busy' | 'good' | 'warn' | 'bad'

export const toneOf = (state: RunState): Tone => states[state].tone

export const Badge = ({ state }: { readonly state: RunState }) => (
  <span class={`badge tone-${states[state].tone}`}>
    <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={states[state].path} />
    </svg>
    {states[state].word}
  </span>
)

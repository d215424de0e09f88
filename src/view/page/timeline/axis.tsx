import { type Scale, xOf } from './scale.ts'
import type { Tick } from './ticks.ts'

/** Ticks with their labels, which stay within the width. */
export const Axis = ({ scale, ticks }: { readonly scale: Scale; readonly ticks: readonly Tick[] }) => (
  <svg class="timeline-axis" width={scale.width} height={22} aria-hidden="true" focusable="false">
    {ticks.map(({ t, label }) => {
      const x = xOf(scale, t)
      const anchor = x < 24 ? 'start' : x > scale.width - 24 ? 'end' : 'middle'
      return (
        <g key={t}>
          <path class="timeline-tick" d={`M${x} 0v5`} />
          <text x={x} y={17} text-anchor={anchor}>
            {label}
          </text>
        </g>
      )
    })}
  </svg>
)

/** Lines behind all lanes. */
export const Grid = ({ scale, ticks }: { readonly scale: Scale; readonly ticks: readonly Tick[] }) => (
  <svg class="timeline-grid" width={scale.width} aria-hidden="true" focusable="false">
    {ticks.map(({ t }) => (
      <line key={t} x1={xOf(scale, t)} x2={xOf(scale, t)} y1="0" y2="100%" />
    ))}
  </svg>
)

import { type Scale, xOf } from './scale.ts'
import { placeLabels, type Tick } from './ticks.ts'

/** Ticks with their labels, which stay within the width. */
export const Axis = ({ scale, ticks }: { readonly scale: Scale; readonly ticks: readonly Tick[] }) => (
  <svg class="timeline-axis" width={scale.width} height={22} aria-hidden="true" focusable="false">
    {placeLabels(ticks, scale).map(({ t, x, label, middle }) => (
      <g key={t}>
        <path class="timeline-tick" d={`M${x} 0v5`} />
        {label !== '' && (
          <text x={middle} y={17} text-anchor="middle">
            {label}
          </text>
        )}
      </g>
    ))}
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

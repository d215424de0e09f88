/**
 * Why a GPU holds its clocks down, in the words that `nvidia-smi` has for it.
 *
 * @see https://docs.nvidia.com/deploy/nvml-api/group__nvmlClocksEventReasons.html
 */

/** Bits of a mask of reasons. */
const bits = {
  sw_power_cap: 0x04,
  sync_boost: 0x10,
  sw_thermal_slowdown: 0x20,
  hw_thermal_slowdown: 0x40,
  hw_power_brake_slowdown: 0x80,
} as const

/** Set with one of the two above where a GPU tells them apart, alone where it does not. */
const slowdown = 0x08

export const throttleReasons = [...(Object.keys(bits) as (keyof typeof bits)[]), 'hw_slowdown'] as const
export type ThrottleReason = (typeof throttleReasons)[number]

/** The reasons of a mask; idle clocks and clocks that somebody has set are none. */
export const reasonsOf = (mask: number): readonly ThrottleReason[] => {
  const reasons: ThrottleReason[] = Object.entries(bits).flatMap(([reason, bit]) =>
    (mask & bit) === 0 ? [] : [reason as keyof typeof bits],
  )
  const isExplained = (mask & (bits.hw_thermal_slowdown | bits.hw_power_brake_slowdown)) !== 0
  return (mask & slowdown) !== 0 && !isExplained ? [...reasons, 'hw_slowdown'] : reasons
}

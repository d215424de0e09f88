import type { Signal } from '@preact/signals'

export const Switch = ({ label, value }: { readonly label: string; readonly value: Signal<boolean> }) => (
  <label>
    <input
      type="checkbox"
      checked={value.value}
      onChange={({ currentTarget }) => {
        value.value = currentTarget.checked
      }}
    />
    {label}
  </label>
)

export const SmoothingControl = ({ value }: { readonly value: Signal<number> }) => (
  <label>
    Smoothing
    <input
      type="range"
      min="0"
      max="0.99"
      step="0.01"
      value={value.value}
      onInput={({ currentTarget }) => {
        value.value = Number(currentTarget.value)
      }}
    />
    <output class="curves-number">{value.value.toFixed(2)}</output>
  </label>
)

import type { Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { keyList } from './keyboard.ts'

/** The keys, in a dialog. */
export const Help = ({ isOpen }: { readonly isOpen: Signal<boolean> }) => {
  const ref = useRef<HTMLDialogElement>(null)
  const open = isOpen.value
  useEffect(() => {
    const dialog = ref.current
    if (open && dialog && !dialog.open) dialog.showModal()
    else if (!open) dialog?.close()
  }, [open])
  return (
    <dialog
      ref={ref}
      class="help"
      aria-labelledby="help-heading"
      onClose={() => {
        isOpen.value = false
      }}
    >
      <form method="dialog" class="help-head">
        <h2 id="help-heading">Keys</h2>
        <button type="submit">Close</button>
      </form>
      <dl>
        {keyList.map(([keys, does]) => (
          <div key={does} class="help-row">
            <dt class="help-keys">
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  )
}

/**
 * Names that writers give to what is not complete yet, and how it will be called.
 *
 * Known from Hugging Face transformers 4.36 to 4.38 (`tmp-checkpoint-500`), Orbax (`1000.orbax-checkpoint-tmp-4`),
 * torch.distributed.checkpoint (`.metadata.tmp`), Hugging Face Hub (`.incomplete`), Python's tempfile
 * (`tmpk3v9x_2a`) and the usual ways to write beside a file and rename (`a.tmp`, `a.tmp.4711`, `a.part`).
 */
const temporaryForms: readonly RegExp[] = [
  /^(?<final>.+)\.orbax-checkpoint-tmp([-.]\w+)?$/,
  // not `temp-`, which may be a temperature
  /^\.?tmp[-_.](?<final>.+)$/i,
  /^(?<final>.+)[-_.]tmp([-_.]\w+)?$/i,
  /^(?<final>.+)\.(temp|part|partial|incomplete)$/i,
  /^(?<final>tmp[a-z0-9_]{8})$/,
]

/** What a temporary name stands for; undefined for a name that is not temporary. */
export const finalNameOf = (name: string): string | undefined => {
  for (const form of temporaryForms) {
    const final = form.exec(name)?.groups?.final
    if (final !== undefined) return final
  }
  return undefined
}

/** Whether a name is that of a lock: somebody may still write, or has left it behind. */
export const isLockName = (name: string): boolean => /(^|[-_.])lock$/i.test(name)

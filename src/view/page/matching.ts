import type { LoggedSetting } from '../../logbook/entry.ts'

/** Settings with all words of a search somewhere in them, without regard to case. */
export const matching = (
  settings: readonly LoggedSetting[],
  search: string,
  isChangedOnly: boolean,
): readonly LoggedSetting[] => {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return settings.filter(({ name, value, from }) => {
    if (isChangedOnly && from === undefined) return false
    const text = `${name} ${value} ${from ?? 'default'}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

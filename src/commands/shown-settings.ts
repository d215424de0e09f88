import { hideInWrongValue } from '../settings/hide-secrets.ts'
import { type ChosenSetting, chosenSettings } from '../settings/listed-settings.ts'
import type { Group, Settings } from '../settings.ts'
import type { Diagnosis } from './command.ts'

interface Given {
  readonly settings: Settings
  readonly diagnosis?: Diagnosis | undefined
  readonly groups: readonly Group[]
}

/**
 * The settings of a command that somebody has chosen, as they may be shown; not what a container is given: that may hold
 * secrets of any name.
 */
export const shownSettingsOf = ({ settings, diagnosis, groups }: Given): readonly ChosenSetting[] => {
  const origins = new Map(diagnosis?.origins)
  origins.delete('containerEnv')
  return chosenSettings({ settings, origins, groups, redact: hideInWrongValue })
}

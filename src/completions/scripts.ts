import { bashCompletion } from './bash.ts'
import { fishCompletion } from './fish.ts'
import type { CompletedCommand } from './model.ts'
import { zshCompletion } from './zsh.ts'

/** The script that teaches a shell the commands and their flags, by the shell's name. */
export const completionScripts: Readonly<Record<string, (commands: readonly CompletedCommand[]) => string>> =
  {
    bash: bashCompletion,
    zsh: zshCompletion,
    fish: fishCompletion,
  }

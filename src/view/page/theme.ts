import { signal } from '@preact/signals'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const key = 'taskbeat-theme'
const isTheme = (value: unknown): value is Theme => themes.some((theme) => theme === value)

/** What was chosen last time. Storage may be forbidden, as in a file that was opened from disk: then it is the system's. */
const readTheme = (): Theme => {
  try {
    const value = localStorage.getItem(key)
    return isTheme(value) ? value : 'system'
  } catch {
    return 'system'
  }
}

export const theme = signal<Theme>('system')

const show = (value: Theme): void => {
  if (value === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = value
}

/** Shows the theme that was chosen last. */
export const restoreTheme = (): void => {
  theme.value = readTheme()
  show(theme.value)
}

/** Shows a theme, and remembers it where that is allowed. */
export const chooseTheme = (value: string): void => {
  if (!isTheme(value)) return
  theme.value = value
  show(value)
  try {
    localStorage.setItem(key, value)
  } catch {
    // it holds for this page only, then
  }
}

/** Paper is light: what is drawn by script must know it before it is printed. */
export const beLightOnPaper = (): void => {
  addEventListener('beforeprint', () => show('light'))
  addEventListener('afterprint', () => show(theme.value))
}

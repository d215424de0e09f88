const acts = new Set<() => void>()

const runAll = () => {
  for (const act of acts) act()
}

/** Calls `act` if this process ends before the returned function was called, save by SIGKILL. */
export const atExit = (act: () => void): (() => void) => {
  if (acts.size === 0) process.on('exit', runAll)
  acts.add(act)
  return () => {
    acts.delete(act)
    if (acts.size === 0) process.off('exit', runAll)
  }
}

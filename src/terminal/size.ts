const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** A number of bytes for people: `512 B`, `1.5 KiB`, `2.0 GiB`. */
export const sizeText = (bytes: number): string => {
  if (bytes < 1_024) return `${bytes} B`
  // what rounds to 1024.0 of one unit is 1.0 of the next
  const power = Math.min(units.length, Math.floor(Math.log2(bytes * (1 + 0.05 / 1_024)) / 10))
  return `${(bytes / 1_024 ** power).toFixed(1)} ${units[power - 1]}`
}

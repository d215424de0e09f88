/** The licences of what is bundled: others may copy it only together with them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'

export interface BundledPackage {
  readonly name: string
  readonly version: string
  /** As its package.json says, an SPDX expression. */
  readonly licence: string
  /** Its licence file, and its notice if there is one. */
  readonly text: string
}

/** The package that a file is of, as its directory: the innermost one; undefined for files of our own. */
const packageOf = (input: string) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]

/** The directories of all packages of which a line at least is in a bundle. */
export const bundledDirectories = (metafiles: readonly Metafile[]): readonly string[] => {
  const inputs = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap((output) => Object.entries(output.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  const directories = inputs.flatMap(([input]) => packageOf(input) ?? [])
  return [...new Set(directories)].toSorted()
}

/**
 * What a package says of itself.
 *
 * @throws {Error} where it names no licence, or brings no text of it
 */
export const readBundledPackage = (directory: string): BundledPackage => {
  const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  if (typeof license !== 'string' || license === '' || license === 'UNLICENSED') {
    throw new Error(`${name} ${version} is bundled and names no licence in its package.json`)
  }
  const files = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(licen[sc]e|copying|notice)/i.test(entry.name))
    .map((entry) => entry.name)
    .toSorted()
  if (!files.some((file) => !/^notice/i.test(file))) {
    throw new Error(`${name} ${version} is bundled and brings no text of its licence, ${license}`)
  }
  const text = files.map((file) => readFileSync(join(directory, file), 'utf8').trim()).join('\n\n')
  return { name, version, licence: license, text }
}

const rule = '-'.repeat(80)

/** What goes into `dist/THIRD_PARTY_LICENSES.txt`: a list, then each text once, with the packages that it is for. */
export const licencesText = (packages: readonly BundledPackage[]): string => {
  const titled = packages.map(({ name, version, licence, text }) => ({
    title: `${name} ${version} (${licence})`,
    text,
  }))
  const sections = [...Map.groupBy(titled, ({ text }) => text)].map(
    ([text, of]) => `${rule}\n${of.map(({ title }) => title).join('\n')}\n${rule}\n\n${text}`,
  )
  const list = titled.map(({ title }) => `  ${title}`).join('\n')
  return `The files beside this one hold code of these packages:\n\n${list}\n\n${sections.join('\n\n')}\n`
}

/** The packages that such a file lists, as `name@version`. */
export const licenceTitles = (licences: string): readonly string[] =>
  [...licences.matchAll(/^ {2}(\S+) (\d\S*) \(/gm)].map(([, name, version]) => `${name}@${version}`)

/** The packages in the bundles, by name. */
export const bundledPackages = (metafiles: readonly Metafile[]): readonly BundledPackage[] =>
  bundledDirectories(metafiles)
    .map(readBundledPackage)
    .toSorted((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version))

/**
 * Looks through the packed package: `node scripts/release/package-contents.ts TARBALL`. Prints its size; ends with 1
 * where it holds what it should not, or lacks what it should have.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'

const allowed = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|SECURITY\.md)$/,
  /^docs\/[^/]+\.(md|json)$/,
  /^dist\/[^/]+\.js$/,
  /^dist\/view-page\.css$/,
  /^dist\/THIRD_PARTY_LICENSES\.txt$/,
  /^dist\/types\/.+\.d\.ts$/,
]

const needed = [
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'dist/cli.js',
  'dist/view-page.js',
  'dist/view-page.css',
  'dist/THIRD_PARTY_LICENSES.txt',
  'docs/cli.md',
]

/** Larger than this, something has slipped in. */
const mostBytes = 2_000_000

export interface PackedFile {
  readonly path: string
  readonly text: string
}

/** What is wrong with the files of a package, one sentence each. */
export const faultsOf = (
  files: readonly PackedFile[],
  packedBytes: number,
  machinePaths: readonly string[],
): readonly string[] => {
  const paths = files.map(({ path }) => path)
  return [
    ...paths
      .filter((path) => !allowed.some((one) => one.test(path)))
      .map((path) => `${path} does not belong there`),
    ...needed.filter((path) => !paths.includes(path)).map((path) => `${path} is missing`),
    ...files
      .filter(({ text }) => text.includes('//# sourceMappingURL'))
      .map(({ path }) => `${path} names a source map`),
    ...files.flatMap(({ path, text }) =>
      machinePaths.filter((one) => text.includes(one)).map((one) => `${path} holds the path ${one}`),
    ),
    ...(packedBytes > mostBytes ? [`it has ${packedBytes} bytes, more than ${mostBytes}`] : []),
  ]
}

const readTarball = (tarball: string): readonly PackedFile[] => {
  const tar = (...args: readonly string[]) =>
    execFileSync('tar', [...args], { encoding: 'utf8', maxBuffer: 64 * 2 ** 20 })
  const paths = tar('-tzf', tarball).trimEnd().split('\n')
  return paths.map((path) => ({
    path: path.replace(/^package\//, ''),
    text: tar('-xzOf', tarball, path),
  }))
}

if (import.meta.main) {
  const [tarball = ''] = process.argv.slice(2)
  const files = readTarball(tarball)
  const { size } = statSync(tarball)
  const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'))
  const faults = faultsOf(files, size, [`${process.cwd()}/`, `${homedir()}/`])
  const unpacked = files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
  const parts = [
    `${name} ${version}: ${files.length} files`,
    `${size} bytes packed`,
    `${unpacked} bytes unpacked`,
  ]
  process.stdout.write(`${[parts.join(', '), ...faults].join('\n')}\n`)
  process.exitCode = faults.length > 0 ? 1 : 0
}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  bundledDirectories,
  licencesText,
  licenceTitles,
  readBundledPackage,
} from '../../scripts/release/licences.ts'
import { faultsOf } from '../../scripts/release/package-contents.ts'
import { reachableTypes } from '../../scripts/release/reachable-types.ts'
import { shippedSbom } from '../../scripts/release/sbom.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

const write = (root: string, files: Readonly<Record<string, string>>) => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

describe('licences of what is bundled', () => {
  it('the packages are those of which there are bytes in a bundle, the innermost of nested ones', () => {
    const input = (bytesInOutput: number) => ({ bytesInOutput })
    const inputs = {
      'src/cli.ts': input(5),
      'node_modules/yaml/dist/index.js': input(10),
      'node_modules/unused/index.js': input(0),
      'node_modules/a/node_modules/@scope/b/lib/c.js': input(1),
      'never-chosen:@opentelemetry/exporter-zipkin': input(3),
    }
    const output = { bytes: 19, imports: [], exports: [], inputs }
    expect(bundledDirectories([{ inputs: {}, outputs: { 'dist/cli.js': output } }])).toEqual([
      'node_modules/a/node_modules/@scope/b',
      'node_modules/yaml',
    ])
  })

  it.each([
    {
      what: 'no licence',
      manifest: { name: 'a', version: '1.0.0' },
      files: { LICENSE: 'text' },
      said: /names no licence/,
    },
    {
      what: 'no text',
      manifest: { name: 'a', version: '1.0.0', license: 'MIT' },
      files: {},
      said: /brings no text/,
    },
    {
      what: 'only a notice',
      manifest: { name: 'a', version: '1.0.0', license: 'MIT' },
      files: { NOTICE: 'x' },
      said: /no text/,
    },
  ])('a package with $what ends the build', async ({ manifest, files, said }) => {
    await using directory = await temporaryDirectory()
    write(directory.path, { 'package.json': JSON.stringify(manifest), ...files })
    expect(() => readBundledPackage(directory.path)).toThrow(said)
  })

  it('a text that several packages share is there once, and the list can be read back', () => {
    const text = licencesText([
      { name: '@a/b', version: '1.0.0', licence: 'MIT', text: 'Permission is hereby granted' },
      { name: 'c', version: '2.0.0-rc.1', licence: 'ISC', text: 'Permission to use' },
      { name: 'd', version: '3.0.0', licence: 'MIT', text: 'Permission is hereby granted' },
    ])
    expect(text.match(/Permission is hereby granted/g)).toHaveLength(1)
    expect(licenceTitles(text)).toEqual(['@a/b@1.0.0', 'c@2.0.0-rc.1', 'd@3.0.0'])
  })

  it('those of this build are written beside the bundles', () => {
    const titles = licenceTitles(readFileSync('dist/THIRD_PARTY_LICENSES.txt', 'utf8'))
    expect(titles).toContainEqual(expect.stringMatching(/^@grpc\/grpc-js@/))
    expect(titles).not.toContainEqual(expect.stringMatching(/^(vitest|typescript|esbuild)@/))
  })
})

describe('the bill of materials', () => {
  const component = (name: string, version: string, isDevelopment: boolean) => ({
    'bom-ref': `${name}@${version}`,
    name,
    version,
    properties: isDevelopment ? [{ name: 'cdx:npm:package:development', value: 'true' }] : [],
  })
  const sbom = {
    metadata: { component: component('work', '0.1.0', false) },
    components: [
      component('api', '1.0.0', false),
      component('yaml', '2.0.0', true),
      component('vitest', '5.0.0', true),
    ],
    dependencies: [
      { ref: 'work@0.1.0', dependsOn: ['api@1.0.0', 'yaml@2.0.0', 'vitest@5.0.0'] },
      { ref: 'vitest@5.0.0', dependsOn: [] },
    ],
  }

  it('has what is installed and what is bundled, and no tools', () => {
    const { metadata, components, dependencies } = shippedSbom(sbom, 'taskbeat', ['yaml@2.0.0'])
    expect(metadata.component.name).toBe('taskbeat')
    expect(components.map(({ name, properties }) => [name, properties])).toEqual([
      ['api', []],
      ['yaml', [{ name: 'taskbeat:bundled', value: 'true' }]],
    ])
    expect(dependencies).toEqual([{ ref: 'work@0.1.0', dependsOn: ['api@1.0.0', 'yaml@2.0.0'] }])
  })

  it('is refused where something is bundled that it does not know', () => {
    expect(() => shippedSbom(sbom, 'taskbeat', ['left-pad@1.0.0'])).toThrow('left-pad@1.0.0')
  })
})

describe('what is packed', () => {
  const whole = [
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'dist/cli.js',
    'dist/view-page.js',
    'dist/view-page.css',
    'dist/THIRD_PARTY_LICENSES.txt',
    'docs/cli.md',
  ]
  const files = whole.map((path) => ({ path, text: '' }))

  it('is right', () => {
    expect(faultsOf(files, 1_000, ['/home/me/'])).toEqual([])
  })

  it.each([
    { what: 'a test', more: { path: 'test/a.test.ts', text: '' }, said: /test\/a\.test\.ts does not belong/ },
    { what: 'a map', more: { path: 'dist/cli.js.map', text: '' }, said: /does not belong/ },
    {
      what: 'a mention of a map',
      more: { path: 'dist/a.js', text: '//# sourceMappingURL=a.js.map' },
      said: /source map/,
    },
    {
      what: 'a path of the machine',
      more: { path: 'dist/a.js', text: '"/home/me/src"' },
      said: /holds the path/,
    },
  ])('is not, with $what', ({ more, said }) => {
    expect(faultsOf([...files, more], 1_000, ['/home/me/'])).toEqual([expect.stringMatching(said)])
  })

  it('is not where something is missing, or where it is too large', () => {
    expect(faultsOf(files.slice(1), 1_000, [])).toEqual(['README.md is missing'])
    expect(faultsOf(files, 3_000_000, [])).toEqual([expect.stringContaining('3000000 bytes')])
  })
})

it('types that are reached are those that the entries import, and what these import', async () => {
  await using directory = await temporaryDirectory()
  const at = (path: string) => join(directory.path, path)
  write(directory.path, {
    'index.d.ts': "export type { A } from './a.ts'\nexport declare const b: import('./deep/b.ts').B",
    'a.d.ts': "import type { Readable } from 'node:stream'\nexport type A = Readable",
    'deep/b.d.ts': "import type { A } from '../a.ts'\nexport type B = A",
    'other.d.ts': 'export {}',
  })
  expect([...reachableTypes([at('index.d.ts')])]).toEqual([at('index.d.ts'), at('a.d.ts'), at('deep/b.d.ts')])
})

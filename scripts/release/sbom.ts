/**
 * Makes a bill of materials of what is shipped out of the one that npm makes of the lock file:
 * `npm sbom … | node scripts/release/sbom.ts > taskbeat.cdx.json`, after a build.
 */
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { licenceTitles } from './licences.ts'

interface Component {
  readonly 'bom-ref': string
  readonly name: string
  readonly version: string
  readonly properties?: readonly { readonly name: string; readonly value: string }[]
}

/** The parts of CycloneDX that are touched here. @see https://cyclonedx.org/docs/1.5/json/ */
export interface Sbom {
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[]
}

const development = 'cdx:npm:package:development'

const isDevelopment = ({ properties = [] }: Component) => properties.some(({ name }) => name === development)

/**
 * Keeps what is installed with the package and what is bundled in it, and says which is bundled: to npm that is
 * development only, and the rest of the tools is not shipped at all.
 *
 * @param bundled - as `name@version`
 * @throws {Error} where something is bundled that the bill does not know
 */
export const shippedSbom = (sbom: Sbom, name: string, bundled: readonly string[]): Sbom => {
  const isBundled = (component: Component) => bundled.includes(`${component.name}@${component.version}`)
  const components = sbom.components
    .filter((component) => isBundled(component) || !isDevelopment(component))
    .map((component) => {
      if (!isBundled(component)) return component
      const properties = (component.properties ?? []).filter((property) => property.name !== development)
      return { ...component, properties: [...properties, { name: 'taskbeat:bundled', value: 'true' }] }
    })
  const missing = bundled.filter((title) => !components.some((one) => `${one.name}@${one.version}` === title))
  if (missing.length > 0) throw new Error(`bundled, but not in the lock file: ${missing.join(', ')}`)
  const root = sbom.metadata.component
  const refs = new Set([root['bom-ref'], ...components.map((component) => component['bom-ref'])])
  const dependencies = sbom.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }))
  // npm calls it as the directory is called
  const metadata = { ...sbom.metadata, component: { ...root, name } }
  return { ...sbom, metadata, components, dependencies }
}

if (import.meta.main) {
  const { name } = JSON.parse(readFileSync('package.json', 'utf8'))
  const bundled = licenceTitles(readFileSync('dist/THIRD_PARTY_LICENSES.txt', 'utf8'))
  const sbom = shippedSbom(JSON.parse(await text(process.stdin)), name, bundled)
  process.stdout.write(`${JSON.stringify(sbom, null, 2)}\n`)
}

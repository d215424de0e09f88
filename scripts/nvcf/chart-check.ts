/**
 * Holds a rendered chart against NVCF's rules for Helm tasks:
 *
 *   helm template … | node scripts/nvcf/chart-check.ts [--allow KIND] [NAME=VALUE…]
 *
 * Each NAME=VALUE is a variable that some container must have. Ends with 1 if anything is wrong.
 */
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import yaml from 'yaml'
import { isJsonObject } from '../../src/json.ts'
import { checkChart, variablesOf } from './chart-rules.ts'

const { values, positionals } = parseArgs({
  options: { allow: { type: 'string', multiple: true, default: [] } },
  allowPositionals: true,
})

const documents = yaml.parseAllDocuments(await text(process.stdin))
const objects = ('empty' in documents ? [] : documents)
  .map((document) => document.toJS() as unknown)
  .filter(isJsonObject)
const variables = objects.map(variablesOf)

const faults = [
  ...(objects.length === 0 ? ['nothing was rendered'] : []),
  ...checkChart(objects).filter(
    (fault) => !values.allow.some((kind) => fault.endsWith(`policy has no ${kind}`)),
  ),
  ...positionals
    .filter((pair) => {
      const [name = '', ...rest] = pair.split('=')
      return !variables.some((of) => of.get(name) === rest.join('='))
    })
    .map((pair) => `no container has ${pair}`),
]
for (const fault of faults) process.stdout.write(`${fault}\n`)
process.exitCode = faults.length > 0 ? 1 : 0

import type { Facts } from '../facts.ts'
import { type Finding, findingKinds, severityWeights } from './catalogue.ts'
import { findInDelivery } from './delivery.ts'
import { findInEndpoints } from './endpoints.ts'
import { findInMachine } from './machine.ts'
import { findPlaceholders } from './placeholders.ts'
import { findInSettings } from './settings.ts'
import { findInStorage } from './storage.ts'
import { findInTls } from './tls.ts'
import { findInTrainer } from './trainer.ts'
import { findInVariables } from './variables.ts'

const parts = [
  findInVariables,
  findInSettings,
  findInEndpoints,
  findPlaceholders,
  findInTls,
  findInTrainer,
  findInDelivery,
  findInStorage,
  findInMachine,
]

/** All that follows from the facts, the gravest first. */
export const findAll = (facts: Facts): readonly Finding[] =>
  parts
    .flatMap((find) => find(facts))
    .map(([id, seen]) => ({ id, seen, ...findingKinds[id] }))
    .toSorted((a, b) => severityWeights[a.severity] - severityWeights[b.severity])

import type { Attributes, AttributeValue } from './attributes.ts'

/** Of one span or event; more are left out. */
const mostAttributes = 1_024
const tooMany = `is one of more than ${mostAttributes}`

/** Attributes that are being gathered. */
export type OwnAttributes = Record<string, AttributeValue>

/** No attributes, of anything. */
export const noAttributes: Attributes = Object.freeze({})

const isPrimitive = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** A copy of the value if it is one that an attribute may have. */
const copyOfValue = (value: unknown): AttributeValue | undefined => {
  if (isPrimitive(value)) return value
  if (!Array.isArray(value)) return undefined
  const list: readonly unknown[] = [...value]
  const type = typeof list[0]
  const isAlike = list.every((entry) => isPrimitive(entry) && typeof entry === type)
  return isAlike ? (list as readonly string[]) : undefined
}

// assigned to, `__proto__` would replace the prototype in place of becoming an attribute
const isName = (name: string) => name !== '' && name !== '__proto__'

/** Told of each thing that is no attribute. */
export type OnDropped = (name: string, why: string) => void

const whyNot = (name: string, copy: AttributeValue | undefined): string | undefined => {
  if (!isName(name)) return 'is no name of an attribute'
  return copy === undefined ? 'is no text, number, truth value, or list of one of these' : undefined
}

/** One by one, for what is not all plain. */
const copyCarefully = (source: Attributes, onDropped: OnDropped): OwnAttributes => {
  const copies: [string, AttributeValue][] = []
  for (const name of Object.keys(source)) {
    const value: unknown = source[name]
    if (value === undefined) continue
    const copy = copyOfValue(value)
    const reason = copies.length < mostAttributes ? whyNot(name, copy) : tooMany
    if (reason !== undefined) onDropped(name, reason)
    else if (copy !== undefined) copies.push([name, copy])
  }
  return Object.fromEntries(copies)
}

/**
 * A copy of what are attributes in an object of somebody else, who may change it later.
 *
 * Nothing is thrown, whatever the object is: what cannot even be read counts as one thing that is no attribute.
 */
export const copyAttributes = (source: Attributes, onDropped: OnDropped): OwnAttributes => {
  try {
    if (typeof source !== 'object' || source === null) {
      onDropped('', 'the attributes are no object')
      return {}
    }
    // the fast way: a copy of the whole, kept if there is nothing in it that needs care
    const copy: OwnAttributes = { ...source }
    let count = 0
    for (const name in copy) {
      count += 1
      if (!isPrimitive(copy[name]) || !isName(name) || count > mostAttributes)
        return copyCarefully(source, onDropped)
    }
    return copy
  } catch {
    onDropped('', 'the attributes could not be read')
    return {}
  }
}

/** Adds attributes, which are copies already, to others, as far as there is room. */
export const addAttributes = (target: OwnAttributes, added: OwnAttributes, onDropped: OnDropped): void => {
  let room = mostAttributes - Object.keys(target).length
  for (const [name, value] of Object.entries(added)) {
    const isNew = !Object.hasOwn(target, name)
    if (isNew) room -= 1
    if (isNew && room < 0) onDropped(name, tooMany)
    else target[name] = value
  }
}

import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts'
import { nearest } from '../../settings/nearest.ts'

/** Told what is wrong with a configuration: where, what is there, and what is accepted. */
export type Note = (problem: string) => void

const show = (value: unknown): string => {
  const text = typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value))
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

/** Reads options as the Collector does; what it would not accept is told, and taken as not given. */
export const optionReader = (note: Note) => {
  const refuse = (where: string, value: unknown, accepted: string) =>
    note(
      typeof value === 'string' && value.includes('${')
        ? `${where} is ${show(value)}, which is not read here: only \${env:NAME} and \${env:NAME:-default} are`
        : `${where} is ${show(value)}, but accepted is ${accepted}`,
    )

  const text = (where: string, value: JsonValue | undefined): string | undefined => {
    if (value === undefined || value === null) return undefined
    const isText = ['string', 'number', 'boolean'].includes(typeof value) && !String(value).includes('${')
    if (!isText) refuse(where, value, 'a text')
    return isText ? String(value) : undefined
  }

  const onOff = (where: string, value: JsonValue | undefined): boolean | undefined => {
    if (value === undefined || value === null || value === '') return undefined
    const word = String(value).toLowerCase()
    if (word !== 'true' && word !== 'false') refuse(where, value, 'true or false')
    return word === 'true' ? true : word === 'false' ? false : undefined
  }

  const map = (where: string, value: JsonValue | undefined): JsonObject => {
    if (value === undefined || value === null) return {}
    if (isJsonObject(value)) return value
    refuse(where, value, 'a map')
    return {}
  }

  const names = (where: string, value: JsonValue | undefined): readonly string[] => {
    if (value === undefined || value === null) return []
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value
    refuse(where, value, 'a list of names, such as [otlp]')
    return []
  }

  const oneOf = <W extends string>(
    where: string,
    value: JsonValue | undefined,
    words: readonly W[],
  ): W | undefined => {
    const given = text(where, value)
    if (given === undefined || given === '') return undefined
    const word = words.find((one) => one === given)
    if (word === undefined) {
      const near = nearest(given, words)
      refuse(where, given, `${words.join(', ')}${near === undefined ? '' : `; is ${near} meant?`}`)
    }
    return word
  }

  return { text, onOff, map, names, oneOf }
}

export type OptionReader = ReturnType<typeof optionReader>

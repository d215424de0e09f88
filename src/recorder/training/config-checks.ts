import type { AttributeValue } from '../attributes.ts'

/** What a field has to be, in words, and the test of it. */
export interface Check<T> {
  readonly expected: string
  readonly test: (value: unknown) => value is T
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

const isListOf = (value: unknown, type: 'string' | 'number' | 'boolean') =>
  Array.isArray(value) && value.every((item) => typeof item === type)

const isAttributeValue = (value: unknown) =>
  ['string', 'number', 'boolean'].includes(typeof value) ||
  isListOf(value, 'string') ||
  isListOf(value, 'number') ||
  isListOf(value, 'boolean')

export const text: Check<string> = { expected: 'a text that is not empty', test: isText }

export const texts: Check<string | readonly string[]> = {
  expected: 'a text that is not empty, or a list of them',
  test: (value): value is string | readonly string[] =>
    isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText)),
}

export const truth: Check<boolean> = {
  expected: 'true or false',
  test: (value): value is boolean => typeof value === 'boolean',
}

export const positiveInteger: Check<number> = {
  expected: 'an integer of at least 1',
  test: (value): value is number => Number.isInteger(value) && (value as number) >= 1,
}

export const wholeNumber: Check<number> = {
  expected: 'an integer of at least 0',
  test: (value): value is number => Number.isInteger(value) && (value as number) >= 0,
}

export const positiveNumber: Check<number> = {
  expected: 'a number greater than 0',
  test: (value): value is number => Number.isFinite(value) && (value as number) > 0,
}

export const metadata: Check<Readonly<Record<string, AttributeValue>>> = {
  expected:
    'an object of texts, numbers, truth values, or lists of one of them, under names that are not empty',
  test: (value): value is Readonly<Record<string, AttributeValue>> =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(value).every(([key, item]) => key.trim() !== '' && isAttributeValue(item)),
}

export const oneOf = <Word extends string>(...words: readonly Word[]): Check<Word> => ({
  expected: words.map((word) => `'${word}'`).join(' or '),
  test: (value): value is Word => words.some((word) => word === value),
})

/** What an attribute of ours says. */
export interface AttributeConvention {
  readonly type: 'string' | 'int' | 'double' | 'boolean'
  readonly description: string
  readonly example: string | number
}

import type { KafkaMessage, KafkaProducer } from '../../../src/recorder/kafka/producer.ts'

export interface FakeProducer extends KafkaProducer {
  /** What arrived, a list a batch. */
  readonly batches: (readonly KafkaMessage[])[]
  /** How often it was asked to send. */
  readonly attempts: () => number
  /** What it throws from now on for messages; nothing: it takes them. */
  fail: (messages: readonly KafkaMessage[]) => Error | undefined
  /** Is awaited before a batch is looked at. */
  before: () => Promise<void>
  readonly isClosed: () => boolean
}

export const fakeProducer = (): FakeProducer => {
  let attempts = 0
  let isClosed = false
  const producer: FakeProducer = {
    batches: [],
    attempts: () => attempts,
    fail: () => undefined,
    before: async () => {},
    isClosed: () => isClosed,
    send: async (messages) => {
      attempts += 1
      await producer.before()
      const error = producer.fail(messages)
      if (error) throw error
      producer.batches.push(messages)
    },
    close: async () => {
      isClosed = true
    },
  }
  return producer
}

/** As the client puts what a broker answers, or what became of the connection. */
export const clientError = (message: string, apiId?: string): Error =>
  Object.assign(new AggregateError([Object.assign(new Error(message), { apiId })], message), {
    code: 'PLT_KFK_MULTIPLE',
  })

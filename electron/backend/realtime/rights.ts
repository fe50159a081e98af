import PQueue from 'p-queue'
import type { Sql, TransactionSql } from 'postgres'
import type { Identity } from '../storage/access.ts'

/** What is said in a topic, and who is there. */
export type Extension = 'broadcast' | 'presence'
export type Listening = Readonly<Record<Extension, boolean>>

/** Questions to the policies at a time; Storage asks over the same connections. */
const maxQuestions = 3

class Undone extends Error {}

/**
 * Who may listen and speak in a topic, as the policies on `realtime.messages` say for this person: selecting a row of
 * it is listening, inserting one is speaking. The rows exist for the question alone, in a transaction that is undone.
 */
export class Rights {
  readonly #sql: Sql
  readonly #questions = new PQueue({ concurrency: maxQuestions })

  constructor(sql: Sql) {
    this.#sql = sql
  }

  mayListen(topic: string, identity: Identity): Promise<Listening> {
    return this.#ask(async (transaction) => {
      const rows = await transaction<{ id: string; extension: Extension }[]>`
        insert into realtime.messages (topic, extension)
        values (${topic}, 'broadcast'), (${topic}, 'presence') returning id, extension`
      await this.#become(transaction, topic, identity)
      const visible = await transaction<{ extension: Extension }[]>`
        select extension from realtime.messages where id = any (${rows.map(({ id }) => id)}::uuid[])`
      const seen = new Set(visible.map(({ extension }) => extension))
      return { broadcast: seen.has('broadcast'), presence: seen.has('presence') }
    })
  }

  async maySpeak(topic: string, identity: Identity, extension: Extension): Promise<boolean> {
    try {
      return await this.#ask(async (transaction) => {
        await this.#become(transaction, topic, identity)
        await transaction`insert into realtime.messages (topic, extension) values (${topic}, ${extension})`
        return true
      })
    } catch (error) {
      if ((error as { code?: string }).code === '42501') return false
      throw error
    }
  }

  async #become(transaction: TransactionSql, topic: string, identity: Identity): Promise<void> {
    await transaction`select set_config('realtime.topic', ${topic}, true), embedded.become(${identity.role},
      ${identity.subject}, ${JSON.stringify(identity.claims)}::text::jsonb, '')`
  }

  async #ask<Answer>(question: (transaction: TransactionSql) => Promise<Answer>): Promise<Answer> {
    const answered: Answer[] = []
    await this.#questions.add(() =>
      this.#sql
        .begin(async (transaction) => {
          answered.push(await question(transaction))
          throw new Undone()
        })
        .catch((error: unknown) => {
          if (!(error instanceof Undone)) throw error
        }),
    )
    const [answer] = answered
    if (answer === undefined) throw new Error('The policies did not answer.')
    return answer
  }
}

/** Milliseconds after which a project is looked at where nobody said anything: what was said may have been lost. */
export const unheardMs = 10 * 60_000

/**
 * Of which projects the server has to be asked though others' work in them is told: a word is only a reason to look, and
 * is settled by a look that began after it and went well. Whoever tells says it once.
 */
export class LookSchedule {
  #turn = 0
  /** By project the last reason to look that no look has settled. */
  readonly #owed = new Map<string, number>()
  readonly #begun = new Map<string, number>()
  readonly #wellAt = new Map<string, number>()
  /** How often somebody told of it; and how often until a look began that nothing had been told for. */
  readonly #words = new Map<string, number>()
  readonly #unasked = new Map<string, number>()

  /** Somebody tells that something changed there. */
  heard(projectId: string): void {
    this.#words.set(projectId, this.#wordsOf(projectId) + 1)
    this.owe(projectId)
  }

  /** Whoever tells or not: there is something to look at. */
  owe(projectId: string): void {
    this.#turn += 1
    this.#owed.set(projectId, this.#turn)
  }

  /** One that ends without a word, or badly, is owed still. */
  began(projectId: string): void {
    if (this.#owed.has(projectId)) this.#unasked.delete(projectId)
    else this.#unasked.set(projectId, this.#wordsOf(projectId))
    this.owe(projectId)
    this.#begun.set(projectId, this.#turn)
  }

  /** `at`: milliseconds that never go back. */
  wentWell(projectId: string, at: number): void {
    this.#wellAt.set(projectId, at)
    if (this.#owed.get(projectId) === this.#begun.get(projectId)) this.#owed.delete(projectId)
  }

  /** There is nothing there that this person may see: nobody looks again for that alone. */
  wasDenied(projectId: string): void {
    this.#owed.delete(projectId)
  }

  /** Of a look that nothing had been told for: says whether nothing has been to this moment. */
  unheard(projectId: string): (() => boolean) | null {
    const before = this.#unasked.get(projectId)
    return before === undefined ? null : () => this.#wordsOf(projectId) === before
  }

  #wordsOf(projectId: string): number {
    return this.#words.get(projectId) ?? 0
  }

  get owed(): readonly string[] {
    return [...this.#owed.keys()]
  }

  isDue(projectId: string, now: number): boolean {
    const wellAt = this.#wellAt.get(projectId) ?? Number.NEGATIVE_INFINITY
    return this.#owed.has(projectId) || now - wellAt >= unheardMs
  }
}

import { play } from './played.ts'

/** Some of those that Chromium has dictionaries of. */
const available = ['de', 'en-AU', 'en-GB', 'en-US', 'es', 'fr', 'it', 'pt-BR']

/** On, in the system's language, until somebody says otherwise; a language that is on is fetched. */
export class Speller {
  readonly available = available
  languages = ['en-US']
  isOn = true
  readonly fetched = new Set<string>()
  readonly learned: string[] = []
  #hasPages = false

  pageOpened(): void {
    this.#hasPages = true
    this.#fetch()
  }
  set(languages: string[]): void {
    for (const code of languages)
      if (!available.includes(code))
        throw new Error(`Invalid language code provided: "${code}" is not a valid language code`)
    this.languages = languages
    this.isOn = languages.length > 0
    this.#fetch()
  }
  turn(isOn: boolean): void {
    this.isOn = isOn
    this.#fetch()
  }
  #fetch(): void {
    if (this.#hasPages && this.isOn) for (const code of this.languages) this.fetched.add(code)
  }
}

export const playSpeller = (speller: Speller): void =>
  play('spelling', () => ({
    isOn: speller.isOn,
    languages: speller.languages,
    fetched: [...speller.fetched],
    learned: speller.learned,
  }))

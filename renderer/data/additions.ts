import type { Addition } from '../../src/contract/adding.ts'
import { accountStore, onForget } from './account-store.ts'
import { desktop } from './desktop.ts'

/** The files that are brought in just now, or were last: main's last word of them. One at a time. */
export const useAddition = accountStore<{
  addition: Addition | null
  /** What the person called it before; '' where they did not. */
  title: string
}>(() => ({ addition: null, title: '' }))

/** What was said of others; a word may come before the answer that it is about. */
const heard = new Map<string, Addition>()
onForget(() => heard.clear())

export const setAddition = (addition: Addition | null, title = ''): void =>
  useAddition.setState({ addition: addition && (heard.get(addition.id) ?? addition), title })

export const connectAdditions = (): void => {
  desktop.on('adding.changed', (told) => {
    heard.delete(told.id)
    heard.set(told.id, told)
    for (const id of [...heard.keys()].slice(0, -10)) heard.delete(id)
    if (useAddition.getState().addition?.id === told.id) useAddition.setState({ addition: told })
  })
}

import { create, type StoreApi, type UseBoundStore } from 'zustand'

const forgetting = new Set<() => void>()

/** What has to be forgotten when another account, or none, follows on this computer. */
export const onForget = (forget: () => void): void => void forgetting.add(forget)

/** A store of one account's things: it starts anew with the next one. */
export const accountStore = <State>(initial: () => State): UseBoundStore<StoreApi<State>> => {
  const store = create<State>(initial)
  onForget(() => store.setState(initial(), true))
  return store
}

export const forgetAccount = (): void => {
  for (const forget of forgetting) forget()
}

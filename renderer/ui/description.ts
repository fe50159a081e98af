import { createContext, useContext } from 'react'

/** The id of the text that says more about what stands beside it. */
export const Description = createContext<string | undefined>(undefined)

export const useDescription = (): string | undefined => useContext(Description)

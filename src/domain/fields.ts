import { z } from 'zod'
import { maxDisplayNameLetters, maxPathLetters, maxTitleLetters } from './limits.ts'

/** What an artifact is called. */
export const title = z.string().trim().min(1).max(maxTitleLetters)
/** What a person is called. */
export const displayName = z.string().trim().min(1).max(maxDisplayNameLetters)
/** A path in an artifact, as somebody says it: what it means is for `parseFilePath`. */
export const filePath = z.string().min(1).max(maxPathLetters)

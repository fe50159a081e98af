import { useState } from 'react'
import type { FailureCode } from '../../src/domain/failure.ts'
import { failureOf } from './desktop.ts'

/** One request at a time: whether it is under way, and how the last one failed. */
export const useAttempt = () => {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<FailureCode | null>(null)
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true)
    setFailure(null)
    try {
      await work()
      return true
    } catch (error) {
      setFailure(failureOf(error))
      return false
    } finally {
      setBusy(false)
    }
  }
  return { busy, failure, setFailure, attempt }
}

import { QueryObserver } from '@tanstack/react-query'
import { afterEach, expect, it, vi } from 'vitest'

vi.stubGlobal('window', { desktop: { on: () => () => {} } })
const { queryClient } = await import('./query-client.ts')
const { readAgain } = await import('./read-again.ts')

const queryKey = ['workspaces', 'account', 'orders']
let stop = (): void => {}
afterEach(() => {
  stop()
  queryClient.clear()
})

/** Something that is shown, and answers what it is told to; each answer as it is let go. */
const show = () => {
  const answers: PromiseWithResolvers<string>[] = []
  const queryFn = (): Promise<string> => {
    const answer = Promise.withResolvers<string>()
    answers.push(answer)
    return answer.promise
  }
  const observer = new QueryObserver(queryClient, {
    queryKey,
    queryFn,
    initialData: 'before',
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchInterval: false,
  })
  stop = observer.subscribe(() => {})
  return { answers, observer }
}
const isDone = async (promise: Promise<void>): Promise<boolean> => {
  let done = false
  void promise.then(() => {
    done = true
  })
  await new Promise((resolve) => setTimeout(resolve, 20))
  return done
}

it('is over when the server has said what is shown, though asking failed before', async () => {
  const { answers, observer } = show()
  const read = readAgain([queryKey])
  await vi.waitFor(() => expect(answers).toHaveLength(1))
  answers[0]?.reject(new Error('The line was cut.'))
  expect(await isDone(read)).toBe(false)
  void observer.refetch()
  answers[1]?.resolve('after')
  await read
  expect(queryClient.getQueryData(queryKey)).toBe('after')
})

it('is over when somebody else who asks meanwhile has the answer, and not before', async () => {
  const { answers } = show()
  const read = readAgain([queryKey])
  await vi.waitFor(() => expect(answers).toHaveLength(1))
  void queryClient.invalidateQueries({ queryKey: ['workspaces'] })
  await vi.waitFor(() => expect(answers).toHaveLength(2))
  answers[0]?.resolve('before')
  expect(await isDone(read)).toBe(false)
  answers[1]?.resolve('after')
  await read
  expect(queryClient.getQueryData(queryKey)).toBe('after')
})

it('waits for nothing that nobody looks at', async () => {
  const { answers } = show()
  const read = readAgain([queryKey])
  await vi.waitFor(() => expect(answers).toHaveLength(1))
  answers[0]?.reject(new Error('The line was cut.'))
  expect(await isDone(read)).toBe(false)
  stop()
  await read
  await readAgain([queryKey])
})

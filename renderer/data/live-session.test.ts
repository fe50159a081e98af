import { expect, it, vi } from 'vitest'
import { LiveSession } from './live-session.ts'

const openTopics = () => {
  const closed = Promise.withResolvers<void>()
  const topics = {
    joined: new Set<string>(),
    follow: vi.fn((_names: Iterable<string>) => {}),
    close: vi.fn(() => closed.promise),
    retryNow: vi.fn(),
  }
  return { topics, closed: closed.resolve }
}
/** Main, which answers when it is told to. */
const openMain = () => {
  const told: (string[] | null)[] = []
  const answers: ((followed: string[]) => void)[] = []
  const tellMain = (projectIds: string[] | null): Promise<string[]> => {
    told.push(projectIds)
    return new Promise((done) => answers.push(done))
  }
  const stopped = vi.fn()
  const session = new LiveSession({ tellMain, stopped })
  const answer = async (index: number, followed: string[]): Promise<void> => {
    answers[index]?.(followed)
    await Promise.resolve()
    await Promise.resolve()
  }
  return { session, told, answer, stopped }
}
const settle = (): Promise<void> => new Promise((done) => setImmediate(done))
const owner = (name: string, topics: ReturnType<typeof openTopics>['topics']) => ({
  key: name,
  userTopic: `user:${name}`,
  open: () => topics,
})

it('joins nothing, by whatever way it is asked, before the former socket is closed', async () => {
  const { session, answer } = openMain()
  const [first, second] = [openTopics(), openTopics()]
  session.start(owner('a', first.topics))
  session.stop()
  session.start(owner('b', second.topics))
  // Main’s own word, and its answers, come before that.
  session.follow(['x'])
  await answer(2, ['x'])
  await settle()
  expect(second.topics.follow).not.toHaveBeenCalled()
  first.closed()
  await settle()
  expect(second.topics.follow.mock.lastCall).toEqual([['user:b', 'project:x']])
  expect(first.topics.follow).not.toHaveBeenCalled()
})

it('an answer that is older than main’s own word does not overwrite it', async () => {
  const { session, answer } = openMain()
  const { topics } = openTopics()
  session.start(owner('a', topics))
  session.follow(['opened'])
  await answer(0, [])
  await settle()
  expect(topics.follow.mock.lastCall).toEqual([['user:a', 'project:opened']])
  session.tell()
  session.tell()
  await answer(2, ['newer'])
  await answer(1, ['older'])
  await settle()
  expect(topics.follow.mock.lastCall).toEqual([['user:a', 'project:newer']])
})

it('tells main what is heard while the person’s own topic is, and that nothing is when it ends', () => {
  const { session, told, stopped } = openMain()
  const { topics } = openTopics()
  session.start(owner('a', topics))
  topics.joined.add('project:x')
  session.tell()
  topics.joined.add('user:a')
  session.tell()
  session.start(owner('a', topics))
  session.stop()
  session.stop()
  expect(told).toEqual([null, null, ['x'], null])
  expect(stopped).toHaveBeenCalledTimes(1)
})

it('one whose close fails holds up nobody', async () => {
  const { session } = openMain()
  const [first, second] = [openTopics(), openTopics()]
  first.topics.close.mockImplementation(() => Promise.reject(new Error('It was gone.')))
  session.start(owner('a', first.topics))
  session.start(owner('b', second.topics))
  await settle()
  expect(second.topics.follow).toHaveBeenCalled()
})

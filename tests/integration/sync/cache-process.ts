import { openArtifactService } from '../../../electron/main/sync/index.ts'
import { asFailure } from '../../../src/domain/failure.ts'
import { begin, during, tell, transport, words, workers } from '../killable.ts'

/*
 * What a person opens in the application, as a process: the cache, the outbox and all that sends and fetches. Each
 * line asks for something as a window does; the answer goes out under its id.
 */
const { settings, ready } = await begin()
const service = await openArtifactService({
  ...settings,
  workers,
  fetch: transport,
  deviceName: 'desk',
  chooseFolder: async () => null,
  chooseToAdd: async () => [],
  sample: '/nowhere',
  revealFolder: async () => {},
  accessToken: async () => settings.token,
  emit: () => {},
})
ready()
service.setOnline(true)

const handlers: Record<string, (argument: never) => Promise<unknown>> = service.handlers
const answer = async (line: string): Promise<void> => {
  const { id, channel, argument } = JSON.parse(line)
  const ended = during(channel)
  await handlers[channel]?.(argument as never).then(
    (value) => tell(id, { value: value ?? true }),
    (error) => tell(id, { failure: asFailure(error).code }),
  )
  ended()
}
for await (const line of words) void answer(line)
await service.close()
process.exit()

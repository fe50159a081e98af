/** What a spec has the person do on the desktop, or looks at there, by name; the answer goes back to it. */
type Play = (argument: never) => unknown
const plays = new Map<string, Play>()
export const play = <A = undefined>(name: string, work: (argument: A) => unknown): void =>
  void plays.set(name, work)

type Asked = { type: 'play'; id: number; name: string; argument: unknown }
process.on('message', (message: Asked | { type: string }) => {
  if (message.type !== 'play') return
  const { id, name, argument } = message as Asked
  const work = plays.get(name)
  const answer = async (): Promise<object> => {
    try {
      if (!work) throw new Error(`Nobody plays '${name}'`)
      return { value: (await work(argument as never)) ?? null }
    } catch (error) {
      return { error: String(error) }
    }
  }
  void answer().then((answered) => process.send?.({ type: 'played', id, ...answered }))
})

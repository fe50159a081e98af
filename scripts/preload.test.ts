import { runInNewContext } from 'node:vm'
import { build, type Rolldown } from 'vite'
import { expect, test } from 'vitest'
import config from '../electron.vite.config.ts'
import { requests } from '../src/contract/table.ts'

/** The preload as it is built, without writing it anywhere. */
const builtPreload = async (): Promise<string> => {
  const { preload = {} } = config
  const { output } = (await build({
    configFile: false,
    logLevel: 'silent',
    define: preload.define,
    build: {
      write: false,
      rolldownOptions: {
        input: 'electron/preload/index.ts',
        external: ['electron'],
        output: { format: 'cjs' },
      },
    },
  })) as Rolldown.RolldownOutput
  expect(output).toHaveLength(1)
  return output[0].code
}

test('the preload has a verb for every request of the contract, and no schema', async () => {
  const code = await builtPreload()
  const asked: unknown[] = []
  const exposed: Record<string, Record<string, (...args: unknown[]) => Promise<unknown>>> = {}
  const electron = {
    contextBridge: {
      exposeInMainWorld: (name: string, value: object) => Object.assign(exposed, { [name]: value }),
    },
    ipcRenderer: {
      on: () => {},
      invoke: async (_channel: string, ...args: unknown[]) => {
        asked.push(args)
        return { ok: true }
      },
    },
    webUtils: { getPathForFile: () => '/home/ada/a.txt' },
  }
  runInNewContext(code, { require: () => electron, exports: {}, module: {} })
  const { desktop } = exposed as unknown as {
    desktop: Record<string, Record<string, (...args: unknown[]) => Promise<unknown>> | undefined>
  }
  for (const channel of Object.keys(requests)) {
    const [area = '', verb = ''] = channel.split('.')
    await desktop[area]?.[verb]?.({}, [])
  }
  expect(asked.map((args) => (args as [string])[0])).toEqual(Object.keys(requests))
  expect(Object.keys(desktop)).toContain('on')
  expect(code).not.toContain('safeParse')
  expect(code.length).toBeLessThan(8_000)
})

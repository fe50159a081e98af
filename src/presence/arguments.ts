import type { Command } from '../contract/desktop.ts'

/** A start that opens no window: the system begins it at a login. */
export const hiddenArgument = '--hidden'

/** What entries of a taskbar's or a dock's list start us with. */
const commands = {
  '--do=sync': { kind: 'sync' },
  '--do=new-project': { kind: 'newProject' },
  '--do=settings': { kind: 'settings' },
} as const satisfies Record<string, Command>
export type CommandArgument = keyof typeof commands

/** What a start that goes on from this one is given: not what this one was to do first. */
export const argumentsAgain = (argv: readonly string[]): string[] =>
  argv.filter((argument) => argument !== hiddenArgument && !/^(--do=|atelier:)/i.test(argument))

/** The last one counts, as with any option; of what is none of ours, null. */
export const commandInArguments = (argv: readonly string[]): Command | null => {
  const found = argv.findLast((argument): argument is CommandArgument =>
    Object.hasOwn(commands, argument),
  )
  return found ? commands[found] : null
}

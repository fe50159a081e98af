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

const isLink = (argument: string): boolean => /^atelier:/i.test(argument)

/** What a start that goes on from this one is given: not what this one was to do first. */
export const argumentsAgain = (argv: readonly string[]): string[] =>
  argv.filter(
    (argument) => argument !== hiddenArgument && !/^--do=/i.test(argument) && !isLink(argument),
  )

/**
 * What the next start is given when others came while this one was going, each with its arguments. Of links those of
 * the last that brought any, as one start is one sign-in's; and at the end, since Electron on Windows starts with
 * nothing that comes after one.
 */
export const argumentsOfNext = (
  argv: readonly string[],
  came: readonly (readonly string[])[],
): string[] => {
  const isHidden = came.length > 0 && came.every((each) => each.includes(hiddenArgument))
  const commanded = came.flat().filter((argument) => Object.hasOwn(commands, argument))
  return [
    ...argumentsAgain(argv),
    ...(isHidden ? [hiddenArgument] : []),
    ...commanded.slice(-1),
    ...(came.findLast((each) => each.some(isLink)) ?? []).filter(isLink),
  ]
}

/** The last one counts, as with any option; of what is none of ours, null. */
export const commandInArguments = (argv: readonly string[]): Command | null => {
  const found = argv.findLast((argument): argument is CommandArgument =>
    Object.hasOwn(commands, argument),
  )
  return found ? commands[found] : null
}

import { type ParseArgsConfig, parseArgs } from 'node:util'

/** What was asked for; whoever asks for help, or for what there is not, gets the usage and no stack. */
export const readArguments = <T extends ParseArgsConfig>(usage: string, config: T) => {
  if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
    console.log(usage)
    process.exit(0)
  }
  try {
    return parseArgs(config)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    process.exit(2)
  }
}

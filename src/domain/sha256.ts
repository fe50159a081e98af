import { Failure } from './failure.ts'

/** The one form in which a hash may become a file's name or a part of an address: 64 hexadecimal digits, lower case. */
export const sha256Form = /^[0-9a-f]{64}$/

/** @throws server.unexpected-answer, whoever it came from: nothing else may name a file, however it got this far */
export const checkedSha256 = (text: string): string => {
  if (!sha256Form.test(text))
    throw new Failure('server.unexpected-answer', 'What should be a SHA-256 is not one.')
  return text
}

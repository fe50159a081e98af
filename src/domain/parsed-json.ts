/** What a text says as JSON; null where it is none. Whoever asks checks the shape. */
export const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

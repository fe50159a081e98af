const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** A Linux desktop reads a body, and nothing else of a notification, as markup; what people call things is none. */
export const notificationBody = (platform: string, text: string): string =>
  platform === 'linux' ? text.replace(/[&<>]/g, (sign) => entities[sign] ?? sign) : text

import { Notification } from 'electron'
import type { NoticeKind } from '../../../src/contract/desktop.ts'
import type { Notice } from '../../../src/presence/notices.ts'

/**
 * The system's own notifications, at most one of a kind: a newer one takes the place of the one before. When they may
 * be seen is the system's to say: it knows its person's quiet hours.
 */
export class Notifier {
  readonly #shown = new Map<NoticeKind, Notification>()
  readonly #clicked: (notice: Notice) => void

  constructor(clicked: (notice: Notice) => void) {
    this.#clicked = clicked
  }

  static get isPossible(): boolean {
    return Notification.isSupported()
  }

  show(notice: Notice): void {
    if (!Notifier.isPossible) return
    this.withdraw(notice.kind)
    const { kind, title, body } = notice
    const notification = new Notification({ id: kind, title, body })
    const forget = (): void => {
      if (this.#shown.get(kind) === notification) this.#shown.delete(kind)
    }
    notification.on('click', () => {
      forget()
      this.#clicked(notice)
    })
    notification.on('close', forget)
    // Nobody may have a right to show any, as in a build that is not signed on macOS.
    notification.on('failed', forget)
    this.#shown.set(kind, notification)
    notification.show()
  }

  withdraw(kind: NoticeKind): void {
    const notification = this.#shown.get(kind)
    this.#shown.delete(kind)
    notification?.close()
  }

  /** One that outlives us leads nowhere. */
  withdrawAll(): void {
    for (const kind of [...this.#shown.keys()]) this.withdraw(kind)
  }
}

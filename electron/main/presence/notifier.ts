import { Notification } from 'electron'
import { type NoticeKind, noticeKind } from '../../../src/contract/desktop.ts'
import type { Notice } from '../../../src/presence/notices.ts'
import { notificationBody } from '../../../src/presence/notification-body.ts'

type Options = {
  clicked: (notice: Notice) => void
  /** One of an earlier run, of which no more than its kind is known, if that. */
  clickedOld: (kind: NoticeKind | null) => void
}

/**
 * The system's own notifications, at most one of a kind: a newer one takes the place of the one before. When they may
 * be seen is the system's to say: it knows its person's quiet hours.
 */
export class Notifier {
  readonly #shown = new Map<NoticeKind, Notification>()
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
    // What a run that crashed left there. Windows tells of every other one here, too.
    if (process.platform === 'win32')
      Notification.handleActivation(({ arguments: text }) => {
        const kind = noticeKind.safeParse(/(?:^|&)tag=([^&]*)/.exec(text)?.[1]).data ?? null
        const isOurs = kind ? this.#shown.has(kind) : this.#shown.size > 0
        if (!isOurs) options.clickedOld(kind)
      })
  }

  static get isPossible(): boolean {
    return Notification.isSupported()
  }

  show(notice: Notice): void {
    if (!Notifier.isPossible) return
    const { kind, title } = notice
    // Elsewhere the one with the same id takes its place.
    if (process.platform === 'linux') this.withdraw(kind)
    const body = notificationBody(process.platform, notice.body)
    const notification = new Notification({ id: kind, title, body })
    const forget = (): void => {
      if (this.#shown.get(kind) === notification) this.#shown.delete(kind)
    }
    notification.on('click', () => {
      forget()
      this.#options.clicked(notice)
    })
    // On Windows it has left the screen by then, and waits in the Action Center, to be clicked or withdrawn.
    notification.on('close', ({ reason }) => {
      if (reason !== 'timedOut') forget()
    })
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

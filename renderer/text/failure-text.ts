import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { FailureCode } from '../../src/domain/failure.ts'

export type FailureText = {
  readonly title: string
  /** What happened, in a person's words. */
  readonly sentence: string
  /** What to do about it. */
  readonly remedy: string
}

/** As it is said in the language of the moment. */
const text = (
  title: MessageDescriptor,
  sentence: MessageDescriptor,
  remedy: MessageDescriptor,
): FailureText => ({
  get title() {
    return i18n._(title)
  },
  get sentence() {
    return i18n._(sentence)
  },
  get remedy() {
    return i18n._(remedy)
  },
})

const startAgain = msg`Start the sign-in again from Atelier.`
const restart = msg`Try again. If it keeps happening, quit Atelier and open it again.`

/** Every failure in words, beside which stands its code (ui/failure-code.tsx). No exception’s text ever reaches a person. */
export const failureText: Readonly<Record<FailureCode, FailureText>> = {
  'ipc.unknown-channel': text(
    msg`Something went wrong`,
    msg`Atelier asked itself for something it does not know.`,
    restart,
  ),
  'ipc.wrong-sender': text(
    msg`Request refused`,
    msg`A page that is not part of Atelier asked for something.`,
    restart,
  ),
  'ipc.bad-arguments': text(
    msg`That could not be used`,
    msg`Part of what was entered is not in the form Atelier expects.`,
    msg`Check what you entered and try again.`,
  ),
  'ipc.bad-result': text(
    msg`Something went wrong`,
    msg`Atelier got an answer it could not read.`,
    restart,
  ),
  internal: text(
    msg`Something went wrong`,
    msg`This is a fault in Atelier, not in your work. Your files are safe.`,
    restart,
  ),
  'link.malformed': text(
    msg`This link is not complete`,
    msg`The link could not be read; part of it may be missing.`,
    msg`Copy the whole address from the browser and paste it again.`,
  ),
  'link.wrong-target': text(
    msg`This link is not for signing in`,
    msg`It leads somewhere other than Atelier’s sign-in.`,
    startAgain,
  ),
  'link.ambiguous': text(
    msg`More than one link arrived`,
    msg`Atelier cannot tell which one is yours, so it used neither.`,
    startAgain,
  ),
  'link.unknown-flow': text(
    msg`This link belongs to another sign-in`,
    msg`It was not started on this computer.`,
    startAgain,
  ),
  'link.expired-flow': text(
    msg`This link is too old`,
    msg`Sign-in links work for ten minutes.`,
    startAgain,
  ),
  'link.used-flow': text(
    msg`This link was used already`,
    msg`Each sign-in link works once.`,
    startAgain,
  ),
  'auth.invalid-credentials': text(
    msg`Email or password is wrong`,
    msg`They do not match an account on this server.`,
    msg`Check both and try again, or sign in with a code by email.`,
  ),
  'auth.email-not-confirmed': text(
    msg`Confirm your email first`,
    msg`The account exists, but its email address is not confirmed yet.`,
    msg`Open the link in the message you were sent, then sign in.`,
  ),
  'auth.denied-by-provider': text(
    msg`Sign-in was not allowed`,
    msg`The provider did not give Atelier permission.`,
    msg`Try again and allow access, or sign in another way.`,
  ),
  'auth.rate-limited': text(
    msg`Too many attempts`,
    msg`The server asks for a pause.`,
    msg`Wait a minute, then try again.`,
  ),
  'auth.weak-password': text(
    msg`This password is too weak`,
    msg`The server asks for a stronger one.`,
    msg`Choose a longer password with different kinds of characters.`,
  ),
  'auth.user-exists': text(
    msg`This email has an account`,
    msg`Someone signed up with it already.`,
    msg`Sign in instead.`,
  ),
  'auth.invalid-code': text(
    msg`That code does not work`,
    msg`It may be mistyped, used or too old.`,
    msg`Check the latest message, or ask for a new code.`,
  ),
  'auth.refused': text(
    msg`Sign in again`,
    msg`The server ended this session. Everything on this computer is still here.`,
    msg`Sign in again to send and receive changes.`,
  ),
  'auth.banned': text(
    msg`This account may not sign in`,
    msg`Whoever runs this server has barred it. What is on this computer stays here.`,
    msg`Ask them why, or use another account.`,
  ),
  'auth.signed-out': text(
    msg`You are signed out`,
    msg`The server knows no session of yours any more. What is on this computer stays here.`,
    msg`Sign in again to send and receive changes.`,
  ),
  'vault.missing': text(
    msg`No keychain found`,
    msg`Atelier keeps your sign-in in the system’s keychain, and this system offers none.`,
    msg`Start a keychain service, or continue until you quit.`,
  ),
  'vault.locked': text(
    msg`The keychain is locked`,
    msg`Your sign-in is inside it.`,
    msg`Unlock it and try again.`,
  ),
  'vault.denied': text(
    msg`The keychain said no`,
    msg`The system did not let Atelier read your sign-in.`,
    msg`Allow Atelier to use the keychain, then try again.`,
  ),
  'vault.corrupt': text(
    msg`The keychain did not keep your sign-in`,
    msg`What was written to it came back changed.`,
    msg`Try again; if it stays, continue until you quit.`,
  ),
  'network.offline': text(
    msg`You are offline`,
    msg`This needs the network.`,
    msg`It goes on by itself once you are connected.`,
  ),
  'network.unreachable': text(
    msg`The server cannot be reached`,
    msg`Nothing answers at its address, or something between stands in the way.`,
    msg`It goes on by itself once the server answers. What is on this computer stays usable.`,
  ),
  'network.timeout': text(
    msg`The server takes too long`,
    msg`No answer came in time.`,
    msg`Try again in a moment.`,
  ),
  'network.not-encrypted': text(
    msg`No encrypted line to the server`,
    msg`The server, or something between, does not speak a kind of encryption that is safe today.`,
    msg`Tell whoever runs the server or your network. Atelier sends nothing over such a line.`,
  ),
  'network.proxy-sign-in': text(
    msg`Your network’s proxy wants a sign-in`,
    msg`All traffic of this network goes through a proxy, which lets nobody through without a name and a password.`,
    msg`Try again, and enter what your network’s administrator gave you.`,
  ),
  'network.proxy-unreachable': text(
    msg`Your network’s proxy does not let this through`,
    msg`The system says that traffic goes through a proxy, which is not to be had or refuses this server.`,
    msg`Check the proxy in the system’s network settings, or ask whoever looks after your network.`,
  ),
  'network.certificate-expired': text(
    msg`The server’s certificate is not valid today`,
    msg`It has expired, or this computer’s clock is wrong.`,
    msg`Check the date and time of this computer. If they are right, whoever runs the server has to renew its certificate.`,
  ),
  'network.certificate-other-name': text(
    msg`The server’s certificate is another server’s`,
    msg`Who answers at this address shows a certificate for another name: it may not be who you mean.`,
    msg`Check the server’s address. If it is right, tell whoever runs the server.`,
  ),
  'network.certificate-unknown-authority': text(
    msg`Nobody known vouches for this server`,
    msg`Its certificate is signed by an authority that this computer does not trust, so it may be anybody.`,
    msg`If it is your organisation’s own, have its authority’s certificate added to the system’s trusted ones (on Linux to the user’s NSS database), and open Atelier again.`,
  ),
  'network.certificate-revoked': text(
    msg`The server’s certificate was withdrawn`,
    msg`Whoever issued it says that it must not be trusted any more.`,
    msg`Do not use this server until whoever runs it has a new certificate.`,
  ),
  'network.certificate-weak': text(
    msg`The server’s certificate can be forged`,
    msg`It is made in a way that is not safe any more.`,
    msg`Whoever runs the server has to replace its certificate.`,
  ),
  'network.certificate-invalid': text(
    msg`The server’s certificate is not in order`,
    msg`It cannot be checked, or contains errors.`,
    msg`Tell whoever runs the server; the details are in its certificate.`,
  ),
  'network.certificate-wanted': text(
    msg`The server wants a certificate of yours`,
    msg`It lets in whoever shows one, and none was shown.`,
    msg`Try again and choose one. If none is offered, add yours to the system’s certificates first.`,
  ),
  'network.certificate-refused': text(
    msg`The server did not take your certificate`,
    msg`It is another one than it wants, has expired, or its key could not be used.`,
    msg`Try again and choose another one, or ask whoever runs the server.`,
  ),
  'server.unavailable': text(
    msg`The server is not available`,
    msg`It is down, or something between stands in the way.`,
    msg`Try again in a moment. What is on this computer stays usable.`,
  ),
  'server.unexpected-answer': text(
    msg`The server’s answer makes no sense`,
    msg`It may be another service, or a sign-in page of your network.`,
    msg`Check the network and the server’s address, then try again.`,
  ),
  'server.rate-limited': text(
    msg`The server asks for a pause`,
    msg`Too much was asked of it in a short time.`,
    msg`Atelier slows down and goes on by itself.`,
  ),
  'server.denied': text(
    msg`You may not do this`,
    msg`Your role does not allow it, or your access has changed.`,
    msg`Ask an owner of the project or workspace.`,
  ),
  'server.not-found': text(
    msg`This is gone`,
    msg`It was removed, or you no longer have access.`,
    msg`Go back, or ask an owner of the project.`,
  ),
  'server.gone': text(
    msg`This is over`,
    msg`What you followed has expired or was withdrawn.`,
    msg`Ask whoever sent it for a new one.`,
  ),
  'server.older': text(
    msg`This server is older than this Atelier`,
    msg`It does not know how to do what was asked for.`,
    msg`Ask whoever looks after the server to update it, then try again.`,
  ),
  'server.refused-input': text(
    msg`The server did not take this`,
    msg`Something in it is not as it must be, or a rule stands against it.`,
    msg`Change what you entered and try again.`,
  ),
  'mutation.queue-full': text(
    msg`Too much waits for the server`,
    msg`More changes were made here than this computer keeps until the server has them.`,
    msg`Go online, and wait until they were sent.`,
  ),
  'mutation.too-large': text(
    msg`This change is too large`,
    msg`It is more than can be written in one go.`,
    msg`Make it shorter, or in several parts.`,
  ),
  'mutation.too-old': text(
    msg`This change waited too long`,
    msg`The server does not know any more whether it was made, so it was not made again.`,
    msg`Look whether it is there; if not, try again.`,
  ),
  'mutation.under-way': text(
    msg`This is on its way`,
    msg`The server may have this change already, so it cannot be taken back.`,
    msg`Wait until it is there, then change it again.`,
  ),
  'billing.no-tokens': text(
    msg`No tokens left`,
    msg`What this workspace may use in this period is used up.`,
    msg`Ask an owner to buy more, or wait for the next period.`,
  ),
  'server.domain-taken': text(
    msg`Another workspace has this domain`,
    msg`A domain can be confirmed for one workspace only.`,
    msg`Ask the owner of that workspace to give it up, or whoever runs this installation.`,
  ),
  'server.conflict': text(
    msg`Someone was faster`,
    msg`This was changed elsewhere in the meantime.`,
    msg`Look at the latest version and try again.`,
  ),
  'backend.failed-to-start': text(
    msg`The workspace on this computer did not start`,
    msg`Its database could not be opened. Your data is untouched.`,
    msg`Try again. If it keeps happening, restart the computer.`,
  ),
  'backend.runtime-missing': text(
    msg`A part of Windows that the database needs is missing`,
    msg`Microsoft’s Visual C++ runtime is not on this computer, and the copy that Atelier brings is not in its place. Your data is untouched.`,
    msg`Install Atelier again, or the “Visual C++ Redistributable” (x64) from Microsoft. Then try again.`,
  ),
  'backend.older-database': text(
    msg`The workspace on this computer is of an older Atelier`,
    msg`Its database was made by a former PostgreSQL, and no copy of it was made when Atelier was updated. Your data is untouched.`,
    msg`Install the Atelier that you used before, open it once, and update from there: its “Restart and update”, or its way to the download page, makes the copy.`,
  ),
  'backend.copy-unusable': text(
    msg`The workspace on this computer could not be brought along`,
    msg`The copy of its database that was made for this Atelier is damaged, or what was made of it was not the same. Your data is untouched.`,
    msg`Install the Atelier that you used before: it opens everything as it was, and makes another copy when you update from there. If that one is not taken either, stay with it and send a report of this problem.`,
  ),
  'backend.newer-database': text(
    msg`The workspace on this computer is of a newer Atelier`,
    msg`Its database was changed by a newer version than this one. Your data is untouched.`,
    msg`Update Atelier, then open it again.`,
  ),
  'update.feed-unreachable': text(
    msg`Updates could not be looked for`,
    msg`The place where they are to be had did not answer.`,
    msg`Atelier tries again by itself. Check your network to do it now.`,
  ),
  'update.feed-invalid': text(
    msg`Updates could not be looked for`,
    msg`What answered is not what Atelier’s updates look like. A network that asks you to sign in first answers so.`,
    msg`Open any web page to see whether your network asks for something, then check again.`,
  ),
  'update.damaged': text(
    msg`The update arrived damaged`,
    msg`It is not the file that was published, so it was thrown away. Nothing was changed.`,
    msg`Try again later. If it keeps happening, fetch the new version from its page.`,
  ),
  'update.wrong-signature': text(
    msg`The update is not signed by Atelier’s makers`,
    msg`It was thrown away, and nothing was changed.`,
    msg`Do not install it from elsewhere either. Tell whoever runs Atelier for you.`,
  ),
  'update.no-copy': text(
    msg`The update waits`,
    msg`The new version needs a copy of the database on this computer, which does not open or cannot be read. Nothing was changed.`,
    msg`Open the workspace on this computer, then update again. Or update without it: its folder stays as it is, and only the Atelier that you have now can read it.`,
  ),
  'update.not-installed': text(
    msg`The update was not installed`,
    msg`Atelier is as it was before, and so is your work.`,
    msg`Check for updates and try again, or fetch the new version from its page.`,
  ),
  'backend.path-not-plain': text(
    msg`The database cannot live in this folder`,
    msg`The name of your Windows account has letters that PostgreSQL cannot read in a path, and this drive keeps no short names of folders.`,
    msg`Have whoever looks after this computer switch short names on (fsutil 8dot3name) for a new account, or connect to a Supabase project instead.`,
  ),
  'backend.invalid-address': text(
    msg`No Supabase project there`,
    msg`The address or the key does not lead to one.`,
    msg`Compare both with your project’s API settings.`,
  ),
  'file.name-refused': text(
    msg`This name cannot be used`,
    msg`It would not work on every system: Windows, for one, allows none of < > : " / \\ | ? * and no dot or space at the end.`,
    msg`Give it another name.`,
  ),
  'file.left-out': text(
    msg`This is never synced`,
    msg`Version control keeps its own files, and another linked folder its own: kept in step twice they break.`,
    msg`Leave it as it is. It stays in your folder.`,
  ),
  'file.name-control': text(
    msg`The name holds an invisible character`,
    msg`A line break, a tab or the like is in it, which other computers do not allow.`,
    msg`Give it a name without it.`,
  ),
  'file.name-not-text': text(
    msg`The name is not readable text`,
    msg`It is written in an encoding other than UTF-8, so other computers would show another name.`,
    msg`Give it another name.`,
  ),
  'file.name-too-long': text(
    msg`The name or the path is too long`,
    msg`With the folders it lies in it is longer than servers and other computers take.`,
    msg`Shorten the name, or move it to a folder further up.`,
  ),
  'file.type-refused': text(
    msg`The server does not take this kind of file`,
    msg`Its storage allows other kinds only. The file stays here.`,
    msg`Ask an owner of the workspace to allow it. It is sent by itself then.`,
  ),
  'file.name-collision': text(
    msg`This name is taken`,
    msg`Another file beside it has the same name, or one that differs in capital letters alone, which is one name to Windows and macOS.`,
    msg`Give one of them another name.`,
  ),
  'file.changed-while-reading': text(
    msg`The file is still changing`,
    msg`Something wrote to it while it was read.`,
    msg`It is sent by itself once it rests.`,
  ),
  'file.not-cached': text(
    msg`Not on this computer`,
    msg`This file has not been downloaded yet.`,
    msg`Connect to the network and open it again.`,
  ),
  'file.too-large': text(
    msg`This file is too large`,
    msg`It is over the limit of the server or of this view.`,
    msg`Make it smaller, or ask for a higher limit.`,
  ),
  'file.hash-mismatch': text(
    msg`The file did not arrive whole`,
    msg`What came differs from what was sent, so it was thrown away.`,
    msg`Sync again.`,
  ),
  'file.busy': text(
    msg`Another program is using the file`,
    msg`It cannot be read or replaced while it is open there.`,
    msg`Close it there. It is synced by itself then.`,
  ),
  'file.not-regular': text(
    msg`This is not a plain file`,
    msg`Links and devices are not synced, and nothing is written through them.`,
    msg`Put a copy of the file itself here.`,
  ),
  'file.not-in-encoding': text(
    msg`This file’s encoding lacks a letter of it`,
    msg`It is written in an older encoding that has no sign for something you typed. Nothing was changed.`,
    msg`Take it out, or choose “Save as UTF-8”.`,
  ),
  'folder.missing': text(
    msg`The linked folder is not there`,
    msg`It was moved or removed, or its disk is not connected. Nothing is deleted because of it.`,
    msg`Connect the disk, put the folder back, choose its new place, or unlink it.`,
  ),
  'folder.rules-unreadable': text(
    msg`What is left out of this folder is not known`,
    msg`Its .gitignore or .atelierignore cannot be opened, or is no file of rules: far too large, or made to hold Atelier up. Nothing is sent or taken before it can be read.`,
    msg`Correct the file in the folder, or remove it.`,
  ),
  'folder.not-ours': text(
    msg`This folder cannot be linked`,
    msg`It is linked to something else already, or lies inside or around a linked folder; or its folder .atelier is not one that this Atelier made.`,
    msg`Choose another folder. If nothing else uses this one, remove the folder .atelier in it and try again.`,
  ),
  'folder.not-the-same': text(
    msg`This is not the folder that was linked`,
    msg`It does not bear the mark of this link, so nothing in it was touched.`,
    msg`Choose the folder that was moved; or unlink, and link this one anew.`,
  ),
  'folder.not-here': text(
    msg`This place cannot be used`,
    msg`It is your home folder, a whole disk, a folder of the system or of Atelier itself, or no real disk.`,
    msg`Choose a folder of your work, or make one for it.`,
  ),
  'disk.no-room': text(
    msg`No room for this file`,
    msg`It is larger than the room that is left on this computer’s disk. Other files go on.`,
    msg`Free some space; it is tried again within ten minutes.`,
  ),
  'disk.full': text(
    msg`The disk is full`,
    msg`There is no room for more files. Nothing was lost.`,
    msg`Free some space, then sync again.`,
  ),
  'disk.denied': text(
    msg`The disk said no`,
    msg`Atelier may not write to its folder.`,
    msg`Check the folder’s permissions and try again.`,
  ),
  'disk.unreadable': text(
    msg`The disk cannot be read`,
    msg`A file on this computer could not be opened.`,
    msg`Check the disk, then try again.`,
  ),
  'cache.newer-version': text(
    msg`Made by a newer Atelier`,
    msg`The copies on this computer were written by a newer version.`,
    msg`Update Atelier to open them.`,
  ),
  'sync.cancelled': text(
    msg`Sync was stopped`,
    msg`You stopped it. Nothing was lost.`,
    msg`Sync again when you like.`,
  ),
  'sync.stopped': text(
    msg`You stopped this`,
    msg`The other files went on, and nothing was lost.`,
    msg`Try again when you like.`,
  ),
  'sync.conflict': text(
    msg`Edited in two places`,
    msg`Your edit and someone else’s touch the same file. Both are kept.`,
    msg`Look at both and keep what is right.`,
  ),
  'sync.metered': text(
    msg`Waits for another network`,
    msg`You said that this network is metered, and this file is large.`,
    msg`It goes by itself once you take that back in Settings, under Transfers.`,
  ),
  'sync.remote-object-missing': text(
    msg`A file is missing at the server`,
    msg`Its entry is there, but its content is not. Nothing here is deleted because of it.`,
    msg`Whoever has the file sends it again by saving it; Atelier then fetches it by itself.`,
  ),
  'sync.file-refused': text(
    msg`This file is refused`,
    msg`It, or something between it and this computer, refuses this file again and again while others pass. The file is safe where it is.`,
    msg`Other files go on. It is tried again within a day; “Try again” does it now.`,
  ),
  'sync.remote-object-damaged': text(
    msg`The server’s copy of this edit is damaged`,
    msg`Your edit is safe here. The server clears what is damaged in about a week; it goes by itself then.`,
    msg`To send it sooner, change anything in the file.`,
  ),
}

/** In a corner, or at a field: what happened, and what to do about it. */
export const briefly = (code: FailureCode): string =>
  `${failureText[code].title}. ${failureText[code].remedy}`

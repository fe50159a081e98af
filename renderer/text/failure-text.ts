import type { FailureCode } from '../../src/domain/failure.ts'

export type FailureText = {
  readonly title: string
  /** What happened, in a person's words. */
  readonly sentence: string
  /** What to do about it. */
  readonly remedy: string
}

const text = (title: string, sentence: string, remedy: string): FailureText => ({
  title,
  sentence,
  remedy,
})

const startAgain = 'Start the sign-in again from Atelier.'
const restart = 'Try again. If it keeps happening, quit Atelier and open it again.'

/** Every failure in words. No code and no exception text ever reaches a person. */
export const failureText: Readonly<Record<FailureCode, FailureText>> = {
  'ipc.unknown-channel': text(
    'Something went wrong',
    'Atelier asked itself for something it does not know.',
    restart,
  ),
  'ipc.wrong-sender': text(
    'Request refused',
    'A page that is not part of Atelier asked for something.',
    restart,
  ),
  'ipc.bad-arguments': text(
    'That could not be used',
    'Part of what was entered is not in the form Atelier expects.',
    'Check what you entered and try again.',
  ),
  'ipc.bad-result': text(
    'Something went wrong',
    'Atelier got an answer it could not read.',
    restart,
  ),
  internal: text(
    'Something went wrong',
    'This is a fault in Atelier, not in your work. Your files are safe.',
    restart,
  ),
  'link.malformed': text(
    'This link is not complete',
    'The link could not be read; part of it may be missing.',
    'Copy the whole address from the browser and paste it again.',
  ),
  'link.wrong-target': text(
    'This link is not for signing in',
    'It leads somewhere other than Atelier’s sign-in.',
    startAgain,
  ),
  'link.ambiguous': text(
    'More than one link arrived',
    'Atelier cannot tell which one is yours, so it used neither.',
    startAgain,
  ),
  'link.unknown-flow': text(
    'This link belongs to another sign-in',
    'It was not started on this computer.',
    startAgain,
  ),
  'link.expired-flow': text(
    'This link is too old',
    'Sign-in links work for ten minutes.',
    startAgain,
  ),
  'link.used-flow': text('This link was used already', 'Each sign-in link works once.', startAgain),
  'auth.invalid-credentials': text(
    'Email or password is wrong',
    'They do not match an account on this server.',
    'Check both and try again, or sign in with a code by email.',
  ),
  'auth.email-not-confirmed': text(
    'Confirm your email first',
    'The account exists, but its email address is not confirmed yet.',
    'Open the link in the message you were sent, then sign in.',
  ),
  'auth.denied-by-provider': text(
    'Sign-in was not allowed',
    'The provider did not give Atelier permission.',
    'Try again and allow access, or sign in another way.',
  ),
  'auth.rate-limited': text(
    'Too many attempts',
    'The server asks for a pause.',
    'Wait a minute, then try again.',
  ),
  'auth.weak-password': text(
    'This password is too weak',
    'The server asks for a stronger one.',
    'Choose a longer password with different kinds of characters.',
  ),
  'auth.user-exists': text(
    'This email has an account',
    'Someone signed up with it already.',
    'Sign in instead.',
  ),
  'auth.invalid-code': text(
    'That code does not work',
    'It may be mistyped, used or too old.',
    'Check the latest message, or ask for a new code.',
  ),
  'auth.refused': text(
    'Sign in again',
    'The server ended this session. Everything on this computer is still here.',
    'Sign in again to send and receive changes.',
  ),
  'auth.banned': text(
    'This account may not sign in',
    'Whoever runs this server has barred it. What is on this computer stays here.',
    'Ask them why, or use another account.',
  ),
  'auth.signed-out': text(
    'You are signed out',
    'The server knows no session of yours any more. What is on this computer stays here.',
    'Sign in again to send and receive changes.',
  ),
  'vault.missing': text(
    'No keychain found',
    'Atelier keeps your sign-in in the system’s keychain, and this system offers none.',
    'Start a keychain service, or continue until you quit.',
  ),
  'vault.locked': text(
    'The keychain is locked',
    'Your sign-in is inside it.',
    'Unlock it and try again.',
  ),
  'vault.denied': text(
    'The keychain said no',
    'The system did not let Atelier read your sign-in.',
    'Allow Atelier to use the keychain, then try again.',
  ),
  'vault.corrupt': text(
    'The keychain did not keep your sign-in',
    'What was written to it came back changed.',
    'Try again; if it stays, continue until you quit.',
  ),
  'network.offline': text(
    'You are offline',
    'This needs the network.',
    'It goes on by itself once you are connected.',
  ),
  'network.unreachable': text(
    'The server cannot be reached',
    'Nothing answers at its address, or something between stands in the way.',
    'It goes on by itself once the server answers. What is on this computer stays usable.',
  ),
  'network.timeout': text(
    'The server takes too long',
    'No answer came in time.',
    'Try again in a moment.',
  ),
  'network.not-encrypted': text(
    'No encrypted line to the server',
    'The server, or something between, does not speak a kind of encryption that is safe today.',
    'Tell whoever runs the server or your network. Atelier sends nothing over such a line.',
  ),
  'network.proxy-sign-in': text(
    'Your network’s proxy wants a sign-in',
    'All traffic of this network goes through a proxy, which lets nobody through without a name and a password.',
    'Try again, and enter what your network’s administrator gave you.',
  ),
  'network.proxy-unreachable': text(
    'Your network’s proxy does not let this through',
    'The system says that traffic goes through a proxy, which is not to be had or refuses this server.',
    'Check the proxy in the system’s network settings, or ask whoever looks after your network.',
  ),
  'network.certificate-expired': text(
    'The server’s certificate is not valid today',
    'It has expired, or this computer’s clock is wrong.',
    'Check the date and time of this computer. If they are right, whoever runs the server has to renew its certificate.',
  ),
  'network.certificate-other-name': text(
    'The server’s certificate is another server’s',
    'Who answers at this address shows a certificate for another name: it may not be who you mean.',
    'Check the server’s address. If it is right, tell whoever runs the server.',
  ),
  'network.certificate-unknown-authority': text(
    'Nobody known vouches for this server',
    'Its certificate is signed by an authority that this computer does not trust, so it may be anybody.',
    'If it is your organisation’s own, have its authority’s certificate added to the system’s trusted ones (on Linux to the user’s NSS database), and open Atelier again.',
  ),
  'network.certificate-revoked': text(
    'The server’s certificate was withdrawn',
    'Whoever issued it says that it must not be trusted any more.',
    'Do not use this server until whoever runs it has a new certificate.',
  ),
  'network.certificate-weak': text(
    'The server’s certificate can be forged',
    'It is made in a way that is not safe any more.',
    'Whoever runs the server has to replace its certificate.',
  ),
  'network.certificate-invalid': text(
    'The server’s certificate is not in order',
    'It cannot be checked, or contains errors.',
    'Tell whoever runs the server; the details are in its certificate.',
  ),
  'network.certificate-wanted': text(
    'The server wants a certificate of yours',
    'It lets in whoever shows one, and none was shown.',
    'Try again and choose one. If none is offered, add yours to the system’s certificates first.',
  ),
  'network.certificate-refused': text(
    'The server did not take your certificate',
    'It is another one than it wants, has expired, or its key could not be used.',
    'Try again and choose another one, or ask whoever runs the server.',
  ),
  'server.unavailable': text(
    'The server is not available',
    'It is down, or something between stands in the way.',
    'Try again in a moment. What is on this computer stays usable.',
  ),
  'server.unexpected-answer': text(
    'The server’s answer makes no sense',
    'It may be another service, or a sign-in page of your network.',
    'Check the network and the server’s address, then try again.',
  ),
  'server.rate-limited': text(
    'The server asks for a pause',
    'Too much was asked of it in a short time.',
    'Atelier slows down and goes on by itself.',
  ),
  'server.denied': text(
    'You may not do this',
    'Your role does not allow it, or your access has changed.',
    'Ask an owner of the project or workspace.',
  ),
  'server.not-found': text(
    'This is gone',
    'It was removed, or you no longer have access.',
    'Go back, or ask an owner of the project.',
  ),
  'server.gone': text(
    'This is over',
    'What you followed has expired or was withdrawn.',
    'Ask whoever sent it for a new one.',
  ),
  'server.refused-input': text(
    'The server did not take this',
    'Something in it is not as it must be, or a rule stands against it.',
    'Change what you entered and try again.',
  ),
  'mutation.queue-full': text(
    'Too much waits for the server',
    'More changes were made here than this computer keeps until the server has them.',
    'Go online, and wait until they were sent.',
  ),
  'mutation.too-large': text(
    'This change is too large',
    'It is more than can be written in one go.',
    'Make it shorter, or in several parts.',
  ),
  'mutation.under-way': text(
    'This is on its way',
    'The server may have this change already, so it cannot be taken back.',
    'Wait until it is there, then change it again.',
  ),
  'billing.no-tokens': text(
    'No tokens left',
    'What this workspace may use in this period is used up.',
    'Ask an owner to buy more, or wait for the next period.',
  ),
  'server.domain-taken': text(
    'Another workspace has this domain',
    'A domain can be confirmed for one workspace only.',
    'Ask the owner of that workspace to give it up, or whoever runs this installation.',
  ),
  'server.conflict': text(
    'Someone was faster',
    'This was changed elsewhere in the meantime.',
    'Look at the latest version and try again.',
  ),
  'backend.failed-to-start': text(
    'The workspace on this computer did not start',
    'Its database could not be opened. Your data is untouched.',
    'Try again. If it keeps happening, restart the computer.',
  ),
  'backend.runtime-missing': text(
    'A part of Windows that the database needs is missing',
    'Microsoft’s Visual C++ runtime is not on this computer, and the copy that Atelier brings is not in its place. Your data is untouched.',
    'Install Atelier again, or the “Visual C++ Redistributable” (x64) from Microsoft. Then try again.',
  ),
  'backend.older-database': text(
    'The workspace on this computer is of an older Atelier',
    'Its database was made by a former PostgreSQL, and no copy of it was made when Atelier was updated. Your data is untouched.',
    'Install the Atelier that you used before, open it once, and update from there: its “Restart and update”, or its way to the download page, makes the copy.',
  ),
  'backend.copy-unusable': text(
    'The workspace on this computer could not be brought along',
    'The copy of its database that was made for this Atelier is damaged, or what was made of it was not the same. Your data is untouched.',
    'Install the Atelier that you used before: it opens everything as it was, and makes another copy when you update from there. If that one is not taken either, stay with it and send a report of this problem.',
  ),
  'backend.newer-database': text(
    'The workspace on this computer is of a newer Atelier',
    'Its database was changed by a newer version than this one. Your data is untouched.',
    'Update Atelier, then open it again.',
  ),
  'update.feed-unreachable': text(
    'Updates could not be looked for',
    'The place where they are to be had did not answer.',
    'Atelier tries again by itself. Check your network to do it now.',
  ),
  'update.feed-invalid': text(
    'Updates could not be looked for',
    'What answered is not what Atelier’s updates look like. A network that asks you to sign in first answers so.',
    'Open any web page to see whether your network asks for something, then check again.',
  ),
  'update.damaged': text(
    'The update arrived damaged',
    'It is not the file that was published, so it was thrown away. Nothing was changed.',
    'Try again later. If it keeps happening, fetch the new version from its page.',
  ),
  'update.wrong-signature': text(
    'The update is not signed by Atelier’s makers',
    'It was thrown away, and nothing was changed.',
    'Do not install it from elsewhere either. Tell whoever runs Atelier for you.',
  ),
  'update.no-copy': text(
    'The update waits',
    'The new version needs a copy of the database on this computer, which does not open or cannot be read. Nothing was changed.',
    'Open the workspace on this computer, then update again. Or update without it: its folder stays as it is, and only the Atelier that you have now can read it.',
  ),
  'update.not-installed': text(
    'The update was not installed',
    'Atelier is as it was before, and so is your work.',
    'Check for updates and try again, or fetch the new version from its page.',
  ),
  'backend.path-not-plain': text(
    'The database cannot live in this folder',
    'The name of your Windows account has letters that PostgreSQL cannot read in a path, and this drive keeps no short names of folders.',
    'Have whoever looks after this computer switch short names on (fsutil 8dot3name) for a new account, or connect to a Supabase project instead.',
  ),
  'backend.invalid-address': text(
    'No Supabase project there',
    'The address or the key does not lead to one.',
    'Compare both with your project’s API settings.',
  ),
  'file.name-refused': text(
    'This name cannot be used',
    'It would not work on every system: Windows, for one, allows none of < > : " / \\ | ? * and no dot or space at the end.',
    'Give it another name.',
  ),
  'file.left-out': text(
    'This is never synced',
    'Version control keeps its own files, and another linked folder its own: kept in step twice they break.',
    'Leave it as it is. It stays in your folder.',
  ),
  'file.name-control': text(
    'The name holds an invisible character',
    'A line break, a tab or the like is in it, which other computers do not allow.',
    'Give it a name without it.',
  ),
  'file.name-not-text': text(
    'The name is not readable text',
    'It is written in an encoding other than UTF-8, so other computers would show another name.',
    'Give it another name.',
  ),
  'file.name-too-long': text(
    'The name or the path is too long',
    'With the folders it lies in it is longer than servers and other computers take.',
    'Shorten the name, or move it to a folder further up.',
  ),
  'file.type-refused': text(
    'The server does not take this kind of file',
    'Its storage allows other kinds only. The file stays here.',
    'Ask an owner of the workspace to allow it. It is sent by itself then.',
  ),
  'file.name-collision': text(
    'This name is taken',
    'Another file beside it has the same name, or one that differs in capital letters alone, which is one name to Windows and macOS.',
    'Give one of them another name.',
  ),
  'file.changed-while-reading': text(
    'The file is still changing',
    'Something wrote to it while it was read.',
    'It is sent by itself once it rests.',
  ),
  'file.not-cached': text(
    'Not on this computer',
    'This file has not been downloaded yet.',
    'Connect to the network and open it again.',
  ),
  'file.too-large': text(
    'This file is too large',
    'It is over the limit of the server or of this view.',
    'Make it smaller, or ask for a higher limit.',
  ),
  'file.hash-mismatch': text(
    'The file did not arrive whole',
    'What came differs from what was sent, so it was thrown away.',
    'Sync again.',
  ),
  'file.busy': text(
    'Another program is using the file',
    'It cannot be read or replaced while it is open there.',
    'Close it there. It is synced by itself then.',
  ),
  'file.not-regular': text(
    'This is not a plain file',
    'Links and devices are not synced, and nothing is written through them.',
    'Put a copy of the file itself here.',
  ),
  'file.not-in-encoding': text(
    'This file’s encoding lacks a letter of it',
    'It is written in an older encoding that has no sign for something you typed. Nothing was changed.',
    'Take it out, or choose “Save as UTF-8”.',
  ),
  'folder.missing': text(
    'The linked folder is not there',
    'It was moved or removed, or its disk is not connected. Nothing is deleted because of it.',
    'Connect the disk, put the folder back, choose its new place, or unlink it.',
  ),
  'folder.rules-unreadable': text(
    'What is left out of this folder is not known',
    'Its .gitignore or .atelierignore cannot be opened, or is no file of rules: far too large, or made to hold Atelier up. Nothing is sent or taken before it can be read.',
    'Correct the file in the folder, or remove it.',
  ),
  'folder.not-ours': text(
    'This folder cannot be linked',
    'It is linked to something else already, or lies inside or around a linked folder; or its folder .atelier is not one that this Atelier made.',
    'Choose another folder. If nothing else uses this one, remove the folder .atelier in it and try again.',
  ),
  'folder.not-the-same': text(
    'This is not the folder that was linked',
    'It does not bear the mark of this link, so nothing in it was touched.',
    'Choose the folder that was moved; or unlink, and link this one anew.',
  ),
  'folder.not-here': text(
    'This place cannot be used',
    'It is your home folder, a whole disk, a folder of the system or of Atelier itself, or no real disk.',
    'Choose a folder of your work, or make one for it.',
  ),
  'disk.no-room': text(
    'No room for this file',
    'It is larger than the room that is left on this computer’s disk. Other files go on.',
    'Free some space; it is tried again within ten minutes.',
  ),
  'disk.full': text(
    'The disk is full',
    'There is no room for more files. Nothing was lost.',
    'Free some space, then sync again.',
  ),
  'disk.denied': text(
    'The disk said no',
    'Atelier may not write to its folder.',
    'Check the folder’s permissions and try again.',
  ),
  'disk.unreadable': text(
    'The disk cannot be read',
    'A file on this computer could not be opened.',
    'Check the disk, then try again.',
  ),
  'cache.newer-version': text(
    'Made by a newer Atelier',
    'The copies on this computer were written by a newer version.',
    'Update Atelier to open them.',
  ),
  'sync.cancelled': text(
    'Sync was stopped',
    'You stopped it. Nothing was lost.',
    'Sync again when you like.',
  ),
  'sync.stopped': text(
    'You stopped this',
    'The other files went on, and nothing was lost.',
    'Try again when you like.',
  ),
  'sync.conflict': text(
    'Edited in two places',
    'Your edit and someone else’s touch the same file. Both are kept.',
    'Look at both and keep what is right.',
  ),
  'sync.metered': text(
    'Waits for another network',
    'You said that this network is metered, and this file is large.',
    'It goes by itself once you take that back in Settings, under Transfers.',
  ),
  'sync.remote-object-missing': text(
    'A file is missing at the server',
    'Its entry is there, but its content is not. Nothing here is deleted because of it.',
    'Whoever has the file sends it again by saving it; Atelier then fetches it by itself.',
  ),
  'sync.file-refused': text(
    'This file is refused',
    'It, or something between it and this computer, refuses this file again and again while others pass. The file is safe where it is.',
    'Other files go on. It is tried again within a day; “Try again” does it now.',
  ),
  'sync.remote-object-damaged': text(
    'The server’s copy of this edit is damaged',
    'Your edit is safe here. The server clears what is damaged in about a week; it goes by itself then.',
    'To send it sooner, change anything in the file.',
  ),
}

/** In a corner, or at a field: what happened, and what to do about it. */
export const briefly = (code: FailureCode): string =>
  `${failureText[code].title}. ${failureText[code].remedy}`

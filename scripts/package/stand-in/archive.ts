/** An asar archive with nothing in it: its header's sizes as Chromium's Pickle writes them, and the header. */
const header = '{"files":{}}'
const aligned = Math.ceil(header.length / 4) * 4
export const emptyArchive: Buffer = Buffer.alloc(16 + aligned)
emptyArchive.writeUInt32LE(4, 0)
emptyArchive.writeUInt32LE(aligned + 8, 4)
emptyArchive.writeUInt32LE(aligned + 4, 8)
emptyArchive.writeUInt32LE(header.length, 12)
emptyArchive.write(header, 16)

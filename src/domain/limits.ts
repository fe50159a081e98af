// What holds on both sides of the window and at the server, whose own word it is in the end (supabase/migrations).

/** UTF-16 units of what an artifact is called. */
export const maxTitleLetters = 300
/** UTF-16 units of what a person is called. */
export const maxDisplayNameLetters = 120

/** UTF-16 units of a path in an artifact. */
export const maxPathLetters = 1024
/** Bytes of UTF-8 of one name in a path, which is what file systems count. */
export const maxSegmentBytes = 255
/** UTF-16 units of a place on a disk of this computer. */
export const maxDiskPathLetters = 4096
/** Paths that one request names. */
export const maxListedPaths = 10_000

/** Bytes of one file that the server's bucket takes. */
export const maxFileBytes = 524_288_000
/** Bytes; what is larger is not read as a text. Nor has such a text more UTF-16 units, as none takes less than a byte. */
export const maxTextBytes = 20_000_000

/** Chromium's levels: each is a fifth more, or less, than the one before. */
export const minZoomLevel = -4
export const maxZoomLevel = 5

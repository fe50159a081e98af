/** Of the PostgreSQL that this application brings; a test compares it with the one that is packed. */
export const embeddedPostgresMajor = 17

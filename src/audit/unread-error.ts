/** The API server has given no answer, or half of one. The message is what it was asked for; the cause says why. */
export class UnreadError extends Error {}

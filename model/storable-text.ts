/** What Postgres can keep, as text and in JSON: no NUL, and no half of a surrogate pair. */
// eslint-disable-next-line no-control-regex -- NUL is what it is about.
export const storableText = /^[^\u0000\p{Cs}]*$/u;

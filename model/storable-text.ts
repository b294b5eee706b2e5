/** What Postgres can keep, as text and in JSON: no NUL, and no half of a surrogate pair. */
export const storableText = /^[^\u0000\p{Cs}]*$/u;

/** What a PUT to an upload session says about its bytes: a piece, or only a question how far the upload got. */
export type ContentRange =
  | { readonly kind: 'piece'; readonly first: number; readonly last: number; readonly total: number | null }
  | { readonly kind: 'question'; readonly total: number | null };

/** Reads `bytes 0-524287/2000000`, where a star may stand for the span or for the total. Null: it is not of this form. */
export function readContentRange(text: string): ContentRange | null {
  const [, span, end] = /^bytes (\*|\d+-\d+)\/(\*|\d+)$/.exec(text.trim()) ?? [];
  if (span === undefined || end === undefined) return null;
  const total = end === '*' ? null : Number(end);
  if (span === '*') return { kind: 'question', total };
  const [first = 0, last = 0] = span.split('-').map(Number);
  const isSound = first <= last && (total === null || last < total);
  return isSound ? { kind: 'piece', first, last, total } : null;
}

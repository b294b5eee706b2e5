/** The two parts of a `multipart/related` upload. */
export interface MultipartUpload {
  readonly metadata: string;
  readonly media: Buffer;
}

/** Splits a body by the boundary of its content type. Null: it has not exactly two sound parts. */
export function readMultipart(contentType: string, body: Buffer): MultipartUpload | null {
  const [, quoted, plain] = /^multipart\/related;.*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return null;
  const parts = splitAt(body, Buffer.from(`--${boundary}`))
    .slice(1, -1)
    .map(contentOf);
  const [metadata, media] = parts;
  if (parts.length !== 2 || metadata === undefined || metadata === null || media === undefined || media === null)
    return null;
  return { metadata: metadata.toString(), media };
}

function splitAt(body: Buffer, boundary: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let start = 0;
  for (let at = body.indexOf(boundary); at >= 0; at = body.indexOf(boundary, start)) {
    pieces.push(body.subarray(start, at));
    start = at + boundary.length;
  }
  pieces.push(body.subarray(start));
  return pieces;
}

function contentOf(part: Buffer): Buffer | null {
  const end = part.indexOf('\r\n\r\n');
  return end < 0 ? null : part.subarray(end + 4, part.length - 2);
}

import net from 'node:net';

/**
 * A socket that tells when bytes have been handed to the kernel. From then on they reach the other end although the
 * process is killed.
 */
export class WatchedSocket extends net.Socket {
  readonly #handed: (bytes: readonly Buffer[]) => void;

  constructor(handed: (bytes: readonly Buffer[]) => void) {
    super();
    this.#handed = handed;
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    super._write(chunk, encoding, callback);
    this.#handed([chunk]);
  }

  // What was corked goes in one call to the system.
  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], callback: () => void): void {
    // Taken out first, because writing changes the list.
    const bytes = chunks.map(({ chunk }) => chunk);
    super._writev?.(chunks, callback);
    this.#handed(bytes);
  }
}

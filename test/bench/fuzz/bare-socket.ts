import { connect } from 'node:net';
import { patienceMs } from './outcome.ts';

/** What came back over one connection. */
export interface Exchanged {
  readonly statuses: readonly number[];
  /** By the server, within the time that an input has. */
  readonly isClosed: boolean;
}

/** Sends the parts one after another, says that no more comes, and reads until the server closes. */
export function exchange(port: number, parts: readonly string[]): Promise<Exchanged> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    let text = '';
    const end = (isClosed: boolean): void => {
      clearTimeout(late);
      socket.destroy();
      resolve({ statuses: statusesIn(text), isClosed });
    };
    const late = setTimeout(() => {
      end(false);
    }, patienceMs);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('end', () => {
      end(true);
    });
    socket.on('close', () => {
      end(true);
    });
    // Closed while parts were still on their way: that is an answer, too.
    socket.on('error', () => {
      end(true);
    });
    socket.on('connect', () => {
      for (const part of parts) socket.write(part, 'latin1');
      socket.end();
    });
  });
}

/** Of the answers one after another; what they hold is JSON or HTML of ours, which has no such line. */
function statusesIn(text: string): number[] {
  return [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
}

import { generateCookie } from 'hono/cookie';
import { consoleLifetimes } from '../../store/console-sessions.ts';

/** What is read of a request here. */
interface Asked {
  header(name: string): string | undefined;
}

/** The cookie by which a browser is known to the console. */
export interface SessionCookie {
  /** What the browser sent: undefined for nothing, and for several, because one of these is from somebody else. */
  read(request: Asked): string | undefined;
  /** True when the request carries the cookie, whatever it holds. */
  isIn(request: Asked): boolean;
  /** The header that gives it. */
  give(session: string): string;
  /** The header that takes it away. */
  take(): string;
}

/**
 * The cookie of a server at `publicUrl`. Browsers give a cookie to every port of a host, so its name holds the port: two
 * environments of one machine do not sign each other out. Over https its name begins with `__Host-`, under which no
 * browser takes a cookie from a sub-domain, from another path or over http.
 */
export function createSessionCookie(publicUrl: string): SessionCookie {
  const { protocol, port } = new URL(publicUrl);
  const secure = protocol === 'https:';
  const name = `${secure ? '__Host-' : ''}connector_session_${port === '' ? (secure ? '443' : '80') : port}`;
  const options = { httpOnly: true, sameSite: 'Strict', path: '/', secure } as const;
  const valuesIn = (request: Asked): string[] =>
    (request.header('cookie') ?? '').split(';').flatMap((pair) => {
      const [given = '', value = ''] = pair.trim().split('=', 2);
      return given === name ? [value] : [];
    });
  return {
    read: (request) => {
      const [value, ...others] = valuesIn(request);
      return others.length > 0 ? undefined : value;
    },
    isIn: (request) => valuesIn(request).length > 0,
    give: (session) => generateCookie(name, session, { ...options, maxAge: consoleLifetimes.sessionMs / 1000 }),
    take: () => generateCookie(name, '', { ...options, maxAge: 0 }),
  };
}

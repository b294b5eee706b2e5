import { judgeUndescribed } from './api-answers.ts';
import type { Answer, Answered } from './ask.ts';
import { trouble, type Outcome } from './outcome.ts';

/** Pages are for people, also those that refuse, and say back nothing that a browser would run. */
export function judgePage(answered: Answered): Outcome {
  const outcome = judgeUndescribed(answered);
  if (outcome.trouble !== null || answered.kind !== 'answer') return outcome;
  const { status, headers, text } = answered;
  if (text.includes('<script')) return trouble('undocumented', 'a page says a script back', outcome.answer);
  const type = headers['content-type'] ?? '';
  const isPage = type.startsWith('text/html') || hasNoPage(answered);
  return isPage ? outcome : trouble('undocumented', `${String(status)} with "${type}" is no page`, outcome.answer);
}

/** Redirects, what another site or host asked for, what is none of a page's methods, and what never reached a route. */
function hasNoPage({ status, text }: Answer): boolean {
  const isHttpOnly = (status === 400 || status === 431) && text === '';
  return status === 302 || status === 303 || isHttpOnly;
}

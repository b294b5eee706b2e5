import { consolePages } from './console-pages.ts';
import type { DiagnosisRow } from './diagnosis-row.ts';

/**
 * Limits of money, of a month, of fifteen minutes. None of them says anything about the token, which is kept.
 * (2026-11-23) [marks at each row]
 */
export const limitRows: readonly DiagnosisRow[] = [
  // Status and title [C]; text [I]. A limit like the others, of money: it ends when somebody pays, so it is retried at
  // leisure, and neither the person nor the app is declared dead.
  {
    status: 402,
    when: {},
    kind: 'rate_limited',
    code: 'CreditsDepleted',
    cause: 'The X developer account has no credits left, or has met its spending limit. Keys and tokens are fine.',
    remedy:
      'Buy credits or raise the spending limit in the console; a spending limit also ends with the billing cycle.',
    link: consolePages.billing,
    example: {
      title: 'CreditsDepleted',
      detail: 'Your enrolled account [1234567890123456789] does not have any credits to fulfill this request.',
      type: 'https://api.twitter.com/2/problems/credits',
    },
  },
  // Type [O], fields [U].
  {
    status: 429,
    when: { problem: 'usage-capped' },
    kind: 'rate_limited',
    code: 'UsageCapExceeded',
    cause: 'The monthly cap of the plan is used up. It ends on the billing date, not with the calendar month.',
    remedy: 'Wait for the billing date, or move the account to pay-per-use in the console.',
    link: consolePages.billing,
    example: {
      title: 'UsageCapExceeded',
      detail: 'Usage cap exceeded: Monthly product cap',
      type: 'https://api.twitter.com/2/problems/usage-capped',
      period: 'Monthly',
      scope: 'Product',
    },
  },
  // [O]
  {
    status: 429,
    when: { error: 88 },
    kind: 'rate_limited',
    code: '88',
    until: 'reset-header',
    cause: 'Too many calls to this endpoint within its time.',
    remedy: 'Wait until the limit starts anew; the connector does so by itself.',
    example: { errors: [{ code: 88, message: 'Rate limit exceeded' }] },
  },
  // [C]
  {
    status: 429,
    when: { title: 'Too Many Requests' },
    kind: 'rate_limited',
    code: 'TooManyRequests',
    until: 'reset-header',
    cause: 'Too many calls to this endpoint within its time.',
    remedy: 'Wait until the limit starts anew; the connector does so by itself.',
    example: { title: 'Too Many Requests', type: 'about:blank', status: 429, detail: 'Too Many Requests' },
  },
];

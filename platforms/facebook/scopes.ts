import type { Capability } from '../../model/platform.ts';

interface WantedScope {
  readonly scope: string;
  /** What does not work without it, as the end of a sentence. */
  readonly withoutIt: string;
  /** Without it there is no connection; the others are asked for once more and then done without. */
  readonly required: boolean;
}

/**
 * What every consent asks for; change it here and nowhere else. The first four and the two of Instagram are those of
 * Meta's use cases. https://developers.facebook.com/docs/permissions (2026-11-23) [O]
 */
export const wantedScopes: readonly WantedScope[] = [
  { scope: 'pages_show_list', withoutIt: 'the connector cannot see your Pages', required: true },
  {
    scope: 'pages_read_engagement',
    withoutIt: 'the connector can neither read the Page nor post to it, because Meta asks for both permissions',
    required: true,
  },
  { scope: 'pages_manage_posts', withoutIt: 'nothing can be posted to the Page', required: true },
  {
    scope: 'business_management',
    withoutIt: 'Pages that you reach only through a business portfolio stay hidden',
    required: false,
  },
  { scope: 'instagram_basic', withoutIt: 'the Instagram account stays hidden', required: false },
  { scope: 'instagram_content_publish', withoutIt: 'nothing can be posted to Instagram', required: false },
];

interface Unlock {
  readonly capability: Capability;
  /** All of them. */
  readonly scopes: readonly string[];
  /** One of them, when the tasks on the Page are known. */
  readonly tasks: readonly string[];
}

/**
 * What scopes and tasks open together. Posting: `pages_manage_posts` with `pages_read_engagement` [C], and the task
 * `CREATE_CONTENT` or `MANAGE` [O for Instagram, U for Pages]; the tasks of the other rows are [U]. (2026-11-23)
 */
const unlocks: readonly Unlock[] = [
  {
    capability: 'post',
    scopes: ['pages_manage_posts', 'pages_read_engagement'],
    tasks: ['CREATE_CONTENT', 'MANAGE'],
  },
  { capability: 'read', scopes: ['pages_read_engagement'], tasks: [] },
  {
    capability: 'delete',
    scopes: ['pages_manage_posts', 'pages_read_engagement'],
    tasks: ['CREATE_CONTENT', 'MANAGE'],
  },
  {
    capability: 'analytics',
    scopes: ['read_insights', 'pages_read_engagement'],
    tasks: ['ANALYZE', 'MANAGE'],
  },
  { capability: 'comment', scopes: ['pages_manage_engagement'], tasks: ['MODERATE', 'MANAGE'] },
];

/** The tasks that let a person post to a Page. */
export const postingTasks: readonly string[] = ['CREATE_CONTENT', 'MANAGE'];

/** What a connection with these scopes, and these tasks on its Page, can do; null: the tasks are not known. */
export function capabilitiesOf(scopes: readonly string[], tasks: readonly string[] | null): readonly Capability[] {
  return unlocks
    .filter((unlock) => unlock.scopes.every((scope) => scopes.includes(scope)))
    .filter(
      (unlock) => tasks === null || unlock.tasks.length === 0 || unlock.tasks.some((task) => tasks.includes(task)),
    )
    .map(({ capability }) => capability);
}

/** The wanted scopes that were not granted. */
export function missingScopes(granted: readonly string[]): readonly WantedScope[] {
  return wantedScopes.filter(({ scope }) => !granted.includes(scope));
}

import type { Credentials } from '../../model/credentials.ts';
import { PlatformFailure, type Remedy } from '../../model/failure.ts';
import type { Option } from '../../model/portal-step.ts';
import type { PlatformContext, StepDefinition, StepResult } from '../platform.ts';
import { consentStepOf, readPage, readUser } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { pageGrant } from './page-grant.ts';
import { findInstagram, findPages, type Page } from './pages.ts';
import { postingTasks } from './scopes.ts';
import { again, refused, remedyOf } from './step-results.ts';
import { inspectToken } from './tokens.ts';

const noPages: Remedy = {
  cause: 'Facebook shows the connector no Page: none was ticked on the consent page, or the person manages none.',
  remedy:
    'Open the consent link again, press "Edit access" or "Edit settings" on the page of Facebook, and tick the Page (and its Instagram account) at every list that it shows. Leave every permission on.',
  link: 'https://www.facebook.com/pages/?category=your_pages',
};

interface Offer {
  readonly page: Page;
  /** Why it cannot be chosen; null: it can. */
  readonly unavailable: string | null;
}

/** Every Page that the person lets us see, with what speaks against it. */
async function offerPages(credentials: Credentials, context: PlatformContext): Promise<readonly Offer[]> {
  const user = readUser(credentials);
  const pages = await findPages(user, user.user_access_token, context);
  if (pages.length === 0) return [];
  const { granular_scopes } = await inspectToken(user, user.user_access_token, context);
  const posting = granular_scopes.find(({ scope }) => scope === 'pages_manage_posts');
  // No ids: the permission covers every Page (2026-11-23) [U].
  const covers = (page: Page): boolean => posting?.target_ids?.includes(page.id) ?? true;
  return pages.map((page) => ({ page, unavailable: whyNot(page, covers(page)) }));
}

function whyNot({ tasks }: Page, isCovered: boolean): string | null {
  if (tasks !== undefined && !tasks.some((task) => postingTasks.includes(task))) {
    return 'Your role on this Page does not let you create content. Ask its owner for full control, or for the task "Content".';
  }
  return isCovered ? null : 'The permission to post was not given for this Page. Agree again and tick it.';
}

function toOption({ page, unavailable }: Offer): Option {
  return { id: page.id, name: page.name, ...(unavailable !== null && { unavailable }) };
}

async function options(credentials: Credentials, context: PlatformContext): Promise<readonly Option[]> {
  const offers = await offerPages(credentials, context);
  return offers.map(toOption);
}

async function choose(id: string, credentials: Credentials, context: PlatformContext): Promise<StepResult> {
  const offers = await offerPages(credentials, context);
  if (offers.length === 0) return again(consentStepOf(credentials), noPages);
  const offer = offers.find(({ page }) => page.id === id);
  if (offer === undefined) {
    return refused({
      cause: 'There is no Page with this id among those that Facebook shows the connector.',
      remedy: 'Choose one of the list. If the Page is missing there, agree again and tick it.',
    });
  }
  const { page, unavailable } = offer;
  if (unavailable !== null) {
    return refused({ cause: `The Page ${page.name} cannot be connected.`, remedy: unavailable });
  }
  return {
    outcome: { outcome: 'done', notes: [`Chose the Page ${page.name} (${page.id}).`] },
    save: {
      credentials: { page_id: page.id, page_name: page.name, page_tasks: (page.tasks ?? []).join(',') },
      account: { id: page.id, name: page.name },
    },
  };
}

/** An empty list cannot be chosen from, so the step before it sends back to the consent. */
async function findAnyPage(credentials: Credentials, context: PlatformContext): Promise<StepResult> {
  const offers = await offerPages(credentials, context);
  if (offers.length === 0) return again(consentStepOf(credentials), noPages);
  const missing = offers.every(({ unavailable }) => unavailable !== null);
  if (missing) {
    const reasons = [...new Set(offers.map(({ unavailable }) => unavailable))].join(' ');
    return again(consentStepOf(credentials), {
      cause: `None of the ${offers.length} Pages can be posted to. ${reasons}`,
      remedy: 'Get the role or tick the Page, then agree again.',
    });
  }
  return { outcome: { outcome: 'done', notes: [`Facebook shows ${offers.length} Pages.`] } };
}

async function derive(credentials: Credentials, context: PlatformContext): Promise<StepResult> {
  const step = consentStepOf(credentials);
  try {
    const save = await pageGrant(readPage(credentials), context);
    return {
      outcome: { outcome: 'done', notes: ['The Page token has no end, as Facebook confirms.'] },
      save,
    };
  } catch (error) {
    const failure = error instanceof PlatformFailure ? error.failure : diagnose(error, context.clock.now());
    if (failure.kind !== 'needs_consent') throw error;
    return again(step, remedyOf(failure));
  }
}

async function linkInstagram(credentials: Credentials, context: PlatformContext): Promise<StepResult> {
  const page = readPage(credentials);
  const token = credentials['page_access_token'] ?? page.user_access_token;
  const linked = await findInstagram(page, { pageId: page.page_id, token }, context);
  if (linked === null) {
    return {
      outcome: { outcome: 'done', notes: [notLinked] },
      // A renewed consent may find the link gone: the old id must not stay.
      save: { credentials: { ig_user_id: '', ig_username: '' } },
    };
  }
  const notes = [`Instagram: ${linked.username} (${linked.id}) is linked to the Page.`];
  return {
    outcome: { outcome: 'done', notes },
    save: { credentials: { ig_user_id: linked.id, ig_username: linked.username } },
  };
}

const notLinked =
  'No professional Instagram account is linked to the Page, or the permission to see it was not given: the connection posts to Facebook only. To add Instagram, make the account professional (Business or Creator), link it under Page settings → Linked accounts, and run `connector reconnect facebook`.';

/** Finds the Pages before one is chosen. */
export const pagesStep: StepDefinition = {
  kind: 'automatic',
  id: 'pages',
  title: 'Find your Pages',
  instructions: ['The connector asks Facebook for all Pages that it was let see, also through business portfolios.'],
  run: findAnyPage,
};

/** Which Page the connection is for. */
export const pageStep: StepDefinition = {
  kind: 'choice',
  id: 'page',
  title: 'Choose the Page',
  instructions: ['Choose the Page to post to. Its Instagram account, if it has one, comes with it.'],
  options,
  choose,
};

/** Derives the Page's token from the long-lived user token and proves that it has no end. */
export const pageTokenStep: StepDefinition = {
  kind: 'automatic',
  id: 'page-token',
  title: 'Derive the lasting Page token',
  instructions: ['The connector derives the token of the Page and asks Facebook whether it lasts.'],
  run: derive,
};

/** Finds the Instagram account behind the Page. */
export const instagramStep: StepDefinition = {
  kind: 'automatic',
  id: 'instagram',
  title: 'Find the Instagram account',
  instructions: ['The connector asks Facebook which professional Instagram account is linked to the Page.'],
  run: linkInstagram,
};

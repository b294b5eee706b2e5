import { randomUUID } from 'node:crypto';
import type { ConnectionFacts } from '../../../model/connection.ts';
import type { Credentials, Grant } from '../../../model/credentials.ts';
import { systemClock } from '../../../platforms/network.ts';
import type { Network } from '../../../platforms/network.ts';
import { findStep } from '../../../platforms/find-step.ts';
import { createVerifier } from '../../../platforms/oauth.ts';
import type { PlatformContext, StepResult } from '../../../platforms/platform.ts';
import { visitConsentPage } from '../../../platforms/simulated-person.ts';
import type { Simulators } from '../../../platforms/simulator-server.ts';
import { platform } from '../../../platforms/tiktok/index.ts';
import type { Store } from '../../../store/index.ts';

/** Where the simulated app sends people back to. */
export const publicUrl = 'http://localhost:8422';
export const redirectUri = `${publicUrl}/callback`;

/** An active connection of an owner of its own, as its onboarding at the simulated TikTok would leave it. */
export async function connectAtTiktok(
  { store, simulators, network }: { readonly store: Store; readonly simulators: Simulators; readonly network: Network },
  owner: string,
): Promise<ConnectionFacts> {
  const grant = await agreeAtTiktok(simulators, network);
  const id = randomUUID();
  const readable = platform.readableFields;
  await store.connections.open({ id, owner, platform: platform.id, label: 'main', credentials: {}, readable });
  const obtainedAt = new Date().toISOString();
  const save = { connectionId: id, version: 1, grant, readable, obtainedAt, status: 'active' } as const;
  const facts = await store.connections.saveGrant(save);
  if (facts === null) throw new Error(`The connection of ${owner} could not be made.`);
  return facts;
}

/** A person agrees once more at the simulated TikTok: a grant of its own, with all that a connection needs. */
async function agreeAtTiktok({ platforms }: Simulators, network: Network): Promise<Grant> {
  const tiktok = platforms.get(platform.id);
  if (tiktok === undefined) throw new Error('The simulated TikTok did not start.');
  tiktok.setAccounts({ review: 'approved' });
  const { steps } = tiktok.answers();
  let grant: Grant = { credentials: Object.fromEntries(Object.values(steps).flatMap(Object.entries<string>)) };
  const keep = ({ outcome, save }: StepResult): void => {
    if (outcome.outcome !== 'done') throw new Error(`${outcome.remedy.cause} ${outcome.remedy.remedy}`);
    grant = { ...grant, ...save, credentials: { ...grant.credentials, ...save?.credentials } };
  };
  const context = (): PlatformContext => ({ network, clock: systemClock, redirectUri, scopes: grant.scopes ?? [] });
  keep(await exchange(grant.credentials, context()));
  keep(await findStep(platform, 'automatic', 'production-account').run(grant.credentials, context()));
  return grant;
}

async function exchange(credentials: Credentials, context: PlatformContext): Promise<StepResult> {
  const step = findStep(platform, 'consent', 'production-consent');
  const verifier = createVerifier();
  const link = step.authorizationUrl({ credentials, state: 'state', verifier }, context);
  const arrived = await visitConsentPage(link, {
    fetch: (url, init) =>
      url.href.startsWith(redirectUri) ? Promise.resolve(new Response('Thank you.')) : fetch(url, init),
  });
  const code = new URL(arrived.url).searchParams.get('code');
  if (code === null) throw new Error(`The simulated TikTok gave no code; its page says: ${arrived.text}`);
  return step.exchange({ credentials, code, verifier }, context);
}

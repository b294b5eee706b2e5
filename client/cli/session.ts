import type { Client } from '@temporalio/client';
import { keyRingReader } from '../../infra/environment/key-ring-reader.ts';
import { readSettings, type Settings } from '../../infra/environment/settings.ts';
import type { ReviewDecision } from '../../model/onboarding.ts';
import { onboardingId } from '../../model/temporal-names.ts';
import { loadPlatforms } from '../../platforms/load.ts';
import type { Platform } from '../../platforms/platform.ts';
import { followKeyRing } from '../../store/index.ts';
import type { Store } from '../../store/store.ts';
import type { WalkParts } from '../onboarding/walk-onboarding.ts';
import { openStore } from '../sdk/open-store.ts';
import type { OnboardingKey, Orchestration } from '../sdk/orchestration.ts';

/** The environment, opened: each part with its first use. */
export interface Session {
  readonly settings: Settings;
  readonly store: Store;
  platforms(): Promise<readonly Platform[]>;
  temporal(): Promise<Client>;
  /** What walking through an onboarding takes. */
  walkParts(): Promise<WalkParts & { readonly orchestration: Orchestration }>;
}

/** Opens the environment for the time of `use`. Throws SettingsMissingError when it is not set up. */
export async function withSession<Result>(
  env: NodeJS.ProcessEnv,
  use: (session: Session) => Promise<Result>,
): Promise<Result> {
  const settings = readSettings(env);
  const store = openStore(settings);
  const opened: { platforms?: Promise<readonly Platform[]>; temporal?: Promise<Client> } = {};
  const session: Session = {
    settings,
    store,
    platforms: () => (opened.platforms ??= loadPlatforms()),
    temporal: () => (opened.temporal ??= openTemporal(settings, env)),
    walkParts: async () => {
      const { createTemporalOrchestration } = await import('../sdk/temporal-orchestration.ts');
      const client = await session.temporal();
      return {
        store,
        platforms: await session.platforms(),
        orchestration: createTemporalOrchestration(client),
        decideReview: (key, decision) => decideReview(client, key, decision),
      };
    },
  };
  try {
    return await use(session);
  } finally {
    await store.close();
    await (await opened.temporal)?.connection.close();
  }
}

// Temporal's client is loaded by the commands that need it only.
async function openTemporal(settings: Settings, env: NodeJS.ProcessEnv): Promise<Client> {
  const { openTemporalClient } = await import('../sdk/temporal-connection.ts');
  return openTemporalClient(settings.temporal, followKeyRing(keyRingReader(settings)), env);
}

async function decideReview(client: Client, key: OnboardingKey, decision: ReviewDecision): Promise<void> {
  const { appReviewDecided } = await import('../../workflows/messages.ts');
  await client.workflow.getHandle(onboardingId(key)).signal(appReviewDecided, decision);
}

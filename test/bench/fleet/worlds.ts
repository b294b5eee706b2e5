/** One connection of the fleet, each with an owner of its own. */
export interface Member {
  readonly platform: string;
  /** What it is an example of: `oauth1`, `2h tokens`. */
  readonly profile: string;
  /** Read all the time, so that it is refreshed ahead; otherwise nobody reads it after its onboarding. */
  readonly inUse: boolean;
  /** Settings of the simulated platform while the person connects it. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Connections that live on the same simulated platforms, and how these are set while they live. */
export interface World {
  readonly name: string;
  readonly settings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly members: readonly Member[];
}

const approved = { review: 'approved', audited: true };

function inUseAndIdle(member: Omit<Member, 'inUse'>): readonly Member[] {
  return [
    { ...member, inUse: true },
    { ...member, inUse: false },
  ];
}

/**
 * Every platform, every way to connect it and every lifetime that its documents name; each in use and idle. The ways in
 * which TikTok's tokens age exclude each other on one simulated TikTok, hence worlds of their own.
 */
export const worlds: readonly World[] = [
  {
    name: 'Meta and Google',
    settings: {},
    members: [
      ...inUseAndIdle({ platform: 'facebook', profile: 'page token' }),
      ...inUseAndIdle({ platform: 'youtube', profile: '1 h tokens' }),
    ],
  },
  {
    name: 'X and TikTok',
    settings: { tiktok: { ...approved, tokenProfile: '2h_180d' } },
    members: [
      ...inUseAndIdle({ platform: 'twitter', profile: 'oauth1', settings: { method: 'oauth1' } }),
      ...inUseAndIdle({ platform: 'twitter', profile: 'oauth2', settings: { method: 'oauth2' } }),
      ...inUseAndIdle({ platform: 'tiktok', profile: '2 h / 180 d' }),
    ],
  },
  {
    name: 'TikTok, long-lived',
    settings: { tiktok: { ...approved, tokenProfile: '24h_365d' } },
    members: inUseAndIdle({ platform: 'tiktok', profile: '24 h / 365 d' }),
  },
  {
    name: 'TikTok, a refresh token that rotation does not renew',
    settings: { tiktok: { ...approved, tokenProfile: '24h_365d', refreshLifetime: 'inherited' } },
    members: inUseAndIdle({ platform: 'tiktok', profile: '24 h / 365 d from the consent' }),
  },
];

/** One whose tokens live as long as it takes to be refreshed once an hour: 20 % of margin, and 5 % of jitter on average. */
export const hourlyWorld: World = {
  name: 'refreshed hourly',
  settings: { youtube: { tokenLifetimeSeconds: Math.round(3_600 / (0.8 * 0.95)) } },
  members: [{ platform: 'youtube', profile: 'refreshed hourly', inUse: true }],
};

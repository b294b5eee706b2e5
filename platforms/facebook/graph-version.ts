/**
 * When each version of the Graph API stops being served; null: not announced yet.
 * https://developers.facebook.com/docs/graph-api/changelog (2026-11-23) [O]
 */
export const versionEnds: Readonly<Record<string, string | null>> = {
  'v19.0': '2026-05-21T00:00:00.000Z',
  'v20.0': '2026-09-24T00:00:00.000Z',
  'v21.0': '2027-01-21T00:00:00.000Z',
  'v22.0': '2027-05-20T00:00:00.000Z',
  'v23.0': '2027-10-08T00:00:00.000Z',
  'v24.0': '2028-02-18T00:00:00.000Z',
  'v25.0': '2028-07-29T00:00:00.000Z',
  'v26.0': null,
};

/** The version that every call of the connector names; the only place to change it. */
export const graphVersion = 'v25.0';

/** The instant (ISO 8601) at which Meta stops serving `graphVersion`; null: not announced. */
export const graphVersionEndsAt: string | null = versionEnds[graphVersion] ?? null;

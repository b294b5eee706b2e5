import type { Deadline } from '../../model/deadlines.ts';
import { graphVersion, graphVersionEndsAt } from './graph-version.ts';

/** The end of the Graph API version that the connector calls, for the operator; 90 days ahead. */
export function deadlines(): readonly Deadline[] {
  if (graphVersionEndsAt === null) return [];
  return [
    {
      key: 'graph_version',
      at: graphVersionEndsAt,
      title: `Meta ends version ${graphVersion} of the Graph API`,
      why: 'From then on Meta answers with a newer version, which may differ. Update the connector before: a newer release calls a newer version.',
      link: 'https://developers.facebook.com/docs/graph-api/changelog',
      noticeDays: 90,
    },
  ];
}

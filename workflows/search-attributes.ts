import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** What workflows can be searched by, in the Temporal UI and with `temporal workflow list --query`. */
export const platformKey = defineSearchAttributeKey('Platform', SearchAttributeType.KEYWORD);
export const ownerKey = defineSearchAttributeKey('Owner', SearchAttributeType.KEYWORD);
export const connectionStatusKey = defineSearchAttributeKey('ConnectionStatus', SearchAttributeType.KEYWORD);
export const waitingForKey = defineSearchAttributeKey('WaitingFor', SearchAttributeType.KEYWORD);

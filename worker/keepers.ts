import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { Keepers } from '../activities/index.ts';
import type { ConnectionFacts } from '../model/connection.ts';
import type { KeeperRequest } from '../model/keeper.ts';
import { keeperId, workflowQueue } from '../model/temporal-names.ts';
import { reconnected } from '../workflows/messages.ts';

const runningKeepers = "WorkflowType = 'keepConnection' AND ExecutionStatus = 'Running'";

/** The keepers as workflows of one Temporal namespace. */
export function createKeepers(client: Client): Keepers {
  return {
    reconnected: async (facts) => {
      await client.workflow.signalWithStart('keepConnection', {
        ...startOptions(facts),
        signal: reconnected,
        signalArgs: [],
      });
    },
    ensure: async (facts) => {
      try {
        await client.workflow.start('keepConnection', startOptions(facts));
        return true;
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
        throw error;
      }
    },
    running: async () => {
      const ids = new Set<string>();
      for await (const execution of client.workflow.list({ query: runningKeepers })) {
        ids.add(execution.workflowId.slice(keeperId('').length));
      }
      return ids;
    },
  };
}

function startOptions(facts: ConnectionFacts): { workflowId: string; taskQueue: string; args: [KeeperRequest] } {
  const { id: connectionId, platform, owner } = facts;
  return { workflowId: keeperId(connectionId), taskQueue: workflowQueue, args: [{ connectionId, platform, owner }] };
}

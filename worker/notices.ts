import { WorkflowExecutionAlreadyStartedError, WorkflowIdReusePolicy } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { Webhook } from 'standardwebhooks';
import type { Notices } from '../activities/index.ts';
import type { Notice } from '../model/notice.ts';
import { workflowQueue } from '../model/temporal-names.ts';

/** Where notices go, and the secret that signs them (`whsec_…`, base64). */
export interface WebhookSettings {
  readonly url: string;
  readonly secret: string;
}

/** Notices as workflows: each is delivered once, however long its receiver is away. */
export function createNotices(client: Client): Notices {
  return {
    send: async (notice) => {
      try {
        await client.workflow.start('deliverNotice', {
          workflowId: `notice/${notice.id}`,
          workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
          taskQueue: workflowQueue,
          args: [notice],
        });
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },
  };
}

const answerWithinMs = 20_000;

/**
 * Posts a notice as Standard Webhooks has it (https://www.standardwebhooks.com, checked 2026-11-23): id, timestamp and
 * signature in headers. Throws unless the receiver answers 2xx.
 */
export function createNoticePoster(settings: WebhookSettings): (notice: Notice) => Promise<void> {
  const webhook = new Webhook(settings.secret);
  return async (notice) => {
    const body = JSON.stringify(notice);
    const now = new Date();
    const response = await fetch(settings.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': notice.id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': webhook.sign(notice.id, now, body),
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(answerWithinMs),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`The webhook answered ${response.status} to notice ${notice.id}.`);
  };
}

/** The webhook of `CONNECTOR_WEBHOOK_URL` and `CONNECTOR_WEBHOOK_SECRET`; null when there is none. Throws when only one is set. */
export function readWebhookSettings(environment: NodeJS.ProcessEnv): WebhookSettings | null {
  const url = environment['CONNECTOR_WEBHOOK_URL'];
  const secret = environment['CONNECTOR_WEBHOOK_SECRET'];
  if (url === undefined && secret === undefined) return null;
  if (url === undefined || secret === undefined) {
    throw new Error('A webhook needs both CONNECTOR_WEBHOOK_URL and CONNECTOR_WEBHOOK_SECRET (whsec_… in base64).');
  }
  return { url, secret };
}

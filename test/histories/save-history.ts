import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Client, WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';

const { History } = proto.temporal.api.history.v1;
const suffix = '.history.gz';

/** Saves the history of a workflow below a name; of its newest run, or of its first. */
export type SaveHistory = (client: Client, workflowId: string, name: string, run?: 'newest' | 'first') => Promise<void>;

/** Saves into `folder`, which it makes. */
export function saveInto(folder: string): SaveHistory {
  return async (client, workflowId, name, run = 'newest') => {
    const newest: WorkflowHandle = client.workflow.getHandle(workflowId);
    const first = (await newest.describe()).raw.workflowExecutionInfo?.firstRunId ?? undefined;
    const history = await (run === 'newest' ? newest : client.workflow.getHandle(workflowId, first)).fetchHistory();
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${name}${suffix}`), gzipSync(History.encode(history).finish()));
    console.log(`${name}: ${String(history.events?.length ?? 0)} events`);
  };
}

/** True of the name of a recorded history. */
export function isHistory(file: string): boolean {
  return file.endsWith(suffix);
}

/** The history in a file that was saved here. */
export async function readHistory(file: string): Promise<proto.temporal.api.history.v1.History> {
  return History.decode(gunzipSync(await readFile(file)));
}

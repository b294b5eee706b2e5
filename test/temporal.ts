import type { DataConverter } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { haveEngines } from '../infra/engines/index.ts';

const keyword = 2;
const attributes = { Platform: keyword, Owner: keyword, ConnectionStatus: keyword, WaitingFor: keyword };

/** The server that skips time: a wait of weeks takes milliseconds. It has no schedules. */
export async function startTimeSkippingServer(dataConverter: DataConverter = {}): Promise<TestWorkflowEnvironment> {
  quiet();
  const { 'temporal-test-server': engine } = await haveEngines(['temporal-test-server']);
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    client: { dataConverter },
    server: { executable: { type: 'existing-path', path: engine.path } },
  });
  await addSearchAttributes(environment);
  return environment;
}

/** The real server in memory, in real time. */
export async function startDevServer(dataConverter: DataConverter = {}): Promise<TestWorkflowEnvironment> {
  quiet();
  const { temporal } = await haveEngines(['temporal']);
  const environment = await TestWorkflowEnvironment.createLocal({
    client: { dataConverter },
    // Its greeting would stand in front of a bench's figures.
    server: { executable: { type: 'existing-path', path: temporal.path }, extraArgs: ['--output', 'none'] },
  });
  await addSearchAttributes(environment);
  return environment;
}

async function addSearchAttributes({ connection, namespace }: TestWorkflowEnvironment): Promise<void> {
  await connection.operatorService.addSearchAttributes({
    namespace: namespace ?? 'default',
    searchAttributes: attributes,
  });
}

let installed = false;

function quiet(): void {
  if (installed) return;
  installed = true;
  // Forwarded, because the core would write to standard output, where benches put nothing but their result.
  const logging = { forward: {}, filter: makeTelemetryFilterString({ core: 'ERROR' }) };
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging } });
}

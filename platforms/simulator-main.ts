import process from 'node:process';
import { z } from 'zod';
import { startSimulators } from './simulator-server.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const environment = z.object({
  CONNECTOR_SIMULATOR_PORT: port.default(0),
  CONNECTOR_SIMULATOR_STATE: z.string().min(1).optional(),
  CONNECTOR_PORT: port.default(8422),
});

const settings = environment.parse(process.env);
const simulators = await startSimulators({
  port: settings.CONNECTOR_SIMULATOR_PORT,
  stateFile: settings.CONNECTOR_SIMULATOR_STATE,
  redirectUri: `http://localhost:${settings.CONNECTOR_PORT}/callback`,
  warn: (event) => process.stderr.write(`${JSON.stringify(event)}\n`),
});

let stopping = false;
const stop = (): void => {
  if (stopping) return;
  stopping = true;
  void simulators.close().then(() => process.exit(0));
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
// Last, so that whoever waits for this line may end the process at once.
process.stdout.write(
  `${JSON.stringify({ ready: true, url: simulators.url, platforms: [...simulators.platforms.keys()], pid: process.pid })}\n`,
);

import { processIo } from './io.ts';
import { runCli } from './program.ts';

process.exitCode = await runCli(process.argv.slice(2), processIo());
// Pools and sockets of libraries would keep the process for seconds after its work is done.
process.stdout.write('', () => process.exit());

// The host of dynamic providers. Pulumi starts it in the program's folder with the engine's address as its argument; all
// the work is done by the program's own @pulumi/pulumi.
import { createRequire } from 'node:module';
import { join } from 'node:path';

createRequire(join(process.cwd(), 'index.js'))('@pulumi/pulumi/cmd/dynamic-provider');

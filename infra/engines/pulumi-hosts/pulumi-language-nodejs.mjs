// The smallest Pulumi language host for Node programs: enough for preview, up, refresh and destroy.
//
// The engine starts it in the program's folder as `pulumi-language-nodejs … ENGINE_ADDRESS`, reads a port number from its
// first line of output, and calls the gRPC service LanguageRuntime on that port. `run` starts the program by
// `@pulumi/pulumi/cmd/run`. Everything comes from the program's own node_modules, so that the versions agree.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = requireFrom(process.cwd());
const grpc = require('@grpc/grpc-js');
const { LanguageRuntimeService } = require('@pulumi/pulumi/proto/language_grpc_pb.js');
const messages = require('@pulumi/pulumi/proto/language_pb.js');
const { PluginInfo } = require('@pulumi/pulumi/proto/plugin_pb.js');
const { Empty } = require('google-protobuf/google/protobuf/empty_pb.js');

const engineAddress = process.argv.at(-1);
/** What `cmd/run` ends with when the engine already knows the error. */
const alreadyReported = 32;

const answers = {
  handshake: () => new messages.LanguageHandshakeResponse(),
  getPluginInfo: () => {
    const info = new PluginInfo();
    info.setVersion(require('@pulumi/pulumi/package.json').version);
    return info;
  },
  // Which providers a program needs is found out while it runs: they are on PATH already.
  getRequiredPackages: () => new messages.GetRequiredPackagesResponse(),
  getRequiredPlugins: () => new messages.GetRequiredPluginsResponse(),
  cancel: () => new Empty(),
};

serve();

function serve() {
  const service = { run: (call, done) => run(call.request, done) };
  for (const name of Object.keys(LanguageRuntimeService)) {
    const answer = answers[name];
    service[name] ??= (_call, done) => {
      if (answer) done(null, answer());
      else done({ code: grpc.status.UNIMPLEMENTED, message: `this language host does not offer ${name}` });
    };
  }
  const server = new grpc.Server();
  server.addService(LanguageRuntimeService, service);
  server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`);
  });
}

function run(request, done) {
  const directory = request.getInfo().getProgramDirectory();
  const child = spawn(
    process.execPath,
    [requireFrom(directory).resolve('@pulumi/pulumi/cmd/run'), ...runArguments(request)],
    {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      },
    },
  );
  child.stdout.pipe(process.stdout, { end: false });
  child.stderr.pipe(process.stderr, { end: false });
  child.on('error', (error) => done({ code: grpc.status.INTERNAL, message: error.message }));
  // Not `close`: that would wait for a process that the program has left behind with its output open.
  child.on('exit', (code, signal) => {
    const response = new messages.RunResponse();
    if (code === alreadyReported) response.setBail(true);
    else if (code !== 0) response.setError(`the Pulumi program ended with ${signal ?? `exit code ${code}`}`);
    done(null, response);
  });
}

function runArguments(request) {
  const info = request.getInfo();
  const flags = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    'root-directory': info.getRootDirectory(),
    stack: request.getStack(),
    pwd: info.getProgramDirectory(),
    parallel: request.getParallel(),
  };
  return [
    ...Object.entries(flags).flatMap(([name, value]) => (value ? [`--${name}`, String(value)] : [])),
    ...(request.getDryrun() ? ['--dry-run'] : []),
    info.getEntryPoint(),
    ...request.getArgsList(),
  ];
}

function requireFrom(directory) {
  return createRequire(join(directory, 'index.js'));
}

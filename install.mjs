// Makes node_modules match package-lock.json, so that `npm start`, `npm test` and `npm run check` work on a fresh clone.
// Runs on the machine's own Node, with nothing installed: hence plain JavaScript for Node 20 and no dependencies.
// Says nothing when all is up to date, one line on stderr when it takes longer than two seconds.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join, sep } from 'node:path';
import { clearInterval, clearTimeout, setInterval, setTimeout } from 'node:timers';

const root = import.meta.dirname;
const modules = join(root, 'node_modules');
const lockFile = join(root, 'package-lock.json');
const stampFile = join(modules, '.installed-lock.sha256');
// npm writes it as the last thing of an installation.
const npmRecord = join(modules, '.package-lock.json');
const lockDigest = createHash('sha256').update(readFileSync(lockFile)).digest('hex');

if (!isUpToDate()) {
  const release = await takeTurn();
  try {
    // Another start may have installed while this one waited.
    if (!isUpToDate()) await install();
  } finally {
    release();
  }
}

function isUpToDate() {
  // The Node that all scripts run on stands for the rest: somebody may have emptied the folder by hand.
  if (!existsSync(join(modules, '.bin', 'node'))) return false;
  if (existsSync(stampFile)) {
    if (readFileSync(stampFile, 'utf8') === lockDigest) return true;
  }
  // Installed with npm by hand since the lock last changed: remember that instead of installing again.
  if (!existsSync(npmRecord) || statSync(npmRecord).mtimeMs < statSync(lockFile).mtimeMs) return false;
  writeFileSync(stampFile, lockDigest);
  return true;
}

async function install() {
  // Without these two an installation that is interrupted from now on can't pass for a complete one.
  rmSync(stampFile, { force: true });
  rmSync(npmRecord, { force: true });
  const endProgress = startProgress('Installing the dependencies (npm ci)');
  const { code, output, interrupted } = await run([
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  endProgress(code === 0);
  if (code === 0) {
    writeFileSync(stampFile, lockDigest);
    return;
  }
  const message = interrupted
    ? 'Interrupted: the next start installs the dependencies anew.'
    : `${output.trim()}\nThe dependencies could not be installed: npm ci ended with ${code} and says why above.`;
  process.stderr.write(`${message}\n`);
  process.exitCode = interrupted ? 130 : 1;
}

/** Runs npm; gives its exit code or signal and what it printed. */
function run(args) {
  // npm replaces node_modules: it must not itself run on the Node that lies in there.
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.endsWith(join('node_modules', '.bin')));
  return new Promise((resolve) => {
    const child = spawn('npm', args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: path.join(delimiter) },
      shell: sep === '\\', // npm is npm.cmd on Windows
    });
    let output = '';
    let interrupted = false;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    // Ctrl-C reaches npm by itself, a kill only this process. npm may take long to stop, and need not be waited for: the
    // next start installs anew.
    for (const signal of ['SIGINT', 'SIGTERM']) {
      process.on(signal, () => {
        interrupted = true;
        child.kill(signal);
        setTimeout(() => child.kill('SIGKILL'), 2000).unref();
      });
    }
    child.on('error', (error) => resolve({ code: 1, output: `npm could not be started: ${error.message}` }));
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output, interrupted }));
    // `close` waits for all output, also of a package's script that outlives an interrupted npm.
    child.on('exit', (code, signal) => interrupted && resolve({ code: code ?? signal, output, interrupted }));
  });
}

function startProgress(label) {
  const startedAt = Date.now();
  const elapsed = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  const live = process.stderr.isTTY;
  let shown = false;
  const show = () => {
    if (live) process.stderr.write(`\r${label} … ${elapsed()}`);
    else if (!shown) process.stderr.write(`${label} …`);
    shown = true;
  };
  let interval;
  const timeout = setTimeout(() => {
    show();
    interval = setInterval(show, 1000);
  }, 2000);
  return (succeeded) => {
    clearTimeout(timeout);
    clearInterval(interval);
    if (shown)
      process.stderr.write(`${live ? `\r${label} …` : ''} ${succeeded ? 'done in' : 'failed after'} ${elapsed()}\n`);
  };
}

/** Waits until no other start installs in this folder; gives what ends the turn. */
async function takeTurn() {
  // Outside the folder, so that it never shows up in it; one for each user, so that nobody blocks another.
  const id = createHash('sha256').update(`${root} ${userInfo().username}`).digest('hex').slice(0, 16);
  const file = join(tmpdir(), `platform-connector-install-${id}.lock`);
  for (;;) {
    try {
      const descriptor = openSync(file, 'wx');
      writeSync(descriptor, String(process.pid));
      closeSync(descriptor);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (isLeftBehind(file)) rmSync(file, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function isLeftBehind(file) {
  try {
    const owner = Number(readFileSync(file, 'utf8'));
    // Written in the moment after it is made: an empty one is only left behind when it is old.
    if (owner === 0) return Date.now() - statSync(file).mtimeMs > 2000;
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

// What says nothing, or the same thing twice: how plugins were found, counts, and the provider's own log lines, which
// repeat the error that follows them.
const noise =
  /^(?:\s*$|@ |\s*warning: using pulumi-|\s*error:\s+sdk-v2\/|\s*error: \d+ errors? occurred:|\s*error: (?:update|preview) failed)/;
const progress = /^\s*[+~-]{1,2}\s+\S+ .+ (?:created|updated|deleted|replaced)(?: \([\d.]+s\))?\s*$/;

/** Whether a line of `pulumi up` tells of a resource that was made, changed or deleted. */
export function tellsProgress(line: string): boolean {
  return progress.test(line);
}

/** The lines of a failed command that say why, without the noise around them and without the given secrets. */
export function diagnosticsOf(stdout: string, stderr: string, secrets: readonly string[]): string {
  const section =
    /^Diagnostics:\n([\s\S]*?)(?=^(?:Outputs|Resources|Duration|Policies):|(?![\s\S]))/m.exec(stdout)?.[1] ?? '';
  const lines = [...section.split('\n'), ...stderr.split('\n')].filter(
    (line) => !noise.test(line) && !isStackTrace(line),
  );
  // Pulumi reports a refusal as it happens and once more at the end.
  const once = lines.filter((line, index) => lines.indexOf(line) === index);
  const told = once.filter((line, index) => !isHeading(line) || !isHeading(once[index + 1] ?? '  end:'));
  return withoutSecrets(told.join('\n'), secrets);
}

/** The text with each secret, and the password of each URL, replaced. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const urls = text.replace(/(\w+:\/\/[^\s:/@]+):[^\s@]+@/g, '$1:[secret]@');
  return secrets
    .filter((secret) => secret.length >= 4)
    .reduce((clean, secret) => clean.replaceAll(secret, '[secret]'), urls);
}

// `  type (name):`, which is worth a line only if something stands under it.
function isHeading(line: string): boolean {
  return /^ {2}\S.*:$/.test(line);
}

function isStackTrace(line: string): boolean {
  return /^\s+at .+[):]\d*\)?$/.test(line);
}

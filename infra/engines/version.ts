/** A released version, as `1.9.1` or `3.259.0-alpha.1`. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly preRelease: string;
}

/** Which versions found on PATH will do: from `atLeast` on, and before `below` if that is given. */
export interface VersionRange {
  readonly atLeast: string;
  readonly below?: string;
}

/** Finds the first version number in what a program prints about itself; undefined when there is none. */
export function parseVersion(text: string): Version | undefined {
  const match = /(?<![\d.])v?(\d+)\.(\d+)(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?/.exec(text);
  if (match === null) return undefined;
  const [, major, minor, patch = '0', preRelease = ''] = match;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), preRelease };
}

/** Writes a version as `major.minor.patch`, with the pre-release part when there is one. */
export function formatVersion(version: Version): string {
  const release = `${String(version.major)}.${String(version.minor)}.${String(version.patch)}`;
  return version.preRelease === '' ? release : `${release}-${version.preRelease}`;
}

/** Tells whether a version lies in a range; a pre-release comes before its release. */
export function fits(version: Version, range: VersionRange): boolean {
  if (compare(version, required(range.atLeast)) < 0) return false;
  // A pre-release of the first version that is out of range is out of range too: 4.0.0-beta is no version 3.
  return range.below === undefined || compare({ ...version, preRelease: '' }, required(range.below)) < 0;
}

/** Says a range in words, for messages: `1.9.0 or newer, below 2.0.0`. */
export function describeRange(range: VersionRange): string {
  return range.below === undefined ? `${range.atLeast} or newer` : `${range.atLeast} or newer, below ${range.below}`;
}

function compare(left: Version, right: Version): number {
  const byNumbers = left.major - right.major || left.minor - right.minor || left.patch - right.patch;
  if (byNumbers !== 0 || left.preRelease === right.preRelease) return byNumbers;
  if (left.preRelease === '') return 1;
  if (right.preRelease === '') return -1;
  return left.preRelease < right.preRelease ? -1 : 1;
}

function required(text: string): Version {
  const version = parseVersion(text);
  if (version === undefined) throw new Error(`"${text}" is not a version`);
  return version;
}

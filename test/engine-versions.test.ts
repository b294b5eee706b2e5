import { describe, expect, it } from 'vitest';
import { pulumiRange } from '../infra/engines/pulumi.ts';
import { temporalRange } from '../infra/engines/temporal.ts';
import { fits, formatVersion, parseVersion, type VersionRange } from '../infra/engines/version.ts';

describe('the version rule', () => {
  const accepts = (range: VersionRange, printed: string): boolean => {
    const version = parseVersion(printed);
    return version !== undefined && fits(version, range);
  };

  it.each([
    ['temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)', '1.9.1'],
    ['v3.259.0', '3.259.0'],
    ['3.249.0-alpha.1', '3.249.0-alpha.1'],
    ['postgres (PostgreSQL) 18.4', '18.4.0'],
    ['Chromium 156.0.8078.79 built on Debian', '156.0.8078'],
  ])('reads the version in "%s"', (printed, expected) => {
    const version = parseVersion(printed);
    expect(version === undefined ? undefined : formatVersion(version)).toBe(expected);
  });

  it('finds no version where there is none', () => {
    expect(parseVersion('command not found')).toBeUndefined();
  });

  it('takes the same minor version or a newer one of the Temporal CLI', () => {
    expect(accepts(temporalRange, 'temporal version 1.9.0')).toBe(true);
    expect(accepts(temporalRange, 'temporal version 1.12.3')).toBe(true);
    expect(accepts(temporalRange, 'temporal version 1.8.9')).toBe(false);
    expect(accepts(temporalRange, 'temporal version 2.0.0')).toBe(false);
    expect(accepts(temporalRange, 'temporal version 0.0.0-DEV')).toBe(false);
  });

  it('takes Pulumi from 3.249 on, pre-releases of it and of 4 excepted', () => {
    expect(accepts(pulumiRange, 'v3.249.0')).toBe(true);
    expect(accepts(pulumiRange, 'v3.300.0-dev.1')).toBe(true);
    expect(accepts(pulumiRange, 'v3.248.9')).toBe(false);
    expect(accepts(pulumiRange, 'v3.249.0-alpha.1')).toBe(false);
    expect(accepts(pulumiRange, 'v4.0.0-beta.1')).toBe(false);
  });
});

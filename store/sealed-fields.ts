import type { Database } from './database.ts';
import type { KeyRing } from './key-ring.ts';
import { open, seal, UnreadableCredentialsError, type SealedPlace } from './sealing.ts';

/** How far a re-sealing has come. */
export interface ResealProgress {
  readonly rows: number;
  readonly fields: number;
}

/** What came of a re-sealing: fields that no key opens stay as they are. */
export interface ResealReport extends ResealProgress {
  readonly unreadable: readonly UnreadableCredentialsError[];
}

/** Everything in the database that a key of the ring seals. */
export interface SealedFields {
  /** How many fields each key seals; keys that seal none are not there. */
  usage(): Promise<ReadonlyMap<string, number>>;
  /**
   * Seals with the newest key what an older one sealed, a few rows at a time. Neither readers nor refreshes notice:
   * versions and leases stay, and what somebody else wrote meanwhile stays too. May be stopped at any row (what `progress`
   * throws does that) and run again.
   */
  reseal(options?: { batch?: number; progress?: (now: ResealProgress) => void }): Promise<ResealReport>;
}

const sealedValues = `
  select 'credentials' as place, c.id, e.key as field, e.value #>> '{}' as value
  from connector.platform_connections c
  cross join lateral jsonb_each(case when jsonb_typeof(c.credentials) = 'object' then c.credentials else '{}' end) e
  where jsonb_typeof(e.value) = 'string' and starts_with(e.value #>> '{}', 'sealed:')
  union all
  select 'consent', r.id, f.field, f.value from connector.consent_requests r
  cross join lateral (values ('verifier', r.verifier), ('code', r.code)) f (field, value)
  where starts_with(f.value, 'sealed:')`;

const countByKey = `
  select split_part(value, ':', 3) as "keyId", count(*) as fields from (${sealedValues}) sealed group by 1`;

const selectOlder = `
  select place, id, jsonb_object_agg(field, value) as "values" from (${sealedValues}) sealed
  where not starts_with(value, $1) and (place, id) > ($2, $3::uuid)
  group by place, id order by place, id limit $4`;

// The compare-and-swap is on the very values that were re-sealed. Version and lease must stay: a refresh under way
// saves by them, and it may hold the only copy of a rotated token.
const swap: Readonly<Record<string, string>> = {
  credentials: `
    update connector.platform_connections c set credentials = c.credentials || $2::jsonb
    where c.id = $1 and jsonb_typeof(c.credentials) = 'object' and c.credentials @> $3::jsonb returning c.id`,
  consent: `
    update connector.consent_requests r
    set verifier = coalesce($2::jsonb ->> 'verifier', r.verifier), code = coalesce($2::jsonb ->> 'code', r.code)
    where r.id = $1 and jsonb_build_object('verifier', r.verifier, 'code', r.code) @> $3::jsonb returning r.id`,
};

interface OlderRow {
  readonly place: string;
  readonly id: string;
  readonly values: Readonly<Record<string, string>>;
}

const beforeAll: Pick<OlderRow, 'place' | 'id'> = { place: '', id: '00000000-0000-0000-0000-000000000000' };

/** The sealed fields of connections and of consent requests. */
export function createSealedFields(database: Database, ring: KeyRing): SealedFields {
  return {
    usage: async () => {
      const counts = await database.longRead<{ keyId: string; fields: number }>({ text: countByKey }, []);
      return new Map(counts.map(({ keyId, fields }) => [keyId, fields]));
    },
    reseal: async ({ batch = 100, progress } = {}) => {
      const unreadable = new Map<string, UnreadableCredentialsError>();
      let [rows, fields] = [0, 0];
      // Again from the start until a pass has nothing to do: a process that has not noticed the new key yet may have
      // written with an older one behind us.
      for (let changed = true; changed;) {
        changed = false;
        for await (const older of olderRows(database, ring, batch)) {
          const resealed = resealRow(ring, older, unreadable);
          const count = Object.keys(resealed).length;
          if (count === 0) continue;
          changed = true;
          if (!(await swapRow(database, older, resealed))) continue;
          rows += 1;
          fields += count;
          progress?.({ rows, fields });
        }
      }
      return { rows, fields, unreadable: [...unreadable.values()] };
    },
  };
}

async function* olderRows(database: Database, ring: KeyRing, batch: number): AsyncGenerator<OlderRow> {
  for (let last = beforeAll; ;) {
    const values = [`sealed:v1:${ring.newest.id}:`, last.place, last.id, batch];
    const rows = await database.longRead<OlderRow>({ text: selectOlder }, values);
    yield* rows;
    const end = rows.at(-1);
    if (end === undefined) return;
    last = end;
  }
}

function resealRow(
  ring: KeyRing,
  { id, values }: OlderRow,
  unreadable: Map<string, UnreadableCredentialsError>,
): Record<string, string> {
  const resealed: Record<string, string> = {};
  for (const [field, value] of Object.entries(values)) {
    const place: SealedPlace = { rowId: id, field };
    try {
      resealed[field] = seal(ring, place, open(ring, place, value));
    } catch (error) {
      if (!(error instanceof UnreadableCredentialsError)) throw error;
      unreadable.set(`${id}/${field}`, error);
    }
  }
  return resealed;
}

/** False when the row has changed meanwhile: the next pass sees what it holds then. */
async function swapRow(
  database: Database,
  { place, id, values }: OlderRow,
  resealed: Record<string, string>,
): Promise<boolean> {
  const before = Object.fromEntries(Object.keys(resealed).map((field) => [field, values[field]]));
  const text = swap[place] ?? '';
  return (await database.write({ text }, [id, JSON.stringify(resealed), JSON.stringify(before)])).length > 0;
}
